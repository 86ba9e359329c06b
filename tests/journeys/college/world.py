"""A college in the middle of its term, made by the same acts as in life, on the days on which they happen."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rollbook.core import clock
from rollbook.core.identity.examples import PASSWORD, a_member, an_actor
from rollbook.core.identity.models import Membership
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.checking import NewPerson
from rollbook.site.organisations import create_organisation
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.services import add_programme, add_term, move_term, set_current_term
from rollbook.systems.college.enrolment.services import open_term_enrolment
from rollbook.systems.college.exams.services import expire_permits
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.fees.services.plans import open_plan
from rollbook.systems.college.fees.services.shifts import close_shift, open_shift
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import add_student

ZONE = ZoneInfo("Asia/Manila")

NAMES = (
    ("Abad", "Maria Cristina"), ("Aquino", "Juan Miguel"), ("Bautista", "Angelica"), ("Castañeda", "Jose Rafael"),
    ("Dela Cruz", "Ana Liza"), ("Dela Cruz", "Juan"), ("Dimaculangan", "Pedro"), ("Espiritu", "Carmela"),
    ("Fernandez", "Niño"), ("Garcia", "Ramon"), ("Hernandez", "Liezl"), ("Ilagan", "Mark Anthony"),
    ("Jimenez", "Rosario"), ("Lacson", "Bernadette"), ("Magsaysay", "Emilio"), ("Navarro", "Katrina"),
    ("Ocampo", "Dennis"), ("Pangilinan", "Grace"), ("Quizon", "Rodrigo"), ("Reyes", "Maricel"),
    ("Santos", "Christian"), ("Tolentino", "Princess"), ("Umali", "Gabriel"), ("Villanueva", "Ma. Teresa"),
)  # fmt: skip
PROGRAMMES = (
    ("BSIT", "Bachelor of Science in Information Technology"),
    ("BSA", "Bachelor of Science in Accountancy"),
    ("BSN", "Bachelor of Science in Nursing"),
)


@dataclass
class College:
    """The college and the people who come to work in it."""

    organisation_id: UUID
    slug: str
    today: date
    cashier: Membership
    #: Has been at Window 2 since this morning.
    other_cashier: Membership
    supervisor: Membership
    registrar: Membership
    administrator: Membership
    student: Membership
    terms: dict[str, UUID] = field(default_factory=dict)
    students: list[Student] = field(default_factory=list)
    enrolments: dict[UUID, UUID] = field(default_factory=dict)

    def student_named(self, family_name: str, given_name: str) -> Student:
        """One of the students."""
        return self.students[NAMES.index((family_name, given_name))]


def money(text: str) -> Money:
    """Pesos."""
    return Money.parse(text, "PHP")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A local moment."""
    return datetime.combine(day, time(hour, minute), ZONE)


def build() -> College:
    """A college that is five weeks into its term; two weeks of payments lie behind it."""
    now = clock.now()
    today = now.astimezone(ZONE).date()
    slug = f"san-isidro-{now:%H%M%S%f}"
    organisation_id = create_organisation(
        slug=slug, name="San Isidro College", system="college", currency="PHP", timezone="Asia/Manila", locale="en-PH"
    )
    Organisation.objects.filter(id=organisation_id).update(accent="#0f5d4e")
    organisation = Organisation.objects.get(id=organisation_id)
    people = {
        role: a_member(organisation, role, name=name, email=f"{role}.{slug}@example.edu", password=PASSWORD)
        for role, name in (
            ("cashier", "Carlo Reyes"), ("cashier_supervisor", "Sofia Villar"), ("registrar", "Rosa Santos"),
            ("administrator", "Andres Lim"),
        )
    }  # fmt: skip
    people["other_cashier"] = a_member(
        organisation, "cashier", name="Nina Flores", email=f"nina.{slug}@example.edu", password=PASSWORD
    )
    with tenant_scope(organisation_id):
        return _build_inside(organisation, today, people)


def _build_inside(organisation: Organisation, today: date, people: dict[str, Membership]) -> College:
    registrar, administrator = an_actor(people["registrar"]), an_actor(people["administrator"])
    begins = today - timedelta(days=70)
    with clock.frozen_at(at(begins - timedelta(days=20), 9)):
        programmes = [add_programme(administrator, code=code, name=name) for code, name in PROGRAMMES]
        term = _open_term(administrator, begins)
        students = _enrol(registrar, programmes, term)
    student = a_member(
        organisation, "student", name=f"{NAMES[5][1]} {NAMES[5][0]}", email=f"juan.{organisation.slug}@example.edu",
        password=PASSWORD, person_id=students[5].person_id,
    )  # fmt: skip
    college = College(
        organisation_id=organisation.id, slug=organisation.slug, today=today, cashier=people["cashier"],
        other_cashier=people["other_cashier"], supervisor=people["cashier_supervisor"], registrar=people["registrar"], administrator=people["administrator"],
        student=student, terms={term.code: term.id}, students=students,
    )  # fmt: skip
    _plans(registrar, college, begins)
    _payments(an_actor(people["cashier_supervisor"]), college)
    _this_morning(an_actor(people["other_cashier"]), college)
    expire_permits(Actor.system(organisation.id, job="college.exams.expire_permits"))
    return college


