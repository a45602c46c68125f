module example.com/pilot

go 1.17

require example.com/sea v1.4.0

replace example.com/shared => ../shared
