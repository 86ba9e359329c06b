"""Reads of the college's admission: what the public learns of a programme, and how far applicants get."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.db.models import Q

from rollbook.core.figures import plain
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions
from rollbook.shared.admissions.models import Application
from rollbook.systems.college.admission.errors import ProgrammeNotFound
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Programme, Term
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment


def open_programme(code: str) -> Programme:
    """A programme that takes new students, by its code as it stands in addresses."""
    found: Programme | None = Programme.objects.filter(code__iexact=code, is_active=True).first()
    if found is None:
        raise ProgrammeNotFound
    return found


@dataclass(frozen=True, slots=True)
class Semester:
    """The subjects of one semester of a curriculum."""

    year_level: int
    semester: str
    label: str
    entries: Sequence[CurriculumEntry]

    @property
    def units(self) -> str:
        """The units together; alternatives of one elective group count once."""
        # One of the alternatives is taken, whichever it is.
        counted = {entry.elective_group or str(entry.id): entry.subject.units for entry in self.entries}
        return plain(sum(counted.values(), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Shown:
    """The curriculum that new students of a programme get."""

    curriculum: Curriculum
    semesters: Sequence[Semester]


_ORDER = {Term.Kind.FIRST.value: 1, Term.Kind.SECOND.value: 2, Term.Kind.SUMMER.value: 3}


def curriculum_of(programme: Programme) -> Shown | None:
    """The newest active curriculum of a programme, by year and semester; None while there is none."""
    curriculum: Curriculum | None = (
        Curriculum.objects.filter(programme=programme, state=Curriculum.State.ACTIVE)
        .order_by("-effective_academic_year", "-created_at")
        .first()
    )
    if curriculum is None:
        return None
    rows = CurriculumEntry.objects.filter(curriculum=curriculum).select_related("subject")
    entries = sorted(rows, key=lambda row: (row.year_level, _ORDER[row.semester], row.subject.code))
    semesters = [
        Semester(year, semester, str(Term.Kind(semester).label), list(group))
        for (year, semester), group in groupby(entries, key=lambda row: (row.year_level, row.semester))
    ]
    return Shown(curriculum, semesters)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many of those who applied got how far."""

    applied: int
    admitted: int
    paid: int
    enrolled: int


def funnel(actor: Actor, intake_id: UUID | None = None) -> Funnel:
    """Applied, admitted, month 1 paid, enrolled in the term; of one intake or of all."""
    actor.require(permissions.VIEW_APPLICATIONS)
    rows = Application.objects.exclude(state=Application.State.DRAFT).exclude(duplicate_of__isnull=False)
    if intake_id is not None:
        rows = rows.filter(intake_id=intake_id)
    admitted = Q(state__in=[Application.State.ADMITTED, Application.State.CONVERTED])
    students = rows.filter(state=Application.State.CONVERTED).values("result_id")
    enrolments = TermEnrolment.objects.filter(student_id__in=students)
    if intake_id is not None:
        enrolments = enrolments.filter(term_id=intake_id)
    # Month 1 moves an enrolment out of PENDING_PAYMENT; whoever is in a class is enrolled.
    paid = enrolments.filter(state__in=[TermEnrolment.State.ACTIVE, TermEnrolment.State.COMPLETED])
    in_class = SubjectEnrolment.objects.filter(
        term_enrolment__in=paid.values("id"),
        state__in=[SubjectEnrolment.State.ENROLLED, SubjectEnrolment.State.COMPLETED],
    )
    return Funnel(
        applied=rows.count(),
        admitted=rows.filter(admitted).count(),
        paid=paid.values("student_id").distinct().count(),
        enrolled=in_class.values("term_enrolment__student_id").distinct().count(),
    )
