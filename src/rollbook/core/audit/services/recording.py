"""Writing entries: one statement each, in the transaction of the act.

Set-based acts write the same columns in their own SQL. As its own statement:

    record_rows([audit_row(actor, "billing.payment_taken", ("billing.payment", id), amount=…) for …])

or inside a statement with others:

    INSERT INTO audit_auditentry ({', '.join(AUDIT_COLUMNS)}) SELECT {AUDIT_PLACEHOLDERS} … RETURNING id
    parameters: audit_values(actor, "billing.payment_taken", ("billing.payment", id), amount=…)
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from rollbook.core import clock, ids
from rollbook.core.audit.rules import Values, difference, plain, without_secrets
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.errors import Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

#: A record, or the name of its table ("billing.payment") and its id.
Target = Model | tuple[str, UUID | None]

_TYPES = {
    "organisation_id": "uuid",
    "id": "uuid",
    "at": "timestamptz",
    "actor_kind": "text",
    "user_id": "uuid",
    "impersonator_id": "uuid",
    "job": "text",
    "target_type": "text",
    "target_id": "uuid",
    "request_id": "text",
    "ip": "text",
    "user_agent": "text",
    "action": "text",
    "reason": "text",
    "changes": "jsonb",
    "facts": "jsonb",
}
#: The columns of an entry, in the order of `audit_values`. The database adds the transaction's number.
AUDIT_COLUMNS: tuple[str, ...] = tuple(_TYPES)
#: Typed parameters for those columns, for a SELECT or a CTE, where PostgreSQL cannot tell their types.
AUDIT_PLACEHOLDERS = ", ".join(f"%s::{kind}" for kind in _TYPES.values())
AUDIT_INSERT = f"INSERT INTO audit_auditentry ({', '.join(AUDIT_COLUMNS)}) VALUES "  # noqa: S608 — our own column names

#: The same as named parameters, for `audit_parameters`.
AUDIT_NAMED = ", ".join(f"%(audit_{name})s::{kind}" for name, kind in _TYPES.items())

_ONE_ROW = f"({', '.join(['%s'] * len(AUDIT_COLUMNS))})"
_ROWS_PER_STATEMENT = 5_000
# One array per column: far quicker for PostgreSQL to read than thousands of rows of literals.
_INSERT_ROWS = (
    f"INSERT INTO audit_auditentry ({', '.join(AUDIT_COLUMNS)}) "  # noqa: S608 — our own column names
    f"SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in _TYPES.values())}) RETURNING id"
)

_ACCESS_COLUMNS = (*AUDIT_COLUMNS[:12], "person_id", "purpose")
_ACCESS_VALUES = ", ".join(["%s"] * len(_ACCESS_COLUMNS))
_ACCESS_INSERT = f"INSERT INTO audit_accessentry ({', '.join(_ACCESS_COLUMNS)}) VALUES ({_ACCESS_VALUES})"  # noqa: S608 — our own column names


def record(
    actor: Actor,
    action: str,
    target: Target,
    *,
    reason: str = "",
    before: Values | None = None,
    after: Values | None = None,
    **facts: Any,
) -> None:
    """Write down an act in its own transaction, with what changed and why."""
    values = audit_values(actor, action, target, reason=reason, before=before, after=after, **facts)
    with prepared_cursor() as cursor:
        cursor.execute(AUDIT_INSERT + _ONE_ROW, values)


def audit_values(
    actor: Actor,
    action: str,
    target: Target,
    *,
    reason: str = "",
    before: Values | None = None,
    after: Values | None = None,
    moment: datetime | None = None,
    **facts: Any,
) -> list[Any]:
    """The values of one entry, in the order of AUDIT_COLUMNS, for SQL that writes it with the act."""
    return [
        *_circumstances(actor, target, moment or clock.now()),
        action,
        plain(reason),
        _as_json(difference(before, after)),
        _as_json(without_secrets(_came_in_by(actor) | facts)),
    ]


def audit_parameters(actor: Actor, action: str, target: Target, **entry: Any) -> dict[str, Any]:
    """The parameters of AUDIT_NAMED for one entry; takes what `audit_values` takes."""
    values = audit_values(actor, action, target, **entry)
    return {f"audit_{name}": value for name, value in zip(AUDIT_COLUMNS, values, strict=True)}


def audit_row(actor: Actor, action: str, target: Target, **entry: Any) -> tuple[Any, ...]:
    """One row for `record_rows`; takes what `audit_values` takes."""
    return tuple(audit_values(actor, action, target, **entry))


def record_rows(rows: Sequence[Sequence[Any]]) -> None:
    """Write down many different acts at once, some thousand entries to a statement."""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            columns = zip(*rows[start : start + _ROWS_PER_STATEMENT], strict=True)
            cursor.execute(_INSERT_ROWS, [_as_array(column) for column in columns])


def record_refusal(actor: Actor, refusal: Refusal, action: str) -> None:
    """Write down an attempt that was refused, after its rollback, in a transaction of its own.

    `action` names what was tried: "POST /api/v1/…" or the act's name.
    """
    with tenant_scope(actor.organisation_id):
        said = {name: str(value) for name, value in refusal.facts.items()}
        record(
            actor,
            f"refused.{refusal.code.lower()}"[:100],
            (str(refusal.facts.get("target_type", "")), _uuid_or_none(refusal.facts.get("target_id"))),
            reason=refusal.detail,
            attempt=action[:200],
            status=refusal.status,
            refusal=said,
        )


def record_access(actor: Actor, target: Target, purpose: str, *, person_id: UUID | None = None) -> None:
    """Write down that somebody read a restricted record, and what for.

    `person_id` is the person whose data it is, so that they can be told who looked.
    """
    values = [*_circumstances(actor, target, clock.now()), person_id, plain(purpose)]
    with connection.cursor() as cursor:
        cursor.execute(_ACCESS_INSERT, values)


def _circumstances(actor: Actor, target: Target, moment: datetime) -> list[Any]:
    target_type, target_id = (target._meta.label_lower, target.pk) if isinstance(target, Model) else target
    return [
        actor.organisation_id,
        ids.new_id(),
        moment,
        actor.kind,
        actor.user_id,
        actor.impersonator_id,
        actor.job[:200],
        target_type,
        target_id,
        plain(actor.request_id)[:64],
        plain(actor.ip)[:45],
        plain(actor.user_agent)[:200],
    ]


def _came_in_by(actor: Actor) -> dict[str, Any]:
    """The token or the support access that let the actor in, if it was neither a person's own sign-in."""
    ways = {"token_id": actor.token_id, "support_access_id": actor.support_access_id}
    return {name: way for name, way in ways.items() if way is not None}


# Made once: `json.dumps` would make an encoder for each entry.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _as_array(column: Sequence[Any]) -> list[str | None]:
    return [value if value is None or isinstance(value, str) else str(value) for value in column]


def _as_json(value: dict[str, Any]) -> str:
    return _encode(value) if value else "{}"


def _uuid_or_none(value: Any) -> UUID | None:
    return value if isinstance(value, UUID) else None
