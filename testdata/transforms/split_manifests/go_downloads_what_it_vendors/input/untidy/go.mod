module example.com/untidy

go 1.17

require example.com/sea v1.4.0
