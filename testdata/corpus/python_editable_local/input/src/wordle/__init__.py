def score(guess, word):
    """One mark a letter: + in place, ? elsewhere, - not at all."""
    return "".join(
        "+" if g == w else "?" if g in word else "-" for g, w in zip(guess, word)
    )
