"""The `rollbook` command line. Each other file of this folder offers one command or one family of them."""

import os
import re
import sys
import traceback
from argparse import REMAINDER, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any, NoReturn

from rollbook.site.commands.registry import Command, Needs, commands
from rollbook.site.configuration import ConfigurationError, configuration
from rollbook.site.runtime import memory

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class Parser(ArgumentParser):
    """Says first what is wrong, then how it is written."""

    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"argument COMMAND: invalid choice: '(.*)' \(", message)
        if unknown:
            self.exit(EXIT_USAGE, f"There is no command '{unknown.group(1)}'. See {self.prog} --help.\n")
        self.exit(EXIT_USAGE, f"{message[:1].upper()}{message[1:].rstrip('.')}.\n{self.format_usage()}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    offered = commands()
    arguments = _parser(offered).parse_args(words)
    command: Command = arguments.command
    try:
        prepare(command.needs)
        return command.run(arguments)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`rollbook … | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last stop before the person who typed the command
        return _explain(error)


def _explain(error: Exception) -> int:
    from rollbook.core.errors import Refusal

    if isinstance(error, Refusal):
        remedy = f"\n{error.remedy}" if error.remedy else ""
        print(f"{error.detail}{remedy}", file=sys.stderr)
    elif isinstance(error, (ConfigurationError, CommandFailed)):
        print(error, file=sys.stderr)
    else:
        print(f"Something went wrong that we did not foresee ({type(error).__name__}): {error}", file=sys.stderr)
        traceback.print_exception(error)
    return EXIT_REFUSED


class CommandFailed(RuntimeError):
    """An expected failure of a command; its message is a sentence."""


def prepare(needs: Needs) -> None:
    """Bring up what a command needs."""
    if needs.value >= Needs.DATABASE.value:
        from rollbook.site.runtime.database import ensure_database

        ensure_database(configuration())
    if needs.value >= Needs.CODE.value:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
        django.setup()
        memory.settle()
    if needs is Needs.TABLES:
        from rollbook.site.runtime.migrating import require_tables

        require_tables(configuration())


def _parser(offered: Sequence[Command]) -> ArgumentParser:
    parser = Parser(prog="rollbook", description="Rollbook runs an institution from one book. See docs/ for guides.")
    top = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    families: dict[str, Any] = {}
    for command in offered:
        family, _, name = command.name.rpartition(" ")
        if family and family not in families:
            known = [each.name.rpartition(" ")[2] for each in offered if each.name.startswith(f"{family} ")]
            summary = f"{', '.join(known)}: see rollbook {family} --help"
            families[family] = _members(top.add_parser(family, help=summary))
        own = _add(families[family] if family else top, name, command)
        if any(each.name.startswith(f"{command.name} ") for each in offered):
            # A command that is a family too: `demo`, and `demo load`.
            families[command.name] = _members(own, is_required=False)
    return parser


def _members(parser: ArgumentParser, *, is_required: bool = True) -> Any:
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=is_required)


def _add(place: Any, name: str, command: Command) -> ArgumentParser:
    own: ArgumentParser = place.add_parser(
        name,
        help=command.summary,
        description=command.summary,
        add_help=not command.takes_rest,
        # Where the command reads the rest by itself, no word of it is an option of ours.
        prefix_chars="\0" if command.takes_rest else "-",
    )
    if command.takes_rest:
        own.add_argument("rest", nargs=REMAINDER)
    else:
        command.add_arguments(own)
    own.set_defaults(command=command)
    return own


__all__ = ["Command", "CommandFailed", "Namespace", "Needs", "main"]
