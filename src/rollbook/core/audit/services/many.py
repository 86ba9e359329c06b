"""Writing many entries of one action in one statement, for set-based acts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rollbook.core import clock, ids
from rollbook.core.audit.rules import Values, difference, plain, without_secrets
from rollbook.core.audit.services.recording import AUDIT_COLUMNS, _as_json, _came_in_by, _circumstances
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.permissions.actor import Actor

_INSERT = f"""
INSERT INTO audit_auditentry ({", ".join(AUDIT_COLUMNS)})
SELECT %s::uuid, e.id, %s::timestamptz, %s, %s::uuid, %s::uuid, %s, %s, e.target_id, %s, %s, %s,
       %s, %s, %s::jsonb, e.facts::jsonb
  FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS e(id, target_id, facts)
RETURNING id
"""  # noqa: S608 — our own column names


def record_many(
    actor: Actor,
    action: str,
    target_type: str,
    target_ids: Sequence[UUID],
    *,
    facts: Sequence[dict[str, Any]],
    reason: str = "",
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Write down the same act on many records: the same rows as one `record` each."""
    organisation_id, _, at, kind, user_id, impersonator_id, job, _, _, request_id, ip, user_agent = _circumstances(
        actor, (target_type, None), clock.now()
    )
    entry_ids = array_of(ids.new_id_texts(len(target_ids)))
    targets = array_of(target_ids)
    ways = _came_in_by(actor)
    bodies = text_array_of(_as_json(without_secrets(ways | fact)) for fact in facts)
    shared = [
        organisation_id,
        at,
        kind,
        user_id,
        impersonator_id,
        job,
        target_type,
        request_id,
        ip,
        user_agent,
        action,
        plain(reason),
        _as_json(difference(before, after)),
    ]
    # Nothing is joined: one plan serves for one entry and for thousands.
    with prepared_cursor() as cursor:
        cursor.execute(_INSERT, [*shared, entry_ids, targets, bodies])
