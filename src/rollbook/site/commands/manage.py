"""Django's own commands."""

import os
from argparse import Namespace

from rollbook.site.commands.registry import Command, Needs
from rollbook.site.configuration import configuration

#: These change or show the schema, so they run as its owner.
_AS_OWNER = frozenset({"migrate", "sqlmigrate", "sqlflush", "inspectdb"})


def manage(arguments: Namespace) -> int:
    """Hand the rest of the line to Django."""
    from django.core.management import execute_from_command_line

    rest = list(arguments.rest)
    if rest and rest[0] in _AS_OWNER and not any(word.startswith("--database") for word in rest):
        rest.append("--database=owner")
    _put_client_tools_first()
    execute_from_command_line(["rollbook manage", *rest])
    return 0


def _put_client_tools_first() -> None:
    """`dbshell` must use the psql that lies beside the server; an older one refuses a newer server."""
    from rollbook.site.runtime.connections import read_state

    folder = read_state(configuration().home).get("bin_folder") if configuration().database_url is None else None
    if folder:
        os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"


COMMANDS = [Command("manage", "Run one of Django's own commands.", manage, needs=Needs.DATABASE, takes_rest=True)]
