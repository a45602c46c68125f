print("static")
