"""How a command is offered: a module of this folder puts it into its list `COMMANDS`.

    def add_arguments(parser): parser.add_argument("--organisation", required=True)

    def run(arguments: Namespace) -> int:
        from rollbook.… import services        # late: most commands start without Django
        …
        return 0

    COMMANDS = [Command("import students", "Enter students from a CSV or XLSX file.", run, add_arguments)]

A name of two words ("import students") becomes a command with a sub-command. `run` returns the exit code. A
`Refusal` or `ConfigurationError` that leaves it is printed as one sentence, and the exit code is 1.
"""

import importlib
import pkgutil
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum


class Needs(Enum):
    """What must stand before a command runs; each includes those above it."""

    NOTHING = 0
    #: Django is set up, the database may be down.
    CODE = 1
    #: The database answers and both roles can enter it.
    DATABASE = 2
    #: The tables are those that this version of the code expects.
    TABLES = 3


def no_arguments(_parser: ArgumentParser) -> None:
    """For a command that takes none."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be asked of `rollbook`."""

    name: str
    summary: str
    run: Callable[[Namespace], int]
    add_arguments: Callable[[ArgumentParser], None] = no_arguments
    needs: Needs = Needs.TABLES
    #: Hand everything after the name to the command as `arguments.rest`.
    takes_rest: bool = False


def commands() -> Sequence[Command]:
    """Every command that a module of this folder offers, in the order of their names."""
    from rollbook.site import commands as folder

    found: dict[str, Command] = {}
    for module_info in pkgutil.iter_modules(folder.__path__):
        if module_info.name == "registry" or module_info.ispkg:
            continue
        module = importlib.import_module(f"{folder.__name__}.{module_info.name}")
        for command in getattr(module, "COMMANDS", ()):
            if command.name in found:
                raise RuntimeError(f"Two modules offer the command '{command.name}'.")
            found[command.name] = command
    return [found[name] for name in sorted(found)]
