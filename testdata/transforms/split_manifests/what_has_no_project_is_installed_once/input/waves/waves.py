def main(): print("waves")
