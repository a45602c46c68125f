import json
import os
import sys
import time

spool = sys.argv[1]

while True:
    for name in sorted(os.listdir(spool)):
        path = os.path.join(spool, name)
        with open(path) as order:
            print("packing", json.load(order)["id"], flush=True)
        os.remove(path)
    time.sleep(1)
