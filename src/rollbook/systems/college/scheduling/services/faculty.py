"""Profiles of those who teach: when they can, what, and how much."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people import services as people
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.events import PeopleMerged
from rollbook.shared.people.models import Person
from rollbook.systems.college.catalogue.models import Subject, Term
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import (
    CodeStands,
    FacultyIsTeaching,
    FacultyNeedsMerge,
    FacultyNotFound,
    FacultyStandsAlready,
    SubjectNotFound,
)
from rollbook.systems.college.scheduling.models import (
    HALF_DAYS,
    WORKING_HALF_DAYS,
    Faculty,
    FacultySubject,
    Section,
    TeachingAssignment,
)
from rollbook.systems.college.scheduling.services.saving import Wrong, known, must_be_version, save, values_of

FACULTY_FIELDS = (
    "employee_number", "department", "is_full_time", "max_weekly_units", "availability", "is_active", "member_id",
)  # fmt: skip
MOST_WEEKLY_UNITS = Decimal(60)


@transaction.atomic
def add_faculty(
    actor: Actor,
    *,
    person: UUID | NewPerson,
    employee_number: str,
    subject_ids: Sequence[UUID] = (),
    **fields: Any,
) -> Faculty:
    """Let somebody teach here."""
    actor.require(permissions.MANAGE_FACULTY)
    somebody = people.add_person(actor, person) if isinstance(person, NewPerson) else _on_the_roll(person)
    profile = Faculty(
        person=somebody,
        employee_number=employee_number.strip(),
        **{"availability": list(WORKING_HALF_DAYS), **known(fields, FACULTY_FIELDS[1:])},
    )
    _check(profile)
    standing = Faculty.objects.filter(person=somebody).first()
    if standing is not None:
        raise FacultyStandsAlready(name=somebody.full_name, number=standing.employee_number)
    save(profile, CodeStands(code=profile.employee_number, what="the number of somebody"), is_new=True)
    _set_subjects(profile, subject_ids)
    record(actor, "college.faculty_added", profile, after=_said(profile, subject_ids))
    return profile


@transaction.atomic
def change_faculty(
    actor: Actor,
    *,
    faculty_id: UUID,
    subject_ids: Sequence[UUID] | None = None,
    expected_version: int | None = None,
    **changes: Any,
) -> Faculty:
    """Change when somebody can teach, what, and how much; or say that they no longer do."""
    actor.require(permissions.MANAGE_FACULTY)
    profile = get_faculty_for_update(faculty_id)
    must_be_version(profile.version, expected_version)
    standing = qualified_subjects(profile.id)
    before = _said(profile, standing)
    for field, value in known(changes, FACULTY_FIELDS).items():
        setattr(profile, field, value)
    profile.employee_number = profile.employee_number.strip()
    _check(profile)
    if not profile.is_active:
        _must_not_be_teaching(profile)
    profile.version += 1
    save(profile, CodeStands(code=profile.employee_number, what="the number of somebody"))
    if subject_ids is not None:
        _set_subjects(profile, subject_ids)
    after = _said(profile, standing if subject_ids is None else subject_ids)
    record(actor, "college.faculty_changed", profile, before=before, after=after)
    return profile


def get_faculty_for_update(faculty_id: UUID) -> Faculty:
    """One profile, locked."""
    found: Faculty | None = (
        Faculty.objects.select_for_update(of=("self",)).select_related("person").filter(id=faculty_id).first()
    )
    if found is None:
        raise FacultyNotFound
    return found


def qualified_subjects(faculty_id: UUID) -> list[UUID]:
    """The subjects that somebody is qualified to teach."""
    return list(FacultySubject.objects.filter(faculty_id=faculty_id).values_list("subject_id", flat=True))


def refuse_merge(event: PeopleMerged) -> None:
    """The entry of a professor never gives way: classes and grades hang on it."""
    found = Faculty.objects.filter(person_id=event.duplicate_id).first()
    if found is not None:
        raise FacultyNeedsMerge(number=found.employee_number)


def _on_the_roll(person_id: UUID) -> Person:
    found: Person | None = Person.objects.filter(id=person_id).first()
    if found is None:
        raise FacultyNotFound
    return found


def _must_not_be_teaching(profile: Faculty) -> None:
    taught = TeachingAssignment.objects.filter(professor=profile).exclude(section__state=Section.State.CANCELLED)
    classes = taught.exclude(section__term__state__in=list(Term.ENDED)).count()
    if classes:
        raise FacultyIsTeaching(name=profile.person.full_name, classes=classes)


def _set_subjects(profile: Faculty, subject_ids: Sequence[UUID]) -> None:
    wanted = set(subject_ids)
    if Subject.objects.filter(id__in=list(wanted)).count() != len(wanted):
        raise SubjectNotFound
    standing = set(qualified_subjects(profile.id))
    if standing - wanted:
        FacultySubject.objects.filter(faculty=profile, subject_id__in=list(standing - wanted)).delete()
    FacultySubject.objects.bulk_create(
        [FacultySubject(faculty=profile, subject_id=subject_id) for subject_id in sorted(wanted - standing)]
    )


def _said(profile: Faculty, subject_ids: Sequence[UUID]) -> dict[str, Any]:
    subjects = sorted(Subject.objects.filter(id__in=list(subject_ids)).values_list("code", flat=True))
    return {**values_of(profile, FACULTY_FIELDS), "subjects": subjects}


def _check(profile: Faculty) -> None:
    wrong = Wrong()
    wrong.unless(
        0 < len(profile.employee_number) <= 30, "employee_number", _("Enter a number of at most 30 characters.")
    )
    wrong.unless(len(profile.department) <= 120, "department", _("Enter the department in at most 120 characters."))
    wrong.unless(
        0 <= profile.max_weekly_units <= MOST_WEEKLY_UNITS,
        "max_weekly_units",
        _("Enter 0 to %(most)s units.") % {"most": MOST_WEEKLY_UNITS},
    )
    wrong.unless(
        set(profile.availability) <= set(HALF_DAYS), "availability", _("Name halves of days, such as 1-AM or 5-PM.")
    )
    profile.availability = [half_day for half_day in HALF_DAYS if half_day in profile.availability]
    if profile.member_id is not None:
        is_ours = Membership.objects.filter(id=profile.member_id).exists()
        wrong.unless(is_ours, "member_id", _("Choose a member of this college."))
        others = Faculty.objects.filter(member_id=profile.member_id).exclude(id=profile.id)
        wrong.unless(not others.exists(), "member_id", _("That account belongs to another professor."))
    wrong.refuse()
