"""Brings the tables to what the code expects, as their owner, and gives the ordinary role its rights on them."""

from typing import Any

from django.core.management import call_command
from django.db import connections

from rollbook.core.db.grants import grant_ordinary_role
from rollbook.site.configuration import Configuration
from rollbook.site.runtime.connections import app_connection


def pending_migrations() -> list[str]:
    """The migrations that the code brings and the database has not seen."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate(configuration: Configuration, *, verbosity: int = 1, **options: Any) -> None:
    """Apply every migration as the owner, then renew the grants of the ordinary role."""
    call_command("migrate", database="owner", interactive=False, verbosity=verbosity, **options)
    with connections["owner"].cursor() as cursor:
        grant_ordinary_role(cursor, app_connection(configuration).user)
    # The owner's connection is for this moment only.
    connections["owner"].close()
