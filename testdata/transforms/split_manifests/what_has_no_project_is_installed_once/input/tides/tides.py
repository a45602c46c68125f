def main(): print("tides")
