module example.com/harbour/tool

go 1.23

require (
	example.com/moon v1.0.0
	example.com/sun v1.0.0
	example.com/wind v1.0.0
)

replace (
	example.com/moon => ../forks/moon
	example.com/wind => example.com/harbour/wind v1.2.0
)
