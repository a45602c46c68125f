module example.com/moon

go 1.23
