def main(): print("ebb")
