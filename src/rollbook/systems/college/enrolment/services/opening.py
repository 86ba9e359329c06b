"""Opening term enrolments, one by one or for a whole file, and cancelling those of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.errors import TermNotFound
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import AlreadyEnrolled, WindowClosed
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.records.errors import StudentNotActive
from rollbook.systems.college.records.models import Hold, Student
from rollbook.systems.college.records.selectors import get_student_for_update, must_not_be_held

_TARGET = "college_enrolment.termenrolment"

INSERT = """
INSERT INTO college_enrolment_termenrolment (organisation_id, id, created_at, student_id, term_id, programme_id,
                                             year_level, created_via, state, version)
SELECT %(organisation)s, r.id, %(at)s, r.student_id, r.term_id, r.programme_id,
       r.year_level, %(via)s, 'PENDING_PAYMENT', 1
  FROM unnest(%(ids)s::uuid[], %(students)s::uuid[], %(terms)s::uuid[], %(programmes)s::uuid[], %(years)s::smallint[])
       AS r(id, student_id, term_id, programme_id, year_level)
RETURNING id
"""

CANCEL = """
UPDATE college_enrolment_termenrolment e SET state = 'CANCELLED', version = e.version + 1
 WHERE e.organisation_id = %(organisation)s AND e.id = ANY (%(enrolments)s::uuid[])
   AND e.state IN ('PENDING_PAYMENT', 'ACTIVE')
RETURNING e.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEnrolment:
    """A student to be enrolled in a term."""

    student_id: UUID
    term_id: UUID
    programme_id: UUID
    year_level: int = 1


@transaction.atomic
def open_term_enrolment(
    actor: Actor,
    *,
    student_id: UUID,
    term_id: UUID,
    year_level: int = 1,
    created_via: str = TermEnrolment.CreatedVia.REGISTRAR,
) -> TermEnrolment:
    """Enrol an active student in a term that is open; classes follow once month 1 is paid."""
    actor.require(permissions.OPEN_ENROLMENTS)
    if created_via not in TermEnrolment.CreatedVia.values or not 1 <= year_level <= 8:
        raise Invalid.field("year_level", "Enter a year level from 1 to 8.")
    student = get_student_for_update(student_id)
    term = Term.objects.filter(id=term_id).first()
    if term is None:
        raise TermNotFound
    if term.state not in (Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS):
        raise WindowClosed(term=term.code, state=term.get_state_display().lower())
    if student.status != Student.Status.ACTIVE:
        raise StudentNotActive(number=student.student_number, status=student.get_status_display().lower())
    must_not_be_held(student, Hold.Blocks.ENROL)
    enrolment = TermEnrolment(
        student_id=student.id, term_id=term.id, programme_id=student.programme_id, year_level=year_level,
        created_via=created_via, created_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            enrolment.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise AlreadyEnrolled(number=student.student_number, term=term.code) from error
        raise
    record(actor, "college.enrolment_opened", enrolment, **_facts(student.id, term.id, year_level, created_via))
    return enrolment


def open_term_enrolments_in_bulk(
    actor: Actor, new: Sequence[NewEnrolment], *, created_via: str = TermEnrolment.CreatedVia.BATCH
) -> list[UUID]:
    """Enrol many students at once, in the order given; the same rows as the single act. The caller has checked them."""
    actor.require(permissions.OPEN_ENROLMENTS)
    if not new:
        return []
    enrolment_ids = [ids.new_id() for _ in new]
    _execute(
        INSERT,
        organisation=actor.organisation_id,
        at=clock.now(),
        via=created_via,
        ids=array_of(enrolment_ids),
        students=array_of(row.student_id for row in new),
        terms=array_of(row.term_id for row in new),
        programmes=array_of(row.programme_id for row in new),
        years=array_of(row.year_level for row in new),
    )
    facts = [_facts(str(row.student_id), str(row.term_id), row.year_level, created_via) for row in new]
    record_many(actor, "college.enrolment_opened", _TARGET, enrolment_ids, facts=facts)
    return enrolment_ids


def cancel_in_bulk(actor: Actor, enrolment_ids: Sequence[UUID], *, reason: str) -> list[UUID]:
    """Cancel enrolments on which nothing rests. What they owe is the caller's to cancel."""
    actor.require(permissions.OPEN_ENROLMENTS)
    cancelled = [
        row[0] for row in _execute(CANCEL, organisation=actor.organisation_id, enrolments=array_of(enrolment_ids))
    ]
    if cancelled:
        record_many(
            actor, "college.enrolment_cancelled", _TARGET, cancelled, facts=[{"because": reason}] * len(cancelled)
        )
    return cancelled


def _facts(student_id: Any, term_id: Any, year_level: int, created_via: str) -> dict[str, Any]:
    return {
        "student_id": student_id, "term_id": term_id, "year_level": year_level, "created_via": str(created_via),
    }  # fmt: skip


def _execute(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
