import grpc

print("high water 04:12")
