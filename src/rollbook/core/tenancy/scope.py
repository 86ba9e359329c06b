"""The tenant scope: one transaction in which the database shows one organisation's rows."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction


@dataclass(frozen=True, slots=True)
class Scope:
    """What the present transaction may see."""

    organisation_id: UUID
    grants: frozenset[str]


_scope: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)
_GRANT = re.compile(r"[a-z][a-z0-9_]*\Z")


class ScopeError(RuntimeError):
    """A programming mistake: the tenant scope was used in a way that could mix two organisations."""


def current_organisation_id() -> UUID | None:
    """The organisation of the present scope, or None outside any."""
    scope = _scope.get()
    return scope.organisation_id if scope else None


def current_scope() -> Scope | None:
    """The present scope itself: one object per opened scope, so that what was read in it can be kept with it."""
    return _scope.get()


def require_organisation_id() -> UUID:
    """The organisation of the present scope; outside any scope this is a programming mistake."""
    organisation_id = current_organisation_id()
    if organisation_id is None:
        raise ScopeError("This needs a tenant scope: with tenant_scope(organisation_id): …")
    return organisation_id


@contextmanager
def tenant_scope(organisation_id: UUID, *, grants: Iterable[str] = ()) -> Iterator[None]:
    """Open one transaction in which only this organisation's rows exist.

    `grants` are the kinds of restricted records that may be read in it ("welfare", "health").
    Opening the same organisation again inside adds a savepoint; another one is refused. An exception
    rolls everything back.
    """
    outer = _scope.get()
    wanted = Scope(UUID(str(organisation_id)), frozenset(grants))
    if outer is not None:
        if outer.organisation_id != wanted.organisation_id:
            raise ScopeError("A transaction belongs to one organisation; finish it before entering another.")
        wanted = Scope(outer.organisation_id, outer.grants | wanted.grants)
    nested_in_transaction = connection.in_atomic_block
    with transaction.atomic():
        if wanted != outer:
            _tell_database(wanted, before=outer)
        token = _scope.set(wanted)
        try:
            yield
        finally:
            _scope.reset(token)
        # After an exception the savepoint is rolled back, and what was set in it with it.
        if nested_in_transaction and wanted != outer and not connection.needs_rollback:
            _tell_database(outer, before=wanted)


def _tell_database(scope: Scope | None, *, before: Scope | None) -> None:
    organisation = str(scope.organisation_id) if scope else ""
    grants = sorted(scope.grants) if scope else []
    if not all(_GRANT.match(grant) for grant in grants):
        raise ScopeError("A grant is a lower-case word.")
    with connection.cursor() as cursor:
        # A message of its own with a validated literal: parameters cannot be bound in SET.
        statement = f"SET LOCAL app.organisation = '{organisation}'"
        # Grants that were widened inside are taken back on the way out.
        if grants or (before is not None and before.grants):
            statement += f"; SET LOCAL app.grants = '{','.join(grants)}'"
        cursor.execute(statement)


class CurrentOrganisation(models.Expression):
    """The scope's organisation as a value in SQL, taken when the statement is made, never earlier."""

    def __init__(self) -> None:
        super().__init__(output_field=models.UUIDField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        organisation_id = current_organisation_id()
        if organisation_id is None:
            raise EmptyResultSet
        return "%s", (organisation_id,)
