"""How a term's money comes in: against its due days, by programme, by method, and what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees import permissions

#: Buckets of lateness in days, as the office speaks of them; None: without end.
BUCKETS: tuple[tuple[int, int | None], ...] = ((1, 30), (31, 60), (61, 90), (91, None))

_LIVE = """
  FROM college_enrolment_termenrolment e
  JOIN billing_invoice i ON i.organisation_id = e.organisation_id AND i.id = e.invoice_id
"""
_WHERE = """
 WHERE e.organisation_id = %(organisation)s AND e.term_id = %(term)s AND i.state = 'OPEN'
   AND e.state IN ('PENDING_PAYMENT', 'ACTIVE', 'COMPLETED')
"""

PROGRAMMES = f"""
SELECT g.code, sum(i.paid_minor)::bigint, sum(i.total_minor)::bigint, count(*)
{_LIVE}  JOIN college_catalogue_programme g ON g.organisation_id = e.organisation_id AND g.id = e.programme_id
{_WHERE} GROUP BY g.code ORDER BY sum(i.total_minor) DESC, g.code
"""

METHODS = f"""
SELECT p.method, sum(p.amount_minor - p.returned_minor)::bigint, count(*)
{_LIVE}  JOIN billing_payment p ON p.organisation_id = e.organisation_id AND p.invoice_id = i.id
{_WHERE}   AND p.state NOT IN ('PENDING', 'FAILED', 'EXPIRED', 'VOIDED', 'REVERSED')
 GROUP BY p.method ORDER BY 2 DESC
"""

RECEIVED = f"""
SELECT p.received_on, sum(p.amount_minor - p.returned_minor)::bigint
{_LIVE}  JOIN billing_payment p ON p.organisation_id = e.organisation_id AND p.invoice_id = i.id
{_WHERE}   AND p.state NOT IN ('PENDING', 'FAILED', 'EXPIRED', 'VOIDED', 'REVERSED')
 GROUP BY p.received_on ORDER BY p.received_on
"""

DUE = f"""
SELECT n.due_on, sum(n.due_minor)::bigint
{_LIVE}  JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = i.id
{_WHERE} GROUP BY n.due_on ORDER BY n.due_on
"""

LATE = f"""
SELECT %(today)s::date - n.due_on AS days, sum(n.due_minor - n.paid_minor)::bigint, array_agg(DISTINCT e.student_id)
{_LIVE}  JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = i.id
{_WHERE}   AND n.due_on < %(today)s AND n.paid_minor < n.due_minor AND n.cover = ''
 GROUP BY n.due_on
"""


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """One programme's share of a term."""

    code: str
    paid: Money
    due: Money
    students: int


@dataclass(frozen=True, slots=True)
class MethodShare:
    """What came in by one method."""

    method: str
    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is late by so many days."""

    first_day: int
    last_day: int | None
    amount: Money
    students: int


@dataclass(frozen=True, slots=True)
class Collections:
    """A term's money."""

    term: Term
    programmes: list[ProgrammeLine]
    methods: list[MethodShare]
    buckets: list[Bucket]
    #: Day, received until then, due until then (None after today for what is received).
    course: list[tuple[date, Money | None, Money]]
    currency: str

    @property
    def due(self) -> Money:
        """What the term costs everybody together."""
        return Money(sum(line.due.minor for line in self.programmes), self.currency)

    @property
    def paid(self) -> Money:
        """What of it is paid."""
        return Money(sum(line.paid.minor for line in self.programmes), self.currency)

    @property
    def students(self) -> int:
        """How many students have a plan."""
        return sum(line.students for line in self.programmes)

    @property
    def late(self) -> Money:
        """What should have been paid by yesterday."""
        return Money(sum(bucket.amount.minor for bucket in self.buckets), self.currency)

    @property
    def due_by_now(self) -> Money:
        """What had fallen due until today."""
        known = [due for _, received, due in self.course if received is not None]
        return known[-1] if known else Money(0, self.currency)


def collections(actor: Actor, term: Term, today: date) -> Collections:
    """How the money of a term stands, for who supervises the counter."""
    actor.require(permissions.SEE_ALL_SHIFTS)
    currency = organisation_in_scope().currency

    def money(minor: int) -> Money:
        return Money(minor, currency)

    return Collections(
        term=term,
        programmes=[ProgrammeLine(c, money(p), money(d), n) for c, p, d, n in _rows(PROGRAMMES, term.id)],
        methods=[MethodShare(m, money(minor), n) for m, minor, n in _rows(METHODS, term.id)],
        buckets=_buckets(_rows(LATE, term.id, today=today), currency),
        course=_course(_rows(RECEIVED, term.id), _rows(DUE, term.id), today, currency),
        currency=currency,
    )


def _rows(statement: str, term_id: UUID, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), "term": term_id, **parameters})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _buckets(rows: Sequence[tuple[Any, ...]], currency: str) -> list[Bucket]:
    """Instalments by how late they are; a student with several counts once in each bucket."""
    buckets = []
    for first, last in BUCKETS:
        inside = [row for row in rows if row[0] >= first and (last is None or row[0] <= last)]
        students = {student for row in inside for student in row[2]}
        buckets.append(Bucket(first, last, Money(sum(row[1] for row in inside), currency), len(students)))
    return buckets


def _course(
    received: Sequence[tuple[Any, ...]], due: Sequence[tuple[Any, ...]], today: date, currency: str
) -> list[tuple[date, Money | None, Money]]:
    """Both running totals, a point for each day of the term so far and each due day to come."""
    if not due:
        return []
    by_day = dict(received)
    due_by_day = dict(due)
    first = min([day for day, _ in received[:1]] + [due[0][0], today])
    days = {first + timedelta(days=step) for step in range((today - first).days + 1)} | set(due_by_day)
    course: list[tuple[date, Money | None, Money]] = []
    so_far = due_so_far = 0
    for day in sorted(days):
        so_far += by_day.get(day, 0)
        due_so_far += due_by_day.get(day, 0)
        course.append((day, Money(so_far, currency) if day <= today else None, Money(due_so_far, currency)))
    return course
