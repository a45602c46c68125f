from stats import summary

assert summary([1.0, 2.0, 6.0]) == [("count", 3), ("mean", 3.0), ("median", 2.0)]
print("ok")
