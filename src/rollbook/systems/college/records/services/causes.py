"""What the automatic hold of many students rests on, changed in one statement each way."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from rollbook.core import clock, ids
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.records.events import HoldsMoved
from rollbook.systems.college.records.services.holds import FINANCIAL_BLOCKS

_TARGET = "college_records.hold"
#: Stands between the causes of one student on their way to the database; no cause holds it.
_BETWEEN = ","

ADD = """
INSERT INTO college_records_hold AS h (organisation_id, id, created_at, student_id, kind, blocks, reason, is_automatic,
                                       causes, placed_at, release_reason, version)
SELECT %(organisation)s, n.id, %(at)s, n.student_id, 'FINANCIAL', %(blocks)s, n.reason, true,
       string_to_array(n.causes, ','), %(at)s, '', 1
  FROM unnest(%(ids)s::uuid[], %(students)s::uuid[], %(reasons)s::text[], %(causes)s::text[])
       AS n(id, student_id, reason, causes)
ON CONFLICT (organisation_id, student_id, kind) WHERE is_automatic AND released_at IS NULL
DO UPDATE SET causes = h.causes || array(SELECT c FROM unnest(excluded.causes) c WHERE NOT (c = ANY (h.causes))),
              version = h.version + 1
RETURNING h.id, h.student_id, h.id = ANY (%(ids)s::uuid[])
"""

DROP = """
UPDATE college_records_hold h
   SET causes = array(SELECT c FROM unnest(h.causes) WITH ORDINALITY AS u(c, place)
                       WHERE NOT (c = ANY (string_to_array(d.causes, ','))) ORDER BY place),
       released_at = CASE WHEN h.causes <@ string_to_array(d.causes, ',')::varchar[] THEN %(at)s::timestamptz END,
       release_reason = CASE WHEN h.causes <@ string_to_array(d.causes, ',')::varchar[] THEN %(reason)s ELSE '' END,
       version = h.version + 1
  FROM unnest(%(students)s::uuid[], %(causes)s::text[]) AS d(student_id, causes)
 WHERE h.organisation_id = %(organisation)s AND h.student_id = d.student_id AND h.kind = 'FINANCIAL'
   AND h.is_automatic AND h.released_at IS NULL
RETURNING h.id, h.student_id, h.released_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that holds a student: how a hold names it, and what registrars read."""

    student_id: UUID
    name: str
    reason: str = ""


def add_causes(actor: Actor, causes: Sequence[Cause]) -> None:
    """Hold students for what they owe: the same rows as one `add_cause` each. None of the causes stands yet."""
    by_student = _by_student(causes)
    if not by_student:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "organisation": actor.organisation_id, "at": clock.now(), "blocks": sorted(FINANCIAL_BLOCKS),
                "ids": array_of(ids.new_id_texts(len(by_student))), "students": array_of(by_student),
                "reasons": text_array_of(found[0].reason for found in by_student.values()),
                "causes": text_array_of(_names(found) for found in by_student.values()),
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    _record(actor, "college.hold_cause_added", rows, by_student)
    _publish(actor, rows, is_released=False)


def drop_causes(actor: Actor, causes: Sequence[Cause], *, reason: str) -> None:
    """Let students go whose cause is settled; each hold goes with its last cause."""
    by_student = _by_student(causes)
    if not by_student:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            DROP,
            {
                "organisation": actor.organisation_id, "at": clock.now(), "reason": reason,
                "students": array_of(by_student),
                "causes": text_array_of(_names(found) for found in by_student.values()),
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    _record(actor, "college.hold_cause_dropped", rows, by_student, says_released=True)
    _publish(actor, rows, is_released=True)


def _by_student(causes: Sequence[Cause]) -> dict[UUID, list[Cause]]:
    found: dict[UUID, list[Cause]] = {}
    for cause in causes:
        found.setdefault(cause.student_id, []).append(cause)
    return found


def _names(causes: Sequence[Cause]) -> str:
    return _BETWEEN.join(cause.name for cause in causes)


def _record(
    actor: Actor, action: str, rows: Sequence[tuple[UUID, UUID, bool]], by_student: dict[UUID, list[Cause]], *,
    says_released: bool = False,
) -> None:  # fmt: skip
    entries = [
        (hold_id, {"student_id": student_id, "cause": cause.name} | ({"is_released": moved} if says_released else {}))
        for hold_id, student_id, moved in rows
        for cause in by_student[student_id]
    ]
    if entries:
        record_many(actor, action, _TARGET, [entry[0] for entry in entries], facts=[entry[1] for entry in entries])


def _publish(actor: Actor, rows: Sequence[tuple[UUID, UUID, bool]], *, is_released: bool) -> None:
    moved = tuple((student_id, hold_id) for hold_id, student_id, has_moved in rows if has_moved)
    if moved:
        publish(HoldsMoved(actor, moved, is_released=is_released))
