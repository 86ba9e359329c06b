"""Who stayed away for two regular terms in a row is inactive until they apply again as a returnee."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from rollbook.core import clock
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.records.services import let_lapse

STAYED_AWAY = "Not enrolled in {first} and {second}"

#: The two regular terms that ended last; none while fewer than two have ended.
MISSED = """
SELECT t.code, t.starts_on
  FROM college_catalogue_term t
 WHERE t.organisation_id = %(organisation)s AND t.kind IN ('FIRST', 'SECOND')
   AND (t.ends_on < %(today)s OR t.state = ANY (%(ended)s))
 ORDER BY t.starts_on DESC, t.code DESC LIMIT 2
"""

#: Active since before the first of them began, and in no term from then on. A term that nobody paid month 1 of, or that
#: was cancelled, is none.
ABSENT = """
SELECT s.id
  FROM college_records_student s
 WHERE s.organisation_id = %(organisation)s AND s.status = 'ACTIVE' AND s.taken_back_at IS NULL {chosen}
   AND EXISTS (SELECT FROM college_records_studentstatusperiod p
                WHERE p.organisation_id = %(organisation)s AND p.student_id = s.id AND p.status = 'ACTIVE'
                  AND p.to_date IS NULL AND p.from_date <= %(since)s)
   AND NOT EXISTS (SELECT FROM college_enrolment_termenrolment e
                     JOIN college_catalogue_term t ON t.organisation_id = %(organisation)s AND t.id = e.term_id
                    WHERE e.organisation_id = %(organisation)s AND e.student_id = s.id
                      AND e.state IN ('ACTIVE', 'COMPLETED', 'WITHDRAWN') AND t.starts_on >= %(since)s)
 ORDER BY s.id
"""
_EVERYBODY = ABSENT.format(chosen="")
_CHOSEN = ABSENT.format(chosen="AND s.id = ANY (%(students)s::uuid[])")
_LOCK = """
SELECT s.id FROM college_records_student s
 WHERE s.organisation_id = %(organisation)s AND s.id = ANY (%(students)s::uuid[]) ORDER BY s.id FOR UPDATE
"""


@transaction.atomic
def lapse_absent(actor: Actor) -> int:
    """Let everybody be inactive who was in neither of the last two regular terms; harmless when run twice."""
    terms = _rows(
        MISSED, organisation=actor.organisation_id, today=organisation_in_scope().local_date(clock.now()),
        ended=sorted(Term.ENDED),
    )  # fmt: skip
    if len(terms) < 2:
        return 0
    (second, _), (first, since) = terms
    absent = _absent(actor, since)
    if not absent:
        return 0
    # Locked first, then asked once more: whoever came in meanwhile stays.
    _rows(_LOCK, organisation=actor.organisation_id, students=array_of(absent))
    return let_lapse(actor, _absent(actor, since, absent), reason=STAYED_AWAY.format(first=first, second=second))


def _absent(actor: Actor, since: date, students: Sequence[UUID] | None = None) -> list[UUID]:
    if students is None:
        return [row[0] for row in _rows(_EVERYBODY, organisation=actor.organisation_id, since=since)]
    rows = _rows(_CHOSEN, organisation=actor.organisation_id, since=since, students=array_of(students))
    return [row[0] for row in rows]


def _rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
