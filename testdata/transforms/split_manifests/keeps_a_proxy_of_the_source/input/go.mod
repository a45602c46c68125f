module example.com/tides

go 1.22

require example.com/moon v1.0.0
