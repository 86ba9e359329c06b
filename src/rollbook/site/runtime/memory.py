"""How often Python looks for rubbish: a loaded product is half a million things that stay for good."""

import gc

#: New things before the youngest are looked through; Python's own 700 made it a third of the time of a bank file.
NEW_THINGS = 50_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50


def settle() -> None:
    """Leave what is loaded by now out of every later look, and look less often. Called once everything is loaded."""
    gc.freeze()
    gc.set_threshold(NEW_THINGS, YOUNG_ROUNDS, OLD_ROUNDS)
