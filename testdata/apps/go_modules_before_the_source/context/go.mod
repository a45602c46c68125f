module example.com/harbour

go 1.19

require example.com/tide v1.0.0
