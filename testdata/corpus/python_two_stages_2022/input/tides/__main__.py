import sys
from datetime import datetime

from dateutil import parser

from tides import next_high

last = parser.parse(sys.argv[1] if len(sys.argv) > 1 else "2022-03-01 04:10")
print(next_high(last, datetime.now()).strftime("%Y-%m-%d %H:%M"))
