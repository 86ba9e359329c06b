"""What follows when month 1 becomes settled, or open again (R27). Runs in the transaction of the money act."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from rollbook.core import clock
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.records.services import add_cause
from rollbook.systems.college.records.services.holds import record_dropped

OPENED_AGAIN = "Month 1 is open again: a payment was taken back."
SETTLED_AGAIN = "Month 1 is settled."

#: Activate the enrolments and let go of the holds that rested on their month 1, in one statement.
SETTLE = """
WITH settled AS (
    SELECT e.id, e.student_id FROM college_enrolment_termenrolment e
     WHERE e.organisation_id = %(organisation)s AND e.id = ANY (%(enrolments)s::uuid[])
), activated AS (
    UPDATE college_enrolment_termenrolment e SET state = 'ACTIVE', version = e.version + 1
     WHERE e.organisation_id = %(organisation)s AND e.id = ANY (%(enrolments)s::uuid[]) AND e.state = 'PENDING_PAYMENT'
    RETURNING e.id
), released AS (
    UPDATE college_records_hold h
       SET causes = array_remove(h.causes, 'MONTH1:' || s.id),
           released_at = CASE WHEN cardinality(h.causes) = 1 THEN %(at)s END,
           release_reason = CASE WHEN cardinality(h.causes) = 1 THEN %(reason)s ELSE '' END,
           version = h.version + 1
      FROM settled s
     WHERE h.organisation_id = %(organisation)s AND h.student_id = s.student_id AND h.kind = 'FINANCIAL'
       AND h.is_automatic AND h.released_at IS NULL AND ('MONTH1:' || s.id) = ANY (h.causes)
    RETURNING h.id, h.student_id, s.id AS enrolment_id, h.released_at IS NOT NULL AS is_released
)
SELECT 'activated', a.id, NULL::uuid, NULL::uuid, false FROM activated a
UNION ALL
SELECT 'released', r.id, r.student_id, r.enrolment_id, r.is_released FROM released r
"""


def settle_month_one(actor: Actor, *, term_enrolment_id: UUID, is_settled: bool) -> None:
    """Month 1 of a plan crossed the line: the enrolment becomes active, or the student is held until it is paid.

    What is enrolled stays enrolled when money is taken back; only new enrolment is held.
    """
    if is_settled:
        settle_month_one_in_bulk(actor, [term_enrolment_id])
        return
    student_id = _student_to_hold(actor, term_enrolment_id)
    if student_id is not None:
        add_cause(actor, student_id=student_id, cause=cause_of(term_enrolment_id), reason=OPENED_AGAIN)


def settle_month_one_in_bulk(actor: Actor, term_enrolment_ids: Sequence[UUID]) -> None:
    """The same for the settled plans of a whole file, in a fixed number of statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE,
            {"organisation": actor.organisation_id, "enrolments": array_of(term_enrolment_ids), "at": clock.now(),
             "reason": SETTLED_AGAIN},
        )  # fmt: skip
        rows = cursor.fetchall()
    activated = [row[1] for row in rows if row[0] == "activated"]
    if activated:
        record_many(
            actor,
            "college.enrolment_activated",
            "college_enrolment.termenrolment",
            activated,
            facts=[{}] * len(activated),
        )
    for kind, hold_id, student_id, enrolment_id, is_released in rows:
        if kind == "released":
            record_dropped(actor, hold_id, student_id, cause_of(enrolment_id), is_released=is_released)


def cause_of(term_enrolment_id: UUID) -> str:
    """How a hold names this reason for itself."""
    return f"MONTH1:{term_enrolment_id}"


def _student_to_hold(actor: Actor, term_enrolment_id: UUID) -> UUID | None:
    """The student of an enrolment that was active; one that never began has nothing to hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.student_id FROM college_enrolment_termenrolment e"
            " WHERE e.organisation_id = %s AND e.id = %s AND e.state = 'ACTIVE'",
            [actor.organisation_id, term_enrolment_id],
        )
        row = cursor.fetchone()
    return row[0] if row else None
