"""Brings the tables to what the code expects, as their owner, and gives the ordinary role its rights on them."""

from django.core.management.base import CommandError
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from rollbook.core.db.grants import grant_ordinary_role
from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime.connections import app_connection
from rollbook.site.runtime.database import migration_lock
from rollbook.site.runtime.migration_state import present_state


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


def migrate(configuration: Configuration) -> None:
    """Apply every migration as the owner, then renew the grants of the ordinary role."""
    with migration_lock(configuration):
        apply_migrations("owner")
        with connections["owner"].cursor() as cursor:
            grant_ordinary_role(cursor, app_connection(configuration).user)
    # The owner's connection is for this moment only.
    connections["owner"].close()


def apply_migrations(alias: str) -> None:
    """What Django's own command does, from a state that is quick where everything belongs to an organisation."""
    executor = MigrationExecutor(connections[alias])
    executor.loader.check_consistent_history(connections[alias])
    conflicts = executor.loader.detect_conflicts()
    if conflicts:
        raise CommandError(
            f"Two migrations follow the same one: {conflicts}. Merge them: rollbook manage makemigrations"
        )
    targets = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    before = present_state(executor.loader)
    emit_pre_migrate_signal(0, False, alias, apps=before.apps, plan=plan)
    after = executor.migrate(targets, plan=plan, state=before)
    after.clear_delayed_apps_cache()
    emit_post_migrate_signal(0, False, alias, apps=after.apps, plan=plan)


def require_tables(configuration: Configuration) -> None:
    """Make the tables of a fresh database; refuse when an older one waits for migrations."""
    if is_empty():
        migrate(configuration)
        return
    pending = pending_migrations()
    if pending:
        raise ConfigurationError(
            f"{len(pending)} migrations wait to be applied ({pending[0]} first). Run: rollbook migrate"
        )
