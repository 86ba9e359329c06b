"""Fills an empty installation with the demonstration."""

import csv
import io
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.demo import logins, people
from rollbook.site.demo.calendar import TermDays, at, terms, working_days
from rollbook.site.demo.counter import Counter
from rollbook.site.demo.curricula import load_curricula
from rollbook.site.demo.fees import load_fees
from rollbook.site.demo.names import somebody
from rollbook.site.demo.online import open_account
from rollbook.site.organisations import create_organisation
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.services import add_programme, add_term, move_term, set_current_term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees.services.bankfiles import import_payments
from rollbook.systems.college.fees.services.enroller import PlanEnroller
from rollbook.systems.college.records.services import import_students

COLLEGE = "san-isidro"
OTHER = "mabini"
STUDENTS = 2_000
STUDENTS_BEFORE = 900
OTHER_STUDENTS = 60
DAYS = 15

PROGRAMMES = [
    ("BSIT", "Bachelor of Science in Information Technology", "Computing", ["32000.00", "28754.35"]),
    ("BSN", "Bachelor of Science in Nursing", "Health", ["48500.00", "46250.75"]),
    ("BSBA", "Bachelor of Science in Business Administration", "Business", ["27500.00", "30000.00"]),
    ("BSED", "Bachelor of Secondary Education", "Education", ["24600.00", "22980.40"]),
    ("BSCRIM", "Bachelor of Science in Criminology", "Public safety", ["26000.00"]),
    ("BSHM", "Bachelor of Science in Hospitality Management", "Business", ["35120.90", "33000.00"]),
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demonstration holds."""

    students: int
    payments: int


def load() -> Loaded | None:
    """Load the demonstration; None when it stands already."""
    if Organisation.objects.filter(slug=COLLEGE).exists():
        return None
    chance = random.Random(2031)
    today = clock.local_date(clock.now(), "Asia/Manila")
    first = _college(COLLEGE, "San Isidro College", chance, today, students=STUDENTS, before=STUDENTS_BEFORE)
    second = _college(OTHER, "Mabini Institute", chance, today, students=OTHER_STUDENTS, before=0)
    logins.keep([*first.logins, *second.logins])
    return Loaded(STUDENTS + OTHER_STUDENTS, first.payments + second.payments)


@dataclass(slots=True)
class _Made:
    logins: list[dict[str, str]]
    payments: int


def _college(slug: str, name: str, chance: random.Random, today: date, *, students: int, before: int) -> _Made:
    days_before, days_now = terms(today)
    with clock.frozen_at(at(days_before.starts_on - timedelta(days=60), 9)):
        organisation_id = create_organisation(
            slug=slug, name=name, system="college", currency="PHP", timezone="Asia/Manila", country="PH"
        )
    system = Actor.system(organisation_id, job="demonstration")
    with tenant_scope(organisation_id), clock.frozen_at(at(days_before.starts_on - timedelta(days=30), 9)):
        _catalogue(system, [days_before, days_now] if before else [days_now])
        staff = [
            people.join(system, role=role, name=person, sign_in=f"{key}@{slug}.example")
            for role, person, key in (people.STAFF if before else people.STAFF[:2])
        ]
    roll = _roll(slug, chance, students)
    if before:
        _enrol(system, roll[:before], days_before, chance)
        _pay_by_bank(system, roll[:before], days_before, chance, share=0.97, months=6, until=days_before.ends_on)
        _close(system, days_before)
    _enrol(system, roll, days_now, chance)
    until = working_days(today, DAYS)[0]
    credited = _pay_by_bank(system, roll, days_now, chance, share=0.55, months=2, until=until)
    taken = _at_the_counter(organisation_id, staff, days_now, chance, today) if before else 0
    student = _student_login(system, roll[0])
    open_account(system)
    shown = [{**one, "organisation": slug} for one in [*staff, student]]
    return _Made([{key: value for key, value in one.items() if key != "membership"} for one in shown], credited + taken)


def _catalogue(actor: Actor, days: Iterable[TermDays]) -> None:
    for code, name, department, _ in PROGRAMMES:
        add_programme(actor, code=code, name=name, department=department)
    load_curricula(actor)
    load_fees(actor)
    for term_days in days:
        term = add_term(
            actor, code=term_days.code, academic_year=term_days.academic_year, kind=term_days.kind,
            starts_on=term_days.starts_on, ends_on=term_days.ends_on,
        )  # fmt: skip
        move_term(actor, term_id=term.id, state=Term.State.ENROLMENT_OPEN)
        move_term(actor, term_id=term.id, state=Term.State.IN_PROGRESS)
        set_current_term(actor, term_id=term.id)


def _close(actor: Actor, days: TermDays) -> None:
    with tenant_scope(actor.organisation_id), clock.frozen_at(at(days.ends_on + timedelta(days=7), 9)):
        term = Term.objects.get(code=days.code)
        move_term(actor, term_id=term.id, state=Term.State.GRADING)
        move_term(actor, term_id=term.id, state=Term.State.CLOSED)


def _roll(slug: str, chance: random.Random, count: int) -> list[list[str]]:
    """Number, names and programme of each student."""
    year = "25" if slug == COLLEGE else "26"
    rows = []
    for place in range(1, count + 1):
        named = somebody(chance)
        rows.append([f"{year}{place:04d}", named.family, named.given, chance.choice(PROGRAMMES)[0]])
    return rows


def _enrol(actor: Actor, roll: list[list[str]], days: TermDays, chance: random.Random) -> None:
    totals = {code: choices for code, _, _, choices in PROGRAMMES}
    header = [
        "student_number",
        "family_name",
        "given_name",
        "programme",
        "term",
        "plan_total",
        "instalments",
        "first_due_on",
    ]
    rows = [[*one, days.code, chance.choice(totals[one[3]]), "6", days.first_due_on.isoformat()] for one in roll]
    with tenant_scope(actor.organisation_id), clock.frozen_at(at(days.starts_on - timedelta(days=14), 9)):
        import_students(actor, file_name=f"{days.code}.csv", content=_as_csv(header, rows), enroller=PlanEnroller())


def _pay_by_bank(
    actor: Actor,
    roll: list[list[str]],
    days: TermDays,
    chance: random.Random,
    *,
    share: float,
    months: int,
    until: date,
) -> int:
    """A bank file with the payments of many students, and a few rows that nobody can match."""
    span = max((until - days.starts_on).days, 1)
    rows: list[list[str]] = []
    for number, *_ in roll:
        if chance.random() > share:
            continue
        for _ in range(chance.randint(1, months) if months < 6 else 6):
            day = days.starts_on + timedelta(days=chance.randrange(span))
            amount = chance.choice(["5000.00", "4500.00", "5333.34", "8000.00", "10000.00", "2500.00"])
            rows.append([f"BPI-{days.code}-{len(rows):06d}", number, amount, "BANK_TRANSFER", day.isoformat()])
    rows += [
        [f"BPI-{days.code}-X1", "999999", "5000.00", "BANK_TRANSFER", days.starts_on.isoformat()],
        [f"BPI-{days.code}-X2", roll[0][0], "5,000.00", "BANK_TRANSFER", days.starts_on.isoformat()],
        [rows[0][0], roll[1][0], "750.00", "BANK_TRANSFER", days.starts_on.isoformat()],
    ]
    header = ["reference", "student_number", "amount", "method", "paid_at"]
    with clock.frozen_at(at(until, 7)):
        outcome = import_payments(actor, name=f"bank-{days.code}.csv", content=_as_csv(header, rows))
    return outcome.credited_count


def _at_the_counter(
    organisation_id: UUID, staff: list[dict[str, str]], days: TermDays, chance: random.Random, today: date
) -> int:
    with tenant_scope(organisation_id):
        cashiers = [people.actor_of(UUID(one["membership"])) for one in staff if one["role"] == "cashier"]
        supervisor = next(
            people.actor_of(UUID(one["membership"])) for one in staff if one["role"] == "cashier_supervisor"
        )
        enrolled = TermEnrolment.objects.filter(term__code=days.code).order_by("student__student_number")
        students = list(enrolled.values_list("student_id", "id"))
    counter = Counter(organisation_id, cashiers, supervisor, students, chance)
    working = working_days(today, DAYS)
    taken = sum(counter.a_day(day) for day in working)
    counter.promises(working[-1], 40)
    return taken


def _student_login(actor: Actor, row: list[str]) -> dict[str, str]:
    with tenant_scope(actor.organisation_id):
        enrolment = TermEnrolment.objects.filter(student__student_number=row[0]).select_related("student").first()
        if enrolment is None:
            raise LookupError("The demonstration's first student is not enrolled.")
        return people.join(
            actor, role="student", name=f"{row[2]} {row[1]}", sign_in=row[0], person_id=enrolment.student.person_id
        )


def _as_csv(header: list[str], rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
