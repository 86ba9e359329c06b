"""Students who stayed away become inactive, all of them at once (section 3.1 of what a college must do)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core import clock, ids
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.records.events import StatusChanged
from rollbook.systems.college.records.models import Student

Status = Student.Status

LAPSE = """
UPDATE college_records_student s SET status = 'INACTIVE', version = s.version + 1
 WHERE s.organisation_id = %(organisation)s AND s.id = ANY (%(students)s::uuid[]) AND s.status = 'ACTIVE'
RETURNING s.id, s.person_id
"""
END_PERIODS = """
UPDATE college_records_studentstatusperiod p SET to_date = %(yesterday)s
 WHERE p.organisation_id = %(organisation)s AND p.student_id = ANY (%(students)s::uuid[]) AND p.to_date IS NULL
RETURNING p.id
"""
BEGIN_PERIODS = """
INSERT INTO college_records_studentstatusperiod (organisation_id, id, created_at, student_id, status, from_date, reason)
SELECT %(organisation)s, r.id, %(at)s, r.student_id, 'INACTIVE', %(today)s, %(reason)s
  FROM unnest(%(ids)s::uuid[], %(students)s::uuid[]) AS r(id, student_id)
RETURNING id
"""


def let_lapse(actor: Actor, student_ids: Sequence[UUID], *, reason: str) -> int:
    """Let active students, whose rows are locked, be inactive from today on: the same rows as one by one."""
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    shared: dict[str, Any] = {"organisation": actor.organisation_id, "at": now, "today": today, "reason": reason}
    with connection.cursor() as cursor:
        cursor.execute(LAPSE, shared | {"students": array_of(student_ids)})
        people = dict(cursor.fetchall())
        if not people:
            return 0
        lapsed = {"students": array_of(people), "ids": array_of(ids.new_id_texts(len(people)))}
        cursor.execute(END_PERIODS, shared | lapsed | {"yesterday": today - timedelta(days=1)})
        cursor.execute(BEGIN_PERIODS, shared | lapsed)
    record_many(
        actor, "college.student_status_changed", Student._meta.label_lower, list(people), reason=reason,
        before={"status": Status.ACTIVE}, after={"status": Status.INACTIVE},
        facts=[{"from_date": today, "to_date": None}] * len(people),
    )  # fmt: skip
    for student_id, person_id in people.items():
        publish(StatusChanged(actor, student_id, person_id, Status.ACTIVE, Status.INACTIVE, today, None, reason))
    return len(people)
