import sys
import tidetable

print(tidetable.high(sys.argv[1] if len(sys.argv) > 1 else "Brest"))
