"""`rollbook launch …`: is this installation fit for real people's records?"""

import logging
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID

from rollbook.site.commands.registry import Command, Needs

if TYPE_CHECKING:
    from rollbook.shared.launch.services import Answer, Wish

#: Loggers of lines about single requests.
VISITS = ("rollbook.request", "django.request", "django.security")
EXIT_COULD_NOT = 3
EXIT_USAGE = 64

DESCRIPTION = """\
Evaluates every item of the launch checklist that this installation can answer by itself.
Exit code 0: ready. 1: a blocker is red. 2: only warnings are red (with --strict). 3: could not evaluate. 64: usage."""


class LaunchParser(ArgumentParser):
    """Answers a wrong spelling with the exit code that schedulers know for it."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{message[:1].upper()}{message[1:].rstrip('.')}.\n{self.format_usage()}")


def _parser() -> ArgumentParser:
    from rollbook.core.readiness import PROFILES, STAGES

    parser = LaunchParser(prog="rollbook launch check", description=DESCRIPTION)
    parser.add_argument(
        "--stage",
        "--gate",
        type=str.upper,
        choices=STAGES,
        help="only items of this stage; every stage if left out",
    )
    parser.add_argument("--profile", choices=PROFILES, action="append", default=[], help="only items of this profile")
    parser.add_argument("--tenant", metavar="SLUG", help="only this organisation, in items about organisations")
    parser.add_argument("--id", metavar="ID", action="append", default=[], help="only this item; may be repeated")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="stable, versioned JSON")
    shape.add_argument("--junit", action="store_true", help="JUnit XML for build servers")
    shape.add_argument("--tap", action="store_true", help="Test Anything Protocol")
    shape.add_argument("--explain", metavar="ID", help="what one item is, what it found lately, and what to do")
    shape.add_argument("--list", action="store_true", help="name every item without evaluating it")
    parser.add_argument("--strict", action="store_true", help="exit with 2 when only warnings are red")
    return parser


def _check(arguments: Namespace) -> int:
    parser = _parser()
    wishes = parser.parse_args(arguments.rest)
    from django.db import DatabaseError

    from rollbook.core.errors import Refusal

    try:
        if wishes.list:
            return _list()
        if wishes.explain:
            return _explain(wishes.explain, parser)
        return _evaluate(wishes, parser)
    except Refusal as refusal:
        parser.error(refusal.detail)
    except DatabaseError as error:
        print(f"Could not evaluate: the database does not answer as expected ({type(error).__name__}).")
        print("Remedy: run `rollbook doctor`, then `rollbook migrate`, then this command again.")
        return EXIT_COULD_NOT


def _evaluate(wishes: Namespace, parser: ArgumentParser) -> int:
    from rollbook.shared.launch import reports, services

    _be_quiet_about_visits()
    answer: Answer = services.check(_wish(wishes, parser), is_strict=wishes.strict)
    if wishes.json:
        print(reports.as_json(answer.board, exit_code=answer.exit_code))
    elif wishes.junit:
        print(reports.as_junit(answer.board))
    elif wishes.tap:
        print(reports.as_tap(answer.board))
    else:
        print(reports.as_text(answer.board, exit_code=answer.exit_code))
    return answer.exit_code


def _be_quiet_about_visits() -> None:
    """The checklist visits every page; a log line about each would bury what it says."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(lambda line: not line.name.startswith(VISITS))


def _wish(wishes: Namespace, parser: ArgumentParser) -> "Wish":
    from rollbook.core.tenancy.models import Organisation
    from rollbook.shared.launch.services import Wish

    organisations: tuple[UUID, ...] = ()
    if wishes.tenant:
        organisations = tuple(Organisation.objects.filter(slug=wishes.tenant).values_list("pk", flat=True))
        if not organisations:
            parser.error(f"There is no organisation {wishes.tenant}")
    return Wish(stage=wishes.stage, profiles=tuple(wishes.profile), ids=tuple(wishes.id), organisations=organisations)


def _explain(item_id: str, parser: ArgumentParser) -> int:
    from rollbook.core.readiness import find_item
    from rollbook.shared.launch import board, registry, reports

    registry.load()
    item = find_item(item_id)
    if item is None:
        parser.error(f"There is no checklist item {item_id}; `rollbook launch check --list` shows every one")
    results = list(board.history(item.id)[:10])
    print(reports.explain(item, results))
    return 0


def _list() -> int:
    from rollbook.core.readiness import items
    from rollbook.shared.launch import registry

    registry.load()
    for item in items().values():
        print(f"{item.id:<14} {item.severity:<8} {','.join(item.stages):<12} {item.title}")
    return 0


def _verify(_arguments: Namespace) -> int:
    from rollbook.shared.launch import chain

    state = chain.verify()
    if state.is_intact:
        print(f"The record of {state.length} results is whole.")
        return 0
    print(f"The record of results was altered: {state.reason}. The {state.length} results before it are whole.")
    return 1


def _reference(arguments: Namespace) -> int:
    from pathlib import Path

    from rollbook.shared.launch.reference import reference_page

    if arguments.write:
        Path(arguments.write).write_text(reference_page(), encoding="utf-8")
    else:
        print(reference_page())
    return 0


def _reference_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--write", metavar="FILE", help="write the page to a file")


COMMANDS = [
    # It must also speak when migrations are missing, so it asks for the database only.
    Command(
        "launch check",
        "Say what is missing before real people use this.",
        _check,
        needs=Needs.DATABASE,
        takes_rest=True,
    ),
    Command("launch reference", "The reference page of the checklist.", _reference, _reference_arguments, Needs.CODE),
    Command("launch verify", "Prove that no result of the checklist was altered.", _verify),
]
