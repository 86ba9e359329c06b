"""The payment providers' stand-ins of a demonstration."""

from argparse import Namespace

from rollbook.site.commands.registry import Command, Needs
from rollbook.site.configuration import configuration


def standins(_arguments: Namespace) -> int:
    """Answer on loopback as the payment providers do, for the accounts in test mode."""
    from rollbook.site.runtime.standins import serve

    config = configuration()
    if config.env == "production" or not config.standins_port:
        print("Stand-ins run in a demonstration only: set ROLLBOOK_STANDINS_PORT, never in production.")
        return 1
    serve(config)
    return 0


COMMANDS = [
    Command("standins", "Run stand-ins of the payment providers for a demonstration.", standins, needs=Needs.TABLES)
]