def _open_term(administrator: Actor, begins: date) -> Term:
    year = begins.year
    term = add_term(
        administrator, code=f"{year}-1", academic_year=f"{year}-{year + 1}", kind="FIRST", starts_on=begins,
        ends_on=begins + timedelta(days=150),
    )  # fmt: skip
    move_term(administrator, term_id=term.id, state=Term.State.ENROLMENT_OPEN)
    set_current_term(administrator, term_id=term.id)
    return term


def _enrol(registrar: Actor, programmes: list, term: Term) -> list[Student]:
    return [
        add_student(
            registrar,
            person=NewPerson(family_name=family, given_name=given, birth_date=date(2007, 1 + place % 12, 3 + place)),
            programme_id=programmes[place % 3].id,
            admission_term_id=term.id,
        )
        for place, (family, given) in enumerate(NAMES)
    ]


def _plans(registrar: Actor, college: College, begins: date) -> None:
    (term_id,) = college.terms.values()
    with clock.frozen_at(at(begins - timedelta(days=10), 10)):
        for place, student in enumerate(college.students):
            enrolment = open_term_enrolment(registrar, student_id=student.id, term_id=term_id)
            open_plan(
                registrar, term_enrolment_id=enrolment.id, total=money(("30000.00", "32000.00", "28754.35")[place % 3]),
                instalments=6, first_due_on=begins + timedelta(days=7),
            )  # fmt: skip
            college.enrolments[student.id] = enrolment.id


def _this_morning(cashier: Actor, college: College) -> None:
    """A shift that is open, with payments spread over the hours until now."""
    now = clock.now()
    began = max(now - timedelta(hours=7), at(college.today, 0, 1))
    with clock.frozen_at(began):
        open_shift(cashier, station="Window 2", opening_float=money("2000.00"))
    amounts = ("5000.00", "4792.40", "12000.00", "5333.34", "2500.00", "10000.00", "5000.00", "3000.00", "7500.00")
    methods = ("CASH", "CASH", "EWALLET", "CASH", "BANK_TRANSFER", "CASH", "CARD", "CASH", "CASH")
    for place, (amount, method) in enumerate(zip(amounts, methods, strict=True)):
        student = college.students[(place * 7 + 10) % len(college.students)]
        if student.id == college.students[5].id:
            student = college.students[6]
        with clock.frozen_at(began + (now - began) * (place + 1) / 10):
            record_payment(
                cashier, student_id=student.id, term_enrolment_id=college.enrolments[student.id], amount=money(amount),
                method=method, external_reference="" if method == "CASH" else f"{method[:2]}-{8800 + place}",
            )  # fmt: skip


def _settle_two_months(supervisor: Actor, college: College, moment: datetime) -> None:
    """The student whose pages are looked at has the midterm permit, and the next exams still locked."""
    student = college.student_named("Dela Cruz", "Juan")
    with clock.frozen_at(moment):
        record_payment(
            supervisor, student_id=student.id, term_enrolment_id=college.enrolments[student.id],
            amount=money("6500.00"), method="EWALLET", external_reference="EW-7690",
        )  # fmt: skip


def _payments(supervisor: Actor, college: College) -> None:
    """Three days of another window, so that lists, charts and queues are not empty."""
    amounts = ("5000.00", "10000.00", "2500.00", "16000.00", "5333.34", "4792.40", "1000.00", "8000.00")
    methods = ("CASH", "CASH", "EWALLET", "BANK_TRANSFER", "CASH", "CARD")
    line = 0
    for days_ago in (60, 34, 9, 6, 2):
        day = college.today - timedelta(days=days_ago)
        with clock.frozen_at(at(day, 8, 2)):
            shift = open_shift(supervisor, station="Window 1", opening_float=money("2000.00"))
        cash = 0
        if days_ago == 9:
            _settle_two_months(supervisor, college, at(day, 8, 31))
        for _ in range(6):
            student = college.students[(line * 5 + 1) % len(college.students)]
            method = methods[line % len(methods)]
            amount = money(amounts[line % len(amounts)])
            with clock.frozen_at(at(day, 8 + line % 6, 7 * line % 60)):
                record_payment(
                    supervisor, student_id=student.id, term_enrolment_id=college.enrolments[student.id], amount=amount,
                    method=method, external_reference="" if method == "CASH" else f"{method[:2]}-{7700 + line}",
                )  # fmt: skip
            cash += amount.minor if method == "CASH" else 0
            line += 1
        with clock.frozen_at(at(day, 17, 5)):
            off = {60: 0, 34: -50_00, 9: 0, 6: 0, 2: 20_00}[days_ago]
            close_shift(supervisor, shift_id=shift.id, denominations={"1": 2_000_00 + cash + off})
