"""Adding students and changing what is recorded of them."""

import re
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, VersionConflict
from rollbook.core.numbering.services import next_block, next_number
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import services as people
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.events import PeopleMerged
from rollbook.shared.people.models import Identifier
from rollbook.shared.people.rules import number_key
from rollbook.shared.people.selectors import person as get_person
from rollbook.systems.college.catalogue.errors import ProgrammeInactive, ProgrammeNotFound, TermNotFound
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.catalogue.selectors import curriculum_for_new_students
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import (
    AlreadyStudent,
    NumberTaken,
    StudentsNeedMerge,
)
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.records.policies import STUDENT_NUMBER_FORMAT
from rollbook.systems.college.records.rules import NUMBER
from rollbook.systems.college.records.selectors import get_student_for_update

#: How people's records call a student number: it is found by search and scanned from a card.
STUDENT_NUMBER = "college.student_number"
BARCODE = "barcode"
SERIES = "student:{year}"


@transaction.atomic
def add_student(
    actor: Actor,
    *,
    person: UUID | NewPerson,
    programme_id: UUID,
    admission_term_id: UUID,
    kind: str = Student.Kind.FRESHMAN,
    student_number: str = "",
) -> Student:
    """Make somebody a student: somebody on the roll, or somebody new. Without a number the next free one is given.

    They follow the curriculum that is in force for those who begin in their first term.
    """
    actor.require(permissions.ADD_STUDENTS)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    _must_take_students(programme_id)
    academic_year = _year_of_term(admission_term_id)
    if kind not in Student.Kind.values:
        raise Invalid.field(
            "kind", gettext("Choose one of: %(choices)s.") % {"choices": ", ".join(Student.Kind.values)}
        )
    if student_number and not NUMBER.match(student_number):
        raise Invalid.field("student_number", gettext("Use letters, digits, hyphens, slashes and dots; at most 30."))
    person_id = _person(actor, person)
    student = Student(
        person_id=person_id, programme_id=programme_id, admission_term_id=admission_term_id, kind=kind, created_at=now,
        curriculum=curriculum_for_new_students(programme_id, academic_year),
    )  # fmt: skip
    # The number is taken last: whoever waits for the series waits for nothing else.
    student.student_number = student_number or _next_number(today.year)
    _insert(student)
    people.bulk_add_identifiers(actor, kind=STUDENT_NUMBER, numbers=[(person_id, student.student_number)])
    StudentStatusPeriod.objects.create(student_id=student.id, status=student.status, from_date=today, created_at=now)
    record(
        actor, "college.student_added", student, student_number=student.student_number, person_id=person_id,
        programme_id=programme_id, kind=kind, curriculum_id=student.curriculum_id,
    )  # fmt: skip
    return student


@transaction.atomic
def change_student(actor: Actor, *, student_id: UUID, kind: str, expected_version: int | None = None) -> Student:
    """Correct how a student came here. Number and programme are not edited: a transfer is an act of its own."""
    actor.require(permissions.CHANGE_STUDENTS)
    student = get_student_for_update(student_id)
    if expected_version is not None and expected_version != student.version:
        raise VersionConflict
    if kind not in Student.Kind.values:
        raise Invalid.field(
            "kind", gettext("Choose one of: %(choices)s.") % {"choices": ", ".join(Student.Kind.values)}
        )
    before = student.kind
    if before == kind:
        return student
    student.kind, student.version = kind, student.version + 1
    student.save(update_fields=["kind", "version"])
    record(actor, "college.student_changed", student, before={"kind": before}, after={"kind": kind})
    return student


def refuse_merge(event: PeopleMerged) -> None:
    """The entry of a student never gives way: invoices, permits and papers hang on it."""
    found = Student.objects.filter(person_id=event.duplicate_id, taken_back_at__isnull=True).first()
    if found is not None:
        raise StudentsNeedMerge(number=found.student_number)


def _must_take_students(programme_id: UUID) -> None:
    found = Programme.objects.filter(id=programme_id).values("code", "is_active").first()
    if found is None:
        raise ProgrammeNotFound
    if not found["is_active"]:
        raise ProgrammeInactive(programme=found["code"])


def _year_of_term(term_id: UUID) -> str:
    academic_year: str | None = Term.objects.filter(id=term_id).values_list("academic_year", flat=True).first()
    if academic_year is None:
        raise TermNotFound
    return academic_year


def _person(actor: Actor, person: UUID | NewPerson) -> UUID:
    if isinstance(person, NewPerson):
        added: UUID = people.add_person(actor, person).pk
        return added
    found = get_person(actor, person)
    student = Student.objects.filter(person_id=found.pk, taken_back_at__isnull=True).first()
    if student is not None:
        raise AlreadyStudent(name=found.full_name, number=student.student_number)
    known: UUID = found.pk
    return known


def _next_number(year: int) -> str:
    template: str = policies.get(STUDENT_NUMBER_FORMAT)
    number = next_number(SERIES, template, year)
    if not _is_taken(number):
        return number
    # Numbers came in by a file meanwhile; the series goes on behind the highest of them.
    behind = _highest_taken(template, year) - _sequence_of(number, template, year)
    if behind > 0:
        next_block(SERIES.format(year=year), behind)
    return next_number(SERIES, template, year)


def _is_taken(number: str) -> bool:
    return bool(Identifier.objects.filter(kind=STUDENT_NUMBER, value_key=number_key(number)).exists())


def _highest_taken(template: str, year: int) -> int:
    pattern = _pattern(template, year)
    numbers = Student.objects.filter(taken_back_at__isnull=True).values_list("student_number", flat=True)
    return max((int(found[1]) for number in numbers.iterator() if (found := pattern.match(number))), default=0)


def _sequence_of(number: str, template: str, year: int) -> int:
    found = _pattern(template, year).match(number)
    return int(found[1]) if found else 0


def _pattern(template: str, year: int) -> re.Pattern[str]:
    before, _, after = re.sub(r"\{seq[^}]*\}", "\x00", template).partition("\x00")
    shown = [re.escape(part.format(year=year, yy=f"{year % 100:02d}")) for part in (before, after)]
    return re.compile(rf"{shown[0]}(\d+){shown[1]}\Z")


def _insert(student: Student) -> None:
    try:
        with transaction.atomic():
            student.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != "23505":
            raise
        standing: Any = Student.objects.filter(person_id=student.person_id, taken_back_at__isnull=True).first()
        if standing is not None:
            raise AlreadyStudent(name=gettext("This person"), number=standing.student_number) from error
        raise NumberTaken(number=student.student_number) from error
