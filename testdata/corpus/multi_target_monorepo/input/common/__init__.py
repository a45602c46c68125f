import json
import os

SPOOL = os.environ.get("SPOOL", "/spool")


def put(order):
    name = os.path.join(SPOOL, f"{order['id']}.json")
    with open(name, "w") as out:
        json.dump(order, out)
