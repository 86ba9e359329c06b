"""The demonstration: everything from an empty machine to a page where one can sign in.

`demo` fills an empty installation through the command `demo load`, prints the sign-ins that
`rollbook.site.demo.logins.login_lines()` gives, and with `--check` lets `rollbook.site.demo.check.check(address)`
go through it as a cashier would; that returns one sentence, or raises what is wrong.
"""

import os
from argparse import ArgumentParser, Namespace

from rollbook.site.commands import prepare
from rollbook.site.commands.registry import Command, Needs, commands
from rollbook.site.configuration import Configuration, configuration

FIRST_COLLEGE = "san-isidro"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="take a payment as a cashier would, print one line, stop everything"
    )


def demo(arguments: Namespace) -> int:
    """Start everything with the demonstration's data."""
    from rollbook.site.runtime import starting
    from rollbook.site.runtime.stopping import stop_everything

    # Nobody sets up a second factor for a demonstration. Whoever says otherwise is obeyed.
    os.environ.setdefault("ROLLBOOK_REQUIRE_SECOND_FACTOR", "false")
    _stand_in_for_providers()
    config = configuration()
    try:
        was_current = starting.prepare(config)
        if not (was_current and _stands(config)):
            code = _load(arguments)
            if code:
                return code
        starting.start_and_wait(config)
        if arguments.check:
            _check(config)
    finally:
        if arguments.check:
            stop_everything(config)
    if not arguments.check:
        _say_how_to_sign_in(config)
    return 0


def _stand_in_for_providers() -> None:
    """Nobody pays with real money in a demonstration: the providers are stand-ins on this machine."""
    if any(os.environ.get(name) for name in ("ROLLBOOK_PAYMONGO_URL", "ROLLBOOK_STRIPE_URL", "ROLLBOOK_STANDINS_PORT")):
        return
    from rollbook.site.rehearsal.scratch import free_port

    port = free_port()
    os.environ["ROLLBOOK_STANDINS_PORT"] = str(port)
    for provider in ("paymongo", "stripe"):
        os.environ[f"ROLLBOOK_{provider.upper()}_URL"] = f"http://127.0.0.1:{port}/{provider}/v1"


def _stands(config: Configuration) -> bool:
    """Whether the demonstration was loaded before; asked without loading all the code."""
    import psycopg

    from rollbook.site.runtime.connections import app_connection

    with psycopg.connect(**app_connection(config).parameters()) as connection:
        found = connection.execute("SELECT 1 FROM tenancy_organisation WHERE slug = %s", [FIRST_COLLEGE]).fetchone()
    return found is not None


def _load(arguments: Namespace) -> int:
    prepare(Needs.CODE)
    load = next(command for command in commands() if command.name == "demo load")
    return load.run(arguments)


def _check(config: Configuration) -> None:
    prepare(Needs.CODE)
    from rollbook.site.demo.check import check

    print(check(config.address))


def _say_how_to_sign_in(config: Configuration) -> None:
    from rollbook.site.demo.logins import login_lines

    print(f"Rollbook is ready at {config.address}")
    for line in login_lines():
        print(f"  {line}")
    print("Stop it with: rollbook down")


COMMANDS = [Command("demo", "Start everything with demonstration data.", demo, _arguments, Needs.NOTHING)]
