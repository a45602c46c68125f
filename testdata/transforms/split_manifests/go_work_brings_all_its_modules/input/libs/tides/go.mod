module example.com/harbour/tides

go 1.23
