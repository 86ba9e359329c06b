"""What a debt does: a promise that was not kept, and the balance of an earlier term, hold a student (R27, R38).

The hold is the automatic one. Each debt is a cause of it and goes when it is settled: paid, or covered by an approved
note or a sponsor. What an administrator lifted stays lifted: the same debt never holds again.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.shared.people.events import ErasureConsidered
from rollbook.systems.college.catalogue.events import TermMoved
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees.policies import OLD_BALANCE_LIMIT
from rollbook.systems.college.fees.selectors import balances_of, today_here
from rollbook.systems.college.records import selectors as records
from rollbook.systems.college.records.services import Cause, add_causes, drop_causes

SETTLED = "What was owed is settled."
#: Students whose holds are put right in one transaction of the nightly job.
MOST_AT_ONCE = 500

#: Where the debts of students and the causes of their holds differ. A term is an earlier one once its last day has
#: passed or it was closed; of its months those count that nobody answers for, whether due or not.
DIFFERENCES = """
WITH older AS (
    SELECT e.student_id, e.id, t.code, sum(n.due_minor - n.paid_minor) AS minor
      FROM college_enrolment_termenrolment e
      JOIN college_catalogue_term t ON t.organisation_id = %(organisation)s AND t.id = e.term_id
      JOIN billing_invoice i ON i.organisation_id = %(organisation)s AND i.id = e.invoice_id
      JOIN billing_instalment n ON n.organisation_id = %(organisation)s AND n.invoice_id = i.id
     WHERE e.organisation_id = %(organisation)s AND i.state = 'OPEN' AND i.paid_minor < i.total_minor AND n.cover = ''
       AND (t.ends_on < %(today)s OR t.state = ANY (%(ended)s)) {of_enrolment}
     GROUP BY e.student_id, e.id, t.code
    HAVING sum(n.due_minor - n.paid_minor) > 0
), owed AS (
    SELECT o.student_id, 'BALANCE:' || o.id AS cause, o.code
      FROM (SELECT r.*, sum(r.minor) OVER (PARTITION BY r.student_id) AS whole FROM older r) o
     WHERE o.whole > %(limit)s
    UNION ALL
    SELECT e.student_id, 'NOTE:' || p.id, t.code
      FROM billing_promissorynote p
      JOIN billing_instalment n ON n.organisation_id = %(organisation)s AND n.id = p.instalment_id
      JOIN billing_invoice i ON i.organisation_id = %(organisation)s AND i.id = n.invoice_id
      JOIN college_enrolment_termenrolment e ON e.organisation_id = %(organisation)s AND e.invoice_id = i.id
      JOIN college_catalogue_term t ON t.organisation_id = %(organisation)s AND t.id = e.term_id
     WHERE p.organisation_id = %(organisation)s AND p.state = 'DEFAULTED' AND i.state = 'OPEN'
       AND n.paid_minor < n.due_minor AND n.cover = '' {of_enrolment}
), held AS (
    SELECT h.student_id, c.cause
      FROM college_records_hold h CROSS JOIN LATERAL unnest(h.causes) AS c(cause)
     WHERE h.organisation_id = %(organisation)s AND h.kind = 'FINANCIAL' AND h.is_automatic AND h.released_at IS NULL
       AND (c.cause LIKE 'BALANCE:%%' OR c.cause LIKE 'NOTE:%%') {of_hold}
), missing AS (
    SELECT o.student_id, o.cause, o.code
      FROM owed o
      JOIN college_records_student s
        ON s.organisation_id = %(organisation)s AND s.id = o.student_id AND s.taken_back_at IS NULL
     WHERE NOT EXISTS (SELECT FROM held d WHERE d.student_id = o.student_id AND d.cause = o.cause)
       AND NOT EXISTS (SELECT FROM college_records_hold x
                        WHERE x.organisation_id = %(organisation)s AND x.student_id = o.student_id AND x.is_automatic
                          AND x.released_by_id IS NOT NULL AND o.cause = ANY (x.causes))
)
SELECT m.student_id, m.cause, m.code, true FROM missing m
UNION ALL
SELECT d.student_id, d.cause, '', false FROM held d
 WHERE NOT EXISTS (SELECT FROM owed o WHERE o.student_id = d.student_id AND o.cause = d.cause)
