"""The college before the year begins: programme, curriculum, terms, classes, fees, staff, and those who were here once.

This much is set up by services and files. Whatever happens afterwards goes through the API or the browser.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext

from rollbook.core import clock
from rollbook.core.identity.examples import PASSWORD, a_member, an_actor
from rollbook.core.identity.models import Membership
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import queue, register, running
from rollbook.shared.jobs.testing import waiting
from rollbook.shared.people.checking import NewPerson
from rollbook.site.organisations import create_organisation
from rollbook.systems.college.admission.policies import ADMISSION_OPEN
from rollbook.systems.college.catalogue.models import Subject as SubjectRow
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.services import (
    activate_curriculum,
    add_programme,
    add_term,
    approve_curriculum,
    import_curriculum,
    move_term,
    set_current_term,
)
from rollbook.systems.college.catalogue.services.terms import Span
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.policies import MAX_UNITS
from rollbook.systems.college.fees.services.schedules import NewSchedule, add_line, make_schedule, put_in_force
from rollbook.systems.college.grading.examples import a_class, finalised
from rollbook.systems.college.records.models import Student as StudentRow
from rollbook.systems.college.records.services import add_student, change_status
from rollbook.systems.college.scheduling.models import Faculty, Section
from rollbook.systems.college.scheduling.services import (
    add_faculty,
    add_room,
    check_timetable,
    import_timetable,
    publish_schedule,
)
from tests.journeys import support
from tests.journeys.college.year import plan
from tests.journeys.college.year.asking import Desk
from tests.journeys.college.year.cast import RETURNEE, Student, the_thirty

ZONE = ZoneInfo("Asia/Manila")
STAFF = (
    ("administrator", "Andres Lim"), ("admission_staff", "Aida Ramos"), ("cashier", "Carlo Reyes"),
    ("cashier_supervisor", "Sofia Villar"), ("registrar", "Rosa Santos"), ("head_registrar", "Helena Cruz"),
    ("program_head", "Hilario Uy"), ("dean", "Dolores Ramos"),
)  # fmt: skip
#: What a term costs by the schedule: so much a unit, a laboratory, and besides.
A_UNIT, A_LABORATORY, BESIDES = 650_00, 1_200_00, 3_450_50


@dataclass
class Year:
    """The college, its people, and everything that the journey has to remember."""

    organisation_id: UUID
    slug: str
    today: date
    browser: Browser
    site: support.Site
    staff: dict[str, Membership]
    students: list[Student]
    #: Term code → id.
    terms: dict[str, str] = field(default_factory=dict)
    #: Subject code → id.
    subjects: dict[str, str] = field(default_factory=dict)
    #: (term code, subject code) → section.
    sections: dict[tuple[str, str], str] = field(default_factory=dict)
    programme_id: str = ""
    curriculum_id: str = ""
    desks: dict[str, Desk] = field(default_factory=dict)
    #: Member → their browser.
    browsers: dict[UUID, BrowserContext] = field(default_factory=dict)
    #: What one act leaves for a later one.
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, str, str]:
        """The two terms of the year, and the one after it."""
        return f"{self.today.year}-1", f"{self.today.year}-2", f"{self.today.year + 1}-1"

    def one(self, key: str) -> Student:
        """A student by the key of the cast."""
        return next(student for student in self.students if student.key == key)

    def desk(self, role: str) -> Desk:
        """Somebody of the staff, signed in."""
        if role not in self.desks:
            self.desks[role] = Desk(self.site, self.staff[role])
        return self.desks[role]

    def scope(self) -> Any:
        """Inside the college, for looking at rows that no address shows."""
        return tenant_scope(self.organisation_id)

    def work(self) -> list[str]:
        """Do what waits in the queue for this college, as a worker does; answers the names of the jobs."""
        done = []
        while mine := [job for job in waiting() if job.organisation_id == self.organisation_id]:
            for job in mine:
                declared = register.find(job.name)
                assert declared is not None, job.name
                queue.start(job.id)
                running.perform(running.attempt_of(declared, job.id, job.attempts, job.arguments, worker="year"))
                queue.succeed(job.id)
                done.append(job.name)
        return done

    def close(self) -> None:
        for browser in self.browsers.values():
            browser.close()
        for desk in [*self.desks.values(), *(student.desk for student in self.students if student.desk)]:
            desk.close()


def build(site: support.Site, browser: Browser) -> Year:
    """A college on the eve of its year."""
    now = clock.now()
    today = now.astimezone(ZONE).date()
    slug = f"santo-tomas-{now:%H%M%S%f}"
    with clock.frozen_at(_at(today - timedelta(days=420))):
        organisation_id = create_organisation(
            slug=slug, name="Santo Tomas College", system="college", currency="PHP", timezone="Asia/Manila",
            locale="en-PH", country="PH",
        )  # fmt: skip
        Organisation.objects.filter(id=organisation_id).update(accent="#7a1f3d")
        organisation = Organisation.objects.get(id=organisation_id)
        staff = _staff(organisation)
        year = Year(organisation_id, slug, today, browser, site, staff, the_thirty())
        with tenant_scope(organisation_id):
            _catalogue(year)
    with tenant_scope(organisation_id):
        _those_who_were_here(year)
        _terms(year)
        _money(year)
        found = SubjectRow.objects.values_list("code", "id")
        year.subjects = {code: str(subject_id) for code, subject_id in found}
    return year


def _at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def _staff(organisation: Organisation) -> dict[str, Membership]:
    people = [*STAFF, *((number, f"{given} {family}") for number, family, given, _ in plan.PROFESSORS)]
    return {
        key: a_member(
            organisation, "professor" if key.startswith("F-") else key, name=name,
            email=f"{key.lower()}.{organisation.slug}@example.edu", password=PASSWORD,
        )
        for key, name in people
    }  # fmt: skip


def _catalogue(year: Year) -> None:
    administrator, head = an_actor(year.staff["administrator"]), an_actor(year.staff["head_registrar"])
    registrar = an_actor(year.staff["registrar"])
    programme = add_programme(
        administrator, code=plan.PROGRAMME, name="Associate in Computer Technology", department="Computing",
        duration_years=2, total_units_required=plan.UNITS_OF_PROGRAMME, head_id=year.staff["program_head"].id,
    )  # fmt: skip
    read = import_curriculum(registrar, file_name="act.csv", content=plan.curriculum_file())
    assert read.errors == []
    assert read.curriculum_id is not None
    approve_curriculum(head, curriculum_id=read.curriculum_id)
    activate_curriculum(head, curriculum_id=read.curriculum_id)
    year.programme_id, year.curriculum_id = str(programme.id), str(read.curriculum_id)
    dean = an_actor(year.staff["dean"])
    for number in (1, 2):
        add_room(dean, code=f"R{100 + number}", kind="LECTURE", capacity=40)
    for number, family, given, _ in plan.PROFESSORS:
        faculty = add_faculty(
            registrar,
            person=NewPerson(family_name=family, given_name=given),
            employee_number=number,
            department="Computing",
        )
        Faculty.objects.filter(id=faculty.id).update(member=year.staff[number].id)


def _those_who_were_here(year: Year) -> None:
    """Eight who took three subjects a year ago, failed one of them and left."""
    begins = year.today - timedelta(days=400)
    registrar, administrator = an_actor(year.staff["registrar"]), an_actor(year.staff["administrator"])
    span = Span(begins, begins + timedelta(days=140))
    returnees = [student for student in year.students if student.kind == RETURNEE]
    with clock.frozen_at(_at(begins)):
        term = add_term(
            administrator, code=f"{begins.year}-P", academic_year=f"{begins.year - 1}-{begins.year}", kind="FIRST",
            starts_on=begins, ends_on=span.closes_on, windows={"FINAL_GRADING": span},
        )  # fmt: skip
        move_term(administrator, term_id=term.id, state=Term.State.ENROLMENT_OPEN)
        rows = []
        for student in returnees:
            row = add_student(
                registrar,
                person=NewPerson(
                    family_name=student.family, given_name=student.given, birth_date=_birthday(student)
                ),
                programme_id=UUID(year.programme_id), admission_term_id=term.id,
            )  # fmt: skip
            student.id, student.number, student.person_id = row.id, row.student_number, row.person_id
            rows.append(row)
        move_term(administrator, term_id=term.id, state=Term.State.IN_PROGRESS)
        move_term(administrator, term_id=term.id, state=Term.State.GRADING)
        _grade_the_past(year, term, returnees, rows)
        TermEnrolment.objects.filter(term=term).update(state=TermEnrolment.State.COMPLETED)
        move_term(administrator, term_id=term.id, state=Term.State.CLOSED)
    with clock.frozen_at(_at(begins + timedelta(days=150))):
        for row in rows:
            change_status(
                registrar, student_id=row.id, status=StudentRow.Status.WITHDRAWN,
                from_date=begins + timedelta(days=150), reason="Worked for a year to earn the fees",
            )  # fmt: skip
    year.kept["past term"] = term.code


def _grade_the_past(year: Year, term: Term, returnees: list[Student], rows: list[StudentRow]) -> None:
    registrar = an_actor(year.staff["registrar"])
    for subject in SubjectRow.objects.filter(code__in=["GE 1", "GE 2", "IT 101"]):
        owner = an_actor(year.staff["F-001" if subject.code.startswith("GE") else "F-002"])
        taken = a_class(rows, term=term, subject=subject, owner=owner, section="ACT-1P")
        finalised(taken, *(student.past[subject.code] for student in returnees), registrar=registrar)


def _birthday(student: Student) -> date:
    return date(2006, 1 + student.place % 12, 3 + student.place % 25)


def birthday(student: Student) -> str:
    """As it is typed."""
    return _birthday(student).isoformat()


def _terms(year: Year) -> None:
    """Both terms of the year and the one after it; everything of the first that has to do with today is open today."""
    administrator, dean = an_actor(year.staff["administrator"]), an_actor(year.staff["dean"])
    first, second, after = year.codes
    this, following = f"{year.today.year}-{year.today.year + 1}", f"{year.today.year + 1}-{year.today.year + 2}"
    for code, years, kind, begins in (
        (first, this, "FIRST", -3), (second, this, "SECOND", 140), (after, following, "FIRST", 300)
    ):  # fmt: skip
        starts_on = year.today + timedelta(days=begins)
        term = add_term(
            administrator, code=code, academic_year=years, kind=kind, starts_on=starts_on,
            ends_on=starts_on + timedelta(days=130), windows=_windows(year),
        )  # fmt: skip
        year.terms[code] = str(term.id)
        if code == after:
            continue
        checked = check_timetable(dean, term_id=term.id, file_name="timetable.csv", content=plan.timetable_file(kind))
        assert checked.errors == []
        import_timetable(dean, run_id=checked.id)
        publish_schedule(dean, term_id=term.id, in_spite_of_findings=True)
        for section in Section.objects.filter(term=term).select_related("subject"):
            year.sections[code, section.subject.code] = str(section.id)
    first_id = UUID(year.terms[first])
    move_term(administrator, term_id=first_id, state=Term.State.ENROLMENT_OPEN)
    set_current_term(administrator, term_id=first_id)


def _windows(year: Year) -> dict[str, Span]:
    """A few days around today, so that a run across midnight meets no closed door."""
    span = Span(year.today - timedelta(days=2), year.today + timedelta(days=6))
    return dict.fromkeys(("APPLICATION", "ENROLMENT", "ADD_DROP", "ADVISING", "MIDTERM_GRADING", "FINAL_GRADING"), span)


def _money(year: Year) -> None:
    system = Actor.system(year.organisation_id, job="journey")
    administrator = an_actor(year.staff["administrator"])
    policies.change(system, ADMISSION_OPEN, True, None, "The college takes applications")
    policies.change(system, MAX_UNITS, plan.MOST_UNITS, None, "A load that a commuter can carry")
    made = make_schedule(administrator, NewSchedule(code="GENERAL", name="Every programme"))
    for label, category, basis, price in (
        ("Tuition", "TUITION", "PER_UNIT", A_UNIT), ("Laboratory", "LABORATORY", "PER_LAB_SUBJECT", A_LABORATORY),
        ("Miscellaneous", "MISCELLANEOUS", "FLAT", BESIDES),
    ):  # fmt: skip
        add_line(
            administrator, schedule_id=made.id, label=label, category=category, basis=basis,
            price=Money(price, "PHP"),
        )  # fmt: skip
    put_in_force(administrator, schedule_id=made.id)
