print("ebb")
