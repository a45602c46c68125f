import sys

import tally

print("%08x" % tally.check(" ".join(sys.argv[1:]).encode()), sys.prefix)
