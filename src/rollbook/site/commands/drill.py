"""Drills: break something in a scratch installation and measure what happens."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from rollbook.site.commands.registry import Command, Needs


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=30, help="how many processes are killed, in turn (default: 30)")


def kill_storm(arguments: Namespace) -> int:
    """Kill web, worker, database backends and the database in turn while payments are taken."""
    from rollbook.site.rehearsal.scratch import run_in_scratch

    return run_in_scratch("rollbook.site.rehearsal.kill_storm", str(arguments.kills))


def _storm_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=1_000, help="how many events are sent (default: 1000)")


def webhook_storm(arguments: Namespace) -> int:
    """Send a provider's events five times each, shuffled, 32 at once, and again after a restart."""
    from rollbook.site.rehearsal.scratch import run_in_scratch

    return run_in_scratch("rollbook.site.rehearsal.webhook_storm", str(arguments.events))


def _seats_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--students", type=int, default=1_000, help="how many ask at the same moment (default: 1000)")
    parser.add_argument("--seats", type=int, default=40, help="how many seats the class has (default: 40)")
    parser.add_argument("--steady", type=int, default=100, help="how many follow, fifty a minute (default: 100)")


def seats(arguments: Namespace) -> int:
    """Let far more students than seats ask for one class at once, then a steady stream; keep what was measured."""
    from rollbook.site.configuration import configuration
    from rollbook.site.rehearsal import seats as drill
    from rollbook.site.rehearsal.scratch import run_in_scratch

    if not 0 < arguments.steady <= arguments.students:
        raise SystemExit("Of the students who ask at once, at least one and at most all follow in the steady stream.")
    with TemporaryDirectory() as folder:
        written = Path(folder) / "measures.json"
        sizes = (arguments.students, arguments.seats, arguments.steady)
        code = run_in_scratch("rollbook.site.rehearsal.seats", *map(str, sizes), str(written))
        if written.exists():
            drill.keep_of(configuration().home, written.read_text(encoding="utf-8"))
    return code


COMMANDS = [
    Command(
        "drill kill-storm",
        "Kill processes while payments are taken; nothing may be lost.",
        kill_storm,
        _arguments,
        Needs.NOTHING,
    ),
    Command(
        "drill webhook-storm",
        "Events five times each, shuffled, at once, and after a restart; one effect each.",
        webhook_storm,
        _storm_arguments,
        Needs.NOTHING,
    ),
    Command(
        "drill seats",
        "A thousand students at once for forty seats; exactly forty sit.",
        seats,
        _seats_arguments,
        Needs.NOTHING,
    ),
]
