"""Reads of settings: one statement per transaction, whatever number of settings is asked."""

import json
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from rollbook.core import clock
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.policies.models import PolicyVersion
from rollbook.core.policies.register import policy
from rollbook.core.policies.rules import Version, version_at
from rollbook.core.tenancy.scope import Scope, current_scope
from rollbook.core.tenancy.selectors import organisation_in_scope

_VERSIONS = "SELECT key, number, value, effective_from FROM policies_policyversion WHERE organisation_id = %s"

Versions = dict[str, list[Version]]

#: The versions read in the present scope. None in its second place: something was changed, do not keep.
_kept: ContextVar[tuple[Scope, Versions | None] | None] = ContextVar("policies_of_transaction", default=None)


def value_at(key: str, at: datetime | date | None = None) -> Any:
    """The value of a setting at a moment; a date means the beginning of that day in the organisation."""
    declared = policy(key)
    found = version_at(versions_of(key), moment_of(at))
    return declared.default if found is None else found.value


def versions_of(key: str) -> list[Version]:
    """Every version of one setting in the organisation in scope."""
    return _versions().get(key, [])


def moment_of(at: datetime | date | None) -> datetime:
    """A moment as given, now, or the first instant of a local day."""
    if at is None:
        return clock.now()
    if isinstance(at, datetime):
        return at
    return organisation_in_scope().beginning_of(at)


def history(key: str) -> Any:
    """Every version of a setting, newest first, with who made it and why."""
    return PolicyVersion.objects.filter(key=key).order_by("-number")


def forget_in_this_transaction() -> None:
    """Read afresh from now on: a change may still be rolled back to a savepoint."""
    scope = current_scope()
    if scope is not None:
        _kept.set((scope, None))


def _versions() -> Versions:
    scope, kept = current_scope(), _kept.get()
    if kept is not None and kept[0] is scope and kept[1] is not None:
        return kept[1]
    versions: Versions = {}
    if scope is not None:
        with prepared_cursor() as cursor:
            cursor.execute(_VERSIONS, [scope.organisation_id])
            for key, number, value, effective_from in cursor.fetchall():
                versions.setdefault(key, []).append(Version(number, json.loads(value), effective_from))
        if kept is None or kept[0] is not scope:
            _kept.set((scope, versions))
    return versions
