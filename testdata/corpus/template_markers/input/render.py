"""render.py CUSTOMER: writes the customer's Dockerfile to stdout."""
import json
import re
import sys

customer = sys.argv[1]
with open("customers.json") as source:
    values = dict(json.load(source)[customer], customer=customer)
with open("Dockerfile") as template:
    sys.stdout.write(
        re.sub(r"\{\{ (\w+) \}\}", lambda match: values[match.group(1)], template.read())
    )
