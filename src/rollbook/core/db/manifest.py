"""The schema that the models declare, to be held against the one that stands in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from rollbook.core.db import sql
from rollbook.core.db.catalogue import select
from rollbook.core.db.operations import _is_tenant_reference

#: Django writes what it ran here; no model declares it.
OWN_TABLES = frozenset({"django_migrations"})

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is declared or as it stands."""

    type: str
    is_required: bool


Tables = dict[str, dict[str, Column]]


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def declared_tables() -> Tables:
    """Every table that a model manages, with its columns."""
    return {model._meta.db_table: dict(_declared_columns(model._meta)) for model in _models() if model._meta.managed}


def unmanaged_tables() -> set[str]:
    """Tables that models read and their library's migrations make."""
    return {model._meta.db_table for model in _models() if not model._meta.managed}


def _declared_columns(meta: Any) -> Iterator[tuple[str, Column]]:
    for field in meta.local_concrete_fields:
        kind = field.db_parameters(connection)["type"]
        if meta.auto_created and field.primary_key:
            kind = "bigint"  # migrations make it so, whatever the application of the model says
        if kind is not None and field.column is not None:
            yield field.column, Column(_as_postgresql_says(str(kind)), not field.null)


def _as_postgresql_says(kind: str) -> str:
    """Django's name of a type as `format_type` writes it."""
    base, brackets, rest = kind.partition("(")
    names = {"varchar": "character varying", "char": "character", "serial": "integer", "bigserial": "bigint"}
    return f"{names.get(base.strip(), base.strip())}{brackets}{rest.replace(', ', ',')}".replace(
        "varchar[]", "character varying[]"
    )


def standing_tables() -> Tables:
    """Every table that stands in the database, with its columns; partitions count with their parent."""
    tables: Tables = {}
    for table, column, kind, is_required in select(COLUMNS):
        tables.setdefault(table, {})[column] = Column(kind, is_required)
    return tables


def differences() -> list[str]:
    """What stands otherwise than declared, in words."""
    declared, standing = declared_tables(), standing_tables()
    found = [f"table {table} is missing" for table in sorted(set(declared) - set(standing))]
    known = set(declared) | unmanaged_tables() | OWN_TABLES
    found += [f"table {table} is not declared" for table in sorted(set(standing) - known)]
    for table in sorted(set(declared) & set(standing)):
        found += _column_differences(table, declared[table], standing[table])
    return found


def _column_differences(table: str, declared: dict[str, Column], standing: dict[str, Column]) -> Iterator[str]:
    for name in sorted(set(declared) - set(standing)):
        yield f"{table}.{name} is missing"
    for name in sorted(set(standing) - set(declared)):
        yield f"{table}.{name} is not declared"
    for name in sorted(set(declared) & set(standing)):
        if declared[name].type != standing[name].type:
            yield f"{table}.{name} is {standing[name].type}, not {declared[name].type}"
        elif declared[name].is_required != standing[name].is_required:
            yield f"{table}.{name} {'may not' if standing[name].is_required else 'may'} be empty, unlike declared"


def declared_indexes() -> set[tuple[str, str]]:
    """Table and name of every index and unique constraint that a model declares by name."""
    return {
        (model._meta.db_table, index.name)
        for model in _models()
        if model._meta.managed
        for index in (*model._meta.indexes, *_unique(model._meta))
    }


def _unique(meta: Any) -> list[models.UniqueConstraint]:
    return [constraint for constraint in meta.constraints if isinstance(constraint, models.UniqueConstraint)]


def declared_checks() -> set[tuple[str, str]]:
    """Table and name of every check constraint that a model declares."""
    return {
        (model._meta.db_table, constraint.name)
        for model in _models()
        if model._meta.managed
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    }


def declared_references() -> set[tuple[str, str]]:
    """Table and name of every reference between tenant tables; each carries the organisation."""
    return {
        (model._meta.db_table, sql.constraint_name(model._meta.db_table, str(field.column), "same_tenant"))
        for model in _models()
        if getattr(model, "belongs_to_organisation", False)
        for field in model._meta.local_concrete_fields
        if _is_tenant_reference(field)
    }


def declared_guards() -> set[tuple[str, str]]:
    """Table and name of every trigger that keeps rows as they were recorded."""
    guards: set[tuple[str, str]] = set()
    for model in _models():
        table = model._meta.db_table
        if getattr(model, "append_only", False):
            guards |= {(table, "append_only_rows"), (table, "append_only_table")}
        if getattr(model, "frozen_fields", ()):
            guards |= {(table, "frozen_columns"), (table, "kept_rows"), (table, "kept_table")}
    return guards
