"""Drills: break something in a scratch installation and measure what happens."""

from argparse import ArgumentParser, Namespace

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
]
