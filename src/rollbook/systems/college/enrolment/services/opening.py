"""Opening term enrolments, one by one or for a whole file, and cancelling those of a file."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as get_policy
from rollbook.systems.college.catalogue.errors import TermNotFound
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment import permissions, policies
from rollbook.systems.college.enrolment.errors import AlreadyEnrolled, WindowClosed
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.reads.standings import standings_of
from rollbook.systems.college.records.errors import StudentNotActive
from rollbook.systems.college.records.models import Hold, Student
from rollbook.systems.college.records.selectors import get_student_for_update, must_not_be_held

_TARGET = "college_enrolment.termenrolment"

INSERT = """
INSERT INTO college_enrolment_termenrolment (organisation_id, id, created_at, student_id, term_id, programme_id,
                                             year_level, created_via, state, version, curriculum_id, max_units,
                                             regularity, irregular_reasons, advising_state, advising_note)
SELECT %(organisation)s, r.id, %(at)s, r.student_id, r.term_id, r.programme_id,
       r.year_level, %(via)s, 'PENDING_PAYMENT', 1, coalesce(r.curriculum_id, s.curriculum_id), r.max_units,
       r.regularity, ARRAY(SELECT jsonb_array_elements_text(r.reasons)), 'NOT_STARTED', ''
  FROM unnest(%(ids)s::uuid[], %(students)s::uuid[], %(terms)s::uuid[], %(programmes)s::uuid[], %(years)s::smallint[],
              %(curricula)s::uuid[], %(caps)s::numeric[], %(regularities)s::text[], %(reasons)s::jsonb[])
       AS r(id, student_id, term_id, programme_id, year_level, curriculum_id, max_units, regularity, reasons)
  JOIN college_records_student s ON s.organisation_id = %(organisation)s AND s.id = r.student_id
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
    curriculum_id: UUID | None = None
    irregular_reasons: Sequence[str] = ()


@transaction.atomic
def open_term_enrolment(
    actor: Actor,
    *,
    student_id: UUID,
    term_id: UUID,
    year_level: int | None = None,
    created_via: str = TermEnrolment.CreatedVia.REGISTRAR,
) -> TermEnrolment:
    """Enrol an active student in a term that is open; classes follow once month 1 is paid.

    The year level follows from what was earned (R28) unless one is given.
    """
    actor.require(permissions.OPEN_ENROLMENTS)
    if created_via not in TermEnrolment.CreatedVia.values or (year_level is not None and not 1 <= year_level <= 8):
        raise Invalid.field("year_level", gettext("Enter a year level from 1 to 8."))
    student = get_student_for_update(student_id)
    term = Term.objects.filter(id=term_id).first()
    if term is None:
        raise TermNotFound
    if term.state not in (Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS):
        raise WindowClosed(term=term.code, state=term.get_state_display().lower())
    if student.status != Student.Status.ACTIVE:
        raise StudentNotActive(number=student.student_number, status=student.get_status_display().lower())
    must_not_be_held(student, Hold.Blocks.ENROL)
    standing = standings_of([student.id], semester=term.kind)[student.id]
    level = standing.year_level if year_level is None else year_level
    enrolment = TermEnrolment(
        student_id=student.id, term_id=term.id, programme_id=student.programme_id, year_level=level,
        curriculum_id=standing.curriculum_id, regularity=_regularity(standing.reasons),
        irregular_reasons=list(standing.reasons),
        created_via=created_via, created_at=clock.now(), max_units=usual_cap(term),
    )  # fmt: skip
    try:
        with transaction.atomic():
            enrolment.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise AlreadyEnrolled(number=student.student_number, term=term.code) from error
        raise
    record(actor, "college.enrolment_opened", enrolment, **_facts(student.id, term.id, level, created_via))
    return enrolment


def open_term_enrolments_in_bulk(
    actor: Actor, new: Sequence[NewEnrolment], *, created_via: str = TermEnrolment.CreatedVia.BATCH
) -> list[UUID]:
    """Enrol many students at once, in the order given; the same rows as the single act. The caller has checked them."""
    actor.require(permissions.OPEN_ENROLMENTS)
    if not new:
        return []
    enrolment_ids = [ids.new_id() for _ in new]
    caps = usual_caps({row.term_id for row in new})
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
        curricula=array_of(row.curriculum_id for row in new),
        caps=array_of(caps[row.term_id] for row in new),
        regularities=text_array_of(_regularity(row.irregular_reasons) for row in new),
        reasons=text_array_of(json.dumps(list(row.irregular_reasons)) for row in new),
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


def usual_cap(term: Term) -> int:
    """How many units may be taken in a term without an overload (R19)."""
    key = policies.SUMMER_MAX_UNITS if term.kind == Term.Kind.SUMMER else policies.MAX_UNITS
    return int(get_policy(key))


def usual_caps(term_ids: Collection[UUID]) -> dict[UUID, int]:
    """The same for some terms."""
    return {term.id: usual_cap(term) for term in Term.objects.filter(id__in=list(term_ids))}


def _regularity(reasons: Sequence[str]) -> str:
    return TermEnrolment.Regularity.IRREGULAR if reasons else TermEnrolment.Regularity.REGULAR


def _facts(student_id: Any, term_id: Any, year_level: int, created_via: str) -> dict[str, Any]:
    return {
        "student_id": student_id, "term_id": term_id, "year_level": year_level, "created_via": str(created_via),
    }  # fmt: skip


def _execute(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
