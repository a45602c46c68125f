module example.com/tide

go 1.23

require example.com/sea v1.0.0
