import statistics
import sys

from tabulate import tabulate


def summary(numbers):
    return [
        ("count", len(numbers)),
        ("mean", statistics.mean(numbers)),
        ("median", statistics.median(numbers)),
    ]


if __name__ == "__main__":
    print(tabulate(summary([float(n) for n in sys.argv[1].split(",")])))
