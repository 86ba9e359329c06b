"""A small college for the guides of registrar, professor and dean: its people, its curriculum, three terms."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rollbook.core import clock
from rollbook.core.identity.examples import a_member, an_actor
from rollbook.core.identity.models import Membership
from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.services import add_person
from rollbook.site.organisations import create_organisation
from rollbook.systems.college.catalogue.examples import a_curriculum
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Subject, Term, TermWindow
from rollbook.systems.college.enrolment.examples import a_taker
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_programme, a_student, a_term
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.scheduling.models import WORKING_HALF_DAYS, Faculty

ZONE = ZoneInfo("Asia/Manila")
PLAN = {
    (1, "FIRST"): (("IT 101", "Introduction to Computing"), ("IT 102", "Computer Programming 1"),
                   ("GE 1", "Understanding the Self"), ("GE 2", "Purposive Communication")),
    (1, "SECOND"): (("IT 103", "Computer Programming 2"), ("IT 104", "Discrete Mathematics"),
                    ("GE 3", "The Contemporary World")),
    (2, "FIRST"): (("IT 201", "Data Structures and Algorithms"), ("IT 202", "Information Management"),
                   ("GE 4", "Ethics")),
    (2, "SECOND"): (("IT 203", "Networking"), ("IT 204", "Information Assurance"), ("GE 5", "Rizal's Life and Works")),
}  # fmt: skip
PEOPLE = {
    "registrar": "Rosa Santos", "head_registrar": "Helena Cruz", "professor": "Paz Aquino", "dean": "Dolores Ramos",
    "program_head": "Hilario Uy",
}  # fmt: skip


@dataclass
class Campus:
    """The college, who works in it, and its terms: the one before, the one that runs, the one to come."""

    organisation_id: UUID
    today: date
    members: dict[str, Membership] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    students: dict[str, Student] = field(default_factory=dict)

    @property
    def programme(self) -> Programme:
        found: Programme = Programme.objects.get(code="ACT")
        return found

    @property
    def curriculum(self) -> Curriculum:
        found: Curriculum = Curriculum.objects.get(name="ACT 2025")
        return found

    def actor(self, role: str) -> Actor:
        """Somebody who works here, as acts know them."""
        return an_actor(self.members[role])

    def day(self, days: int) -> date:
        """So many days from today."""
        return self.today + timedelta(days=days)

    def student(self, family: str, given: str, **fields: object) -> Student:
        """Somebody who studies here since the term before; made once."""
        if family not in self.students:
            number = f"25{len(self.students) + 1:04d}"
            made = a_student(
                number, programme=self.programme, term=self.terms["before"], family_name=family, given_name=given,
                birth_date=date(2006, 1 + len(self.students) % 12, 9), **fields,
            )  # fmt: skip
            Student.objects.filter(id=made.id).update(curriculum=self.curriculum.id)
            self.students[family] = Student.objects.get(id=made.id)
        return self.students[family]

    def enrol(self, student: Student, term: str = "running", **fields: object) -> TermEnrolment:
        """The student in a term, month 1 let pass."""
        return a_taker(student.student_number, curriculum=self.curriculum, term=self.terms[term], **fields)

    def faculty(self, family: str, given: str, *, member: str = "", subjects: Iterable[str] = ()) -> Faculty:
        """Somebody who teaches, who may sign in as a member."""
        person = add_person(self.system, NewPerson(family_name=family, given_name=given))
        if member:
            Membership.objects.filter(id=self.members[member].id).update(person_id=person.id)
        made: Faculty = Faculty.objects.create(
            person_id=person.id, employee_number=f"F-{Faculty.objects.count() + 1:03d}",
            availability=list(WORKING_HALF_DAYS), member=self.members.get(member),
        )  # fmt: skip
        for code in subjects:
            made.qualifications.create(subject=self.subjects[code])
        return made

    @property
    def system(self) -> Actor:
        return Actor.system(self.organisation_id, job="guides")


def build() -> Campus:
    """Kalayaan College in the middle of its first semester."""
    slug = f"kalayaan-{new_id().hex[-12:]}"
    organisation_id = create_organisation(
        slug=slug, name="Kalayaan College", system="college", currency="PHP", timezone="Asia/Manila", locale="en-PH",
        country="PH",
    )  # fmt: skip
    Organisation.objects.filter(id=organisation_id).update(accent="#1d4f91")
    organisation = Organisation.objects.get(id=organisation_id)
    campus = Campus(organisation_id, clock.now().astimezone(ZONE).date())
    for role, name in PEOPLE.items():
        campus.members[role] = a_member(organisation, role, name=name, email=f"{role}.{slug}@example.edu")
    with tenant_scope(organisation_id):
        _catalogue(campus)
        _terms(campus)
    return campus


def _catalogue(campus: Campus) -> None:
    programme = a_programme(
        "ACT", name="Associate in Computer Technology", duration_years=2, total_units_required=39,
        head=campus.members["program_head"],
    )  # fmt: skip
    for subjects in PLAN.values():
        for code, title in subjects:
            category = Subject.Category.MAJOR if code.startswith("IT") else Subject.Category.MINOR
            campus.subjects[code] = Subject.objects.create(
                code=code, title=title, lecture_units=3, category=category, hours_per_week=3
            )
    plan = {place: [campus.subjects[code] for code, _ in subjects] for place, subjects in PLAN.items()}
    a_curriculum(programme, plan, name="ACT 2025", year="2025-2026")


def _terms(campus: Campus) -> None:
    """The term before is over, one runs and grades are given in it, and the next one takes enrolments."""
    year = campus.today.year
    for name, code, state, first, last in (
        ("before", f"{year - 1}-2", Term.State.CLOSED, -320, -190),
        ("running", f"{year}-1", Term.State.IN_PROGRESS, -120, 20),
        ("next", f"{year}-2", Term.State.ENROLMENT_OPEN, 40, 170),
    ):
        campus.terms[name] = a_term(
            code, state=state, starts_on=campus.day(first), ends_on=campus.day(last), is_current=name == "running"
        )
    for name, kind, opens, closes in (
        ("running", TermWindow.Kind.MIDTERM_GRADING, -60, 20), ("running", TermWindow.Kind.FINAL_GRADING, -12, 20),
        ("next", TermWindow.Kind.ENROLMENT, -5, 30), ("next", TermWindow.Kind.ADVISING, -5, 30),
    ):  # fmt: skip
        TermWindow.objects.create(
            term=campus.terms[name], kind=kind, opens_on=campus.day(opens), closes_on=campus.day(closes)
        )
