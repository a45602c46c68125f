module example.com/harbour/libs/tides

go 1.19
