"""Reminding students of what falls due: once in a calendar month each (R61)."""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.messaging import kinds
from rollbook.shared.messaging.services import Telling, notify_many
from rollbook.systems.college.fees.policies import REMIND_BEFORE
from rollbook.systems.college.fees.selectors import today_here

#: The day of the month on which everybody who owes is reminded.
USUAL_DAY = 25

#: What each student with an open month owes until a day, over all running terms, and the first day it falls due.
#: Months that a note or a sponsor covers are nobody's news to the student.
DUE = """
SELECT s.person_id, (array_agg(e.id ORDER BY n.due_on, e.id))[1], sum(n.due_minor - n.paid_minor)::bigint,
       min(n.due_on), min(i.currency)
  FROM college_enrolment_termenrolment e
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN billing_invoice i ON i.organisation_id = e.organisation_id AND i.id = e.invoice_id AND i.state = 'OPEN'
  JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = i.id
 WHERE e.organisation_id = %(organisation)s AND e.state IN ('PENDING_PAYMENT', 'ACTIVE') AND s.taken_back_at IS NULL
   AND n.paid_minor < n.due_minor AND n.cover = '' AND n.due_on <= %(until)s
 GROUP BY s.person_id
 HAVING bool_or(n.due_on = %(exactly)s) OR %(exactly)s IS NULL
 ORDER BY s.person_id
"""


def remind(actor: Actor) -> int:
    """Remind those whose turn is today; answers how many were told. Twice in a month is the same as once."""
    today = today_here()
    if today.day == USUAL_DAY:
        return _tell(actor, _due(until=_end_of_next_month(today), exactly=None))
    ahead = int(policies.get(REMIND_BEFORE))
    if not ahead:
        return 0
    day = today + timedelta(days=ahead)
    return _tell(actor, _due(until=day, exactly=day))


def _end_of_next_month(today: date) -> date:
    """What falls due until then is the next payment of somebody who is reminded on the 25th."""
    return (today.replace(day=1) + timedelta(days=62)).replace(day=1) - timedelta(days=1)


def _due(*, until: date, exactly: date | None) -> list[tuple[UUID, UUID, int, date, str]]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"organisation": require_organisation_id(), "until": until, "exactly": exactly})
        rows: list[tuple[UUID, UUID, int, date, str]] = cursor.fetchall()
    return rows


def _tell(actor: Actor, due: list[tuple[UUID, UUID, int, date, str]]) -> int:
    made = notify_many(
        actor,
        [
            Telling(
                recipient_person_id=person_id, kind=kinds.PAYMENT_REMINDER, subject_id=term_enrolment_id,
                dedupe_key="month",
                facts={"amount_minor": minor, "currency": currency, "due_on": due_on.isoformat()},
            )
            for person_id, term_enrolment_id, minor, due_on, currency in due
        ],
    )  # fmt: skip
    return len(made)
