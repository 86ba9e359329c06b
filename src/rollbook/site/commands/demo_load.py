"""Fill an installation with demonstration data."""

from argparse import Namespace

from rollbook.site.commands.registry import Command
from rollbook.site.configuration import configuration


def load(_arguments: Namespace) -> int:
    """Two colleges in the middle of their term; never in production."""
    if configuration().env == "production":
        print("Demonstration data is never mixed with real data; this installation is in production.")
        return 1
    from rollbook.site.demo.load import load as fill

    loaded = fill()
    if loaded is None:
        print("The demonstration stands already.")
        return 0
    print(f"{loaded.students:,} students and {loaded.payments:,} payments in two colleges.")
    return 0


COMMANDS = [Command("demo load", "Fill an installation with demonstration data.", load)]
