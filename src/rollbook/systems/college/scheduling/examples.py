"""Believable rooms, professors and classes for tests. What matters to a test is said in the test."""

from datetime import date
from typing import Any

from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Subject, Term
from rollbook.systems.college.examples import a_member, a_person, a_term
from rollbook.systems.college.scheduling.models import (
    WORKING_HALF_DAYS,
    Faculty,
    Meeting,
    Room,
    Section,
    TeachingAssignment,
)


def minutes(clock_time: str) -> int:
    """The minute of the day: "08:30" is 510."""
    hours, minute = clock_time.split(":")
    return int(hours) * 60 + int(minute)


def a_dean() -> Actor:
    """Plans the classes."""
    return a_member(roles.DEAN, name="Dolores Ramos")


def a_subject(code: str = "CS101", *, lecture_units: int = 3, lab_units: int = 0, **fields: Any) -> Subject:
    """A subject of three units of lectures."""
    named = {"title": f"Subject {code}", "hours_per_week": lecture_units + 3 * lab_units, **fields}
    subject: Subject = Subject.objects.create(code=code, lecture_units=lecture_units, lab_units=lab_units, **named)
    return subject


def a_room(code: str = "R101", *, kind: str = Room.Kind.LECTURE, capacity: int = 40, **fields: Any) -> Room:
    """A lecture room for forty."""
    room: Room = Room.objects.create(code=code, kind=kind, capacity=capacity, **fields)
    return room


def a_professor(number: str = "F-001", *, member: Actor | None = None, **fields: Any) -> Faculty:
    """Somebody who teaches from Monday to Saturday, who signs in as the given member."""
    person = a_person("Aquino", f"Paz {number}")
    named = {"availability": list(WORKING_HALF_DAYS), **fields}
    if member is not None:
        Membership.objects.filter(user_id=member.acting_user_id()).update(person_id=person.id)
        named["member_id"] = member.membership_id
    faculty: Faculty = Faculty.objects.create(person_id=person.id, employee_number=number, **named)
    return faculty


def a_section(
    code: str = "A",
    *,
    subject: Subject | None = None,
    term: Term | None = None,
    professor: Faculty | None = None,
    **fields: Any,
) -> Section:
    """A class with the assignment that owns its grades."""
    term = term or Term.objects.first() or a_term()
    subject = subject or Subject.objects.first() or a_subject()
    section: Section = Section.objects.create(term=term, subject=subject, code=code, **fields)
    TeachingAssignment.objects.create(section=section, professor=professor)
    return section


def a_meeting(
    section: Section,
    weekday: int = 1,
    start: str = "08:00",
    end: str = "09:30",
    *,
    from_date: date | None = None,
    to_date: date | None = None,
    **fields: Any,
) -> Meeting:
    """A weekly hour of a class over its whole term."""
    meeting: Meeting = Meeting.objects.create(
        section=section, weekday=weekday, start_min=minutes(start), end_min=minutes(end),
        from_date=from_date or section.term.starts_on, to_date=to_date or section.term.ends_on, **fields,
    )  # fmt: skip
    return meeting