ORDER BY 1, 2
"""
_EVERYBODY = DIFFERENCES.format(of_enrolment="", of_hold="")
_SOME = DIFFERENCES.format(
    of_enrolment="AND e.student_id = ANY (%(students)s::uuid[])",
    of_hold="AND h.student_id = ANY (%(students)s::uuid[])",
)
_OF_ENROLMENTS = (
    "SELECT student_id FROM college_enrolment_termenrolment WHERE organisation_id = %s AND id = ANY (%s::uuid[])"
)

LOCK = """
SELECT a.id
  FROM billing_account a
  JOIN college_records_student s ON s.organisation_id = %(organisation)s AND s.person_id = a.customer_id
 WHERE a.organisation_id = %(organisation)s AND s.id = ANY (%(students)s::uuid[])
 ORDER BY a.id FOR UPDATE OF a
"""


def follow_debts(actor: Actor, *, most: int | None = None) -> int:
    """Bring the automatic holds of everybody, or of the first `most`, to what is owed; answers how many students.

    Done again it changes nothing. Their accounts are locked first, so that money which comes in meanwhile counts.
    """
    students = sorted({student_id for student_id, *_rest in _differences(actor)})[:most]
    if not students:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"organisation": actor.organisation_id, "students": array_of(students)})
    return _put_right(actor, _differences(actor, students))


def follow_debts_of(actor: Actor, term_enrolment_ids: Sequence[UUID]) -> None:
    """The same for the students of some term enrolments, in an act about money that has locked their accounts."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ENROLMENTS, [actor.organisation_id, array_of(term_enrolment_ids)])
        students = sorted({row[0] for row in cursor.fetchall()})
    _put_right(actor, _differences(actor, students))


def hold_for_closed_term(event: TermMoved) -> None:
    """With a term that is closed its balances are those of an earlier term."""
    if event.state in Term.ENDED:
        follow_debts(event.actor)


def keep_debtors(event: ErasureConsidered) -> None:
    """Whoever still owes has to be reached."""
    student_ids = records.live_students().filter(person=event.person_id).values_list("id", flat=True)
    if any(minor > 0 for minor in balances_of(list(student_ids)).values()):
        event.obstacles.append(_("They still owe money."))


def _differences(actor: Actor, students: Sequence[UUID] | None = None) -> list[tuple[UUID, str, str, bool]]:
    parameters: dict[str, Any] = {
        "organisation": actor.organisation_id,
        "today": today_here(),
        "limit": int(policies.get(OLD_BALANCE_LIMIT)),
        "ended": sorted(Term.ENDED),
    }
    if students is not None:
        parameters["students"] = array_of(students)
    with connection.cursor() as cursor:
        cursor.execute(_EVERYBODY if students is None else _SOME, parameters)
        rows: list[tuple[UUID, str, str, bool]] = cursor.fetchall()
    return rows


def _put_right(actor: Actor, differences: Sequence[tuple[UUID, str, str, bool]]) -> int:
    missing = [
        Cause(student, name, _reason(name, term)) for student, name, term, is_missing in differences if is_missing
    ]
    settled = [Cause(student, name) for student, name, _term, is_missing in differences if not is_missing]
    add_causes(actor, missing)
    drop_causes(actor, settled, reason=SETTLED)
    return len({cause.student_id for cause in (*missing, *settled)})


def _reason(cause: str, term: str) -> str:
    if cause.startswith("NOTE:"):
        return f"A promissory note of {term} was not kept."
    return f"The balance of {term} is not paid."
