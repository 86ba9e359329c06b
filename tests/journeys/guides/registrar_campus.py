"""What the guide of the registrar needs beside the college itself: a student for each task."""

from datetime import timedelta
from typing import Any

from rollbook.core import clock
from rollbook.core.identity.examples import a_member, an_actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.examples import a_past
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.grading.examples import AClass, finalised, submitted, taken_up
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import request_status
from rollbook.systems.college.scheduling.examples import a_meeting, a_room, a_section
from rollbook.systems.college.scheduling.models import Faculty, Section
from tests.journeys.guides.campus import PLAN, Campus, build

#: Whoever the steps of the guide name.
PEOPLE = {
    "Dela Cruz": "Juan", "Reyes": "Maricel", "Santos": "Christian", "Villanueva": "Ma. Teresa", "Garcia": "Ramon",
    "Castañeda": "Jose Rafael", "Navarro": "Katrina", "Ocampo": "Dennis", "Umali": "Gabriel", "Quizon": "Rodrigo",
}  # fmt: skip


def build_registrar() -> Campus:
    """Five weeks before the end of the term: grades come in, the next term is being enrolled."""
    campus = build()
    with tenant_scope(campus.organisation_id):
        with clock.frozen_at(clock.now() - timedelta(days=300)):
            for family, given in PEOPLE.items():
                campus.student(family, given)
        Student.objects.filter(id=campus.students["Santos"].id).update(kind=Student.Kind.TRANSFEREE)
        paz = campus.faculty("Aquino", "Paz", member="professor")
        first = _in_class(campus, paz, "IT 101", "ACT-1A", "Dela Cruz", "Reyes", "Garcia", "Castañeda", "Navarro")
        second = _in_class(campus, paz, "GE 1", "ACT-1A", "Dela Cruz", "Reyes", "Garcia", "Villanueva")
        _in_class(campus, paz, "GE 2", "ACT-1A", "Villanueva", "Ocampo")
        third = _in_class(campus, paz, "IT 201", "ACT-2A", "Castañeda", "Navarro", "Villanueva")
        submitted(first, "1.75", "2.00", "2.25", "1.50", "3.00", component="MIDTERM")
        submitted(first, "1.75", "1.75", "2.50", "1.25", "5.00")
        with clock.frozen_at(clock.now() - timedelta(days=9)):
            finalised(second, "2.00", "1.50", "2.75", "INC", registrar=campus.actor("head_registrar"))
            finalised(third, "2.25", "1.75", "1.50", registrar=campus.actor("head_registrar"))
        _a_leave_is_asked_for(campus)
        _everything_passed(campus, campus.students["Umali"])
        _everything_passed(campus, campus.students["Quizon"])
        _a_full_class(campus, paz)
        campus.enrol(campus.students["Reyes"], "next")
    return campus


def _in_class(campus: Campus, owner: Faculty, code: str, section: str, *families: str) -> AClass:
    """A class of the term that runs, with these students in it."""
    made = a_section(
        section, subject=campus.subjects[code], term=campus.terms["running"], professor=owner, state=Section.State.OPEN
    )
    rows = [taken_up(_term_of(campus, family), made) for family in families]
    return AClass(campus.terms["running"], campus.subjects[code], made, campus.actor("professor"), rows)


def _term_of(campus: Campus, family: str) -> Any:
    student = campus.students[family]
    found = student.term_enrolments.filter(term=campus.terms["running"].id).first()
    return found or campus.enrol(student)


def _a_leave_is_asked_for(campus: Campus) -> None:
    """Villanueva asks for a leave of three months."""
    student = campus.students["Villanueva"]
    organisation = Organisation.objects.get(id=campus.organisation_id)
    member = a_member(organisation, roles.STUDENT, name="Ma. Teresa Villanueva", person_id=student.person_id)
    request_status(
        an_actor(member), kind="LEAVE", from_date=campus.today, to_date=campus.day(90),
        reason="My mother is ill and I am needed at home",
    )  # fmt: skip


def _everything_passed(campus: Campus, student: Student) -> None:
    """The whole curriculum lies behind this student."""
    codes = [code for subjects in PLAN.values() for code, _ in subjects]
    for number, code in enumerate(codes):
        grade = ("1.50", "1.75", "2.00")[number % 3]
        a_past(
            student, campus.subjects[code], SubjectEnrolment.Result.PASSED, term=campus.terms["before"].code,
            numeric=grade, final_symbol=grade,
        )  # fmt: skip


def _a_full_class(campus: Campus, owner: Faculty) -> None:
    """IT 104 of the next term has two seats, and two students sit in them."""
    term: Term = campus.terms["next"]
    room = a_room("R101")
    for code, seats, weekday, start, end in (("IT 104", 2, 1, "08:00", "09:30"), ("IT 103", 40, 2, "10:00", "11:30")):
        section = a_section(
            "ACT-1A",
            subject=campus.subjects[code],
            term=term,
            professor=owner,
            state=Section.State.OPEN,
            capacity=seats,
        )
        a_meeting(section, weekday, start, end, room=room, professor=owner)
        if code == "IT 104":
            for family in ("Garcia", "Ocampo"):
                taken_up(campus.enrol(campus.students[family], "next"), section)
