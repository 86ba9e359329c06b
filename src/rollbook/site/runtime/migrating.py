"""Brings the tables to what the code expects, as their owner, and gives the ordinary role its rights on them."""

from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from rollbook.core.db.grants import grant_ordinary_role
from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime.connections import app_connection
from rollbook.site.runtime.database import migration_lock


def pending_migrations() -> list[str]:
    """The migrations that the code brings and the database has not seen."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    return [f"{label}.{name}" for label, name in sorted(set(loader.graph.nodes) - set(loader.applied_migrations))]


def is_empty() -> bool:
    """Whether nothing was ever migrated here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NULL")
        return bool(cursor.fetchone()[0])


def migrate(configuration: Configuration, *, verbosity: int = 1, **options: Any) -> None:
    """Apply every migration as the owner, then renew the grants of the ordinary role."""
    with migration_lock(configuration):
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity, **options)
        with connections["owner"].cursor() as cursor:
            grant_ordinary_role(cursor, app_connection(configuration).user)
    # The owner's connection is for this moment only.
    connections["owner"].close()


def require_tables(configuration: Configuration) -> None:
    """Make the tables of a fresh database; refuse when an older one waits for migrations."""
    if is_empty():
        migrate(configuration, verbosity=0)
        return
    pending = pending_migrations()
    if pending:
        raise ConfigurationError(
            f"{len(pending)} migrations wait to be applied ({pending[0]} first). Run: rollbook migrate"
        )
