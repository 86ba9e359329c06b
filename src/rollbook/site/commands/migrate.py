"""Bring the tables to what the code expects."""

from argparse import ArgumentParser, Namespace

from rollbook.site.commands.registry import Command, Needs
from rollbook.site.configuration import configuration


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only say what is pending; exit code 1 when something is")


def migrate(arguments: Namespace) -> int:
    """Apply what is pending, as the owner, one process at a time."""
    from rollbook.site.organisations import renew_roles
    from rollbook.site.runtime import migrating

    pending = migrating.pending_migrations()
    if arguments.check:
        print(f"{len(pending)} migrations are pending: {', '.join(pending)}." if pending else "Nothing is pending.")
        return 1 if pending else 0
    # Also when nothing is pending: the grants of the ordinary role are renewed.
    migrating.migrate(configuration())
    renew_roles()
    print(f"{len(pending)} migrations applied." if pending else "Every migration was applied already.")
    return 0


COMMANDS = [Command("migrate", "Apply pending migrations as the owner role.", migrate, _arguments, Needs.DATABASE)]
