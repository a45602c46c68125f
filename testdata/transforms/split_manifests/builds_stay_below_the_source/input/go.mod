module example.org/buoy

go 1.22

require example.org/tide v1.0.0
