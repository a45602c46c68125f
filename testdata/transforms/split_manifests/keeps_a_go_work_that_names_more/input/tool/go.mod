module example.com/tool

go 1.23

require example.com/sea v1.4.0

replace example.com/moon => /opt/moon
