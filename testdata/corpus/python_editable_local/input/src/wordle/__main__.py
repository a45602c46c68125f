import sys

import enchant

from wordle import score

word, guess = (sys.argv[1:] + ["crane", "cared"])[:2]
if not enchant.Dict("en_US").check(guess):
    sys.exit(f"{guess} is not a word")
print(score(guess, word))
