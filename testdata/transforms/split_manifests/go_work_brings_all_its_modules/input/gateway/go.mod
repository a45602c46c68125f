module example.com/harbour/gateway

go 1.23

require (
	example.com/harbour/tides v0.0.0
	example.com/sea v1.4.0
)

replace example.com/harbour/tides => ../libs/tides
