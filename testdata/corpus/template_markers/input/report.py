from tabulate import tabulate

print(tabulate([("open", 4), ("closed", 19)], headers=("tickets", "count")))
