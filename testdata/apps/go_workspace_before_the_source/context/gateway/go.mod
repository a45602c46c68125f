module example.com/harbour/gateway

go 1.19

require (
	example.com/harbour/libs/tides v0.0.0
	example.com/tide v1.0.0
)

replace example.com/harbour/libs/tides => ../libs/tides
