module example.com/gateway

go 1.23

require example.com/sea v1.4.0
