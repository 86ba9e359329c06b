"""Believable people and things for tests of the college. What matters to a test is said in the test."""

from datetime import date
from typing import Any
from uuid import UUID

from django.test import Client

from rollbook.core.identity.examples import sign_in
from rollbook.core.identity.models import Membership, User
from rollbook.core.ids import new_id
from rollbook.core.permissions import register
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.billing.models import Invoice
from rollbook.shared.billing.rules import schedule
from rollbook.shared.billing.services.invoices import Charge, ChargeLine, open_invoice
from rollbook.shared.ledger.models import LedgerAccount
from rollbook.shared.ledger.services import open_chart
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.models import Person
from rollbook.shared.people.services import add_person
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import add_student


def a_member(*role_keys: str, name: str = "Rosa Santos", person_id: UUID | None = None) -> Actor:
    """Somebody with roles in the organisation in scope, who really stands in its tables."""
    user = User.objects.create(display_name=name, email=f"{new_id().hex[-16:]}@example.test")
    membership = Membership.objects.create(user=user, roles=list(role_keys), name=name, person_id=person_id)
    declared = register.roles()
    return Actor(
        organisation_id=require_organisation_id(),
        user_id=user.id,
        membership_id=membership.id,
        person_id=person_id,
        name=name,
        roles=frozenset(role_keys),
        permissions=frozenset().union(*(register.permissions_of(key) for key in role_keys)),
        grants=frozenset().union(*(declared[key].grants for key in role_keys)),
    )


def an_administrator() -> Actor:
    """Sets the house up."""
    return a_member("administrator", name="Andres Lim")


def a_registrar() -> Actor:
    """Keeps the records."""
    return a_member(roles.REGISTRAR, name="Rosa Santos")


def a_head_registrar() -> Actor:
    """Keeps the records and approves."""
    return a_member(roles.HEAD_REGISTRAR, name="Helena Cruz")


def a_cashier() -> Actor:
    """Takes money at the counter."""
    return a_member(roles.CASHIER, name="Carlo Reyes")


def a_stranger() -> Actor:
    """Belongs to the organisation but may do nothing."""
    return a_member(name="Nemo Bautista")


def a_programme(code: str = "BSIT", **fields: Any) -> Programme:
    """A programme of four years."""
    named = {"name": f"Bachelor of {code}", **fields}
    programme: Programme = Programme.objects.create(code=code, **named)
    return programme


def a_term(code: str = "2031-1", *, state: str = Term.State.ENROLMENT_OPEN, **fields: Any) -> Term:
    """A first semester whose enrolment is open."""
    year = int(code[:4])
    kind = {"1": Term.Kind.FIRST, "2": Term.Kind.SECOND, "S": Term.Kind.SUMMER}[code[-1]]
    first = {"1": date(year, 8, 1), "2": date(year + 1, 1, 1), "S": date(year + 1, 6, 1)}[code[-1]]
    last = {"1": date(year, 12, 31), "2": date(year + 1, 5, 31), "S": date(year + 1, 7, 31)}[code[-1]]
    named = {"academic_year": f"{year}-{year + 1}", "kind": kind, "starts_on": first, "ends_on": last, **fields}
    term: Term = Term.objects.create(code=code, state=state, **named)
    return term


def a_person(family_name: str = "Dela Cruz", given_name: str = "Juan", **fields: Any) -> Person:
    """Somebody on the roll."""
    administrator = Actor.system(require_organisation_id(), job="examples")
    person: Person = add_person(administrator, NewPerson(family_name=family_name, given_name=given_name, **fields))
    return person


def a_student(
    number: str = "",
    *,
    programme: Programme | None = None,
    term: Term | None = None,
    family_name: str = "Dela Cruz",
    given_name: str = "Juan",
    **fields: Any,
) -> Student:
    """An active student."""
    programme = programme or Programme.objects.first() or a_programme()
    term = term or Term.objects.first() or a_term()
    return add_student(
        Actor.system(require_organisation_id(), job="examples"),
        person=NewPerson(family_name=family_name, given_name=given_name, **fields),
        programme_id=programme.id,
        admission_term_id=term.id,
        student_number=number,
    )


def an_enrolment(student: Student | None = None, term: Term | None = None) -> TermEnrolment:
    """A student in a term, who has paid nothing yet."""
    student = student or a_student()
    enrolment: TermEnrolment = TermEnrolment.objects.create(
        student=student,
        term=term or student.admission_term,
        programme_id=student.programme_id,
        created_via=TermEnrolment.CreatedVia.REGISTRAR,
    )
    return enrolment


def a_plan(enrolment: TermEnrolment, total_minor: int = 30_000_00, months: int = 6) -> Invoice:
    """What the student owes for the term, in equal months from 31 August."""
    if not LedgerAccount.objects.exists():
        open_chart()
    first_due_on = date(enrolment.term.starts_on.year, 8, 31)
    charge = Charge(
        customer_id=enrolment.student.person_id,
        purpose="college.term",
        subject_id=enrolment.id,
        currency="PHP",
        lines=[ChargeLine("Term plan", total_minor)],
        schedule=schedule(total_minor, months, first_due_on),
    )
    invoice = open_invoice(Actor.system(require_organisation_id(), job="examples"), charge)
    enrolment.invoice = invoice
    enrolment.save(update_fields=["invoice"])
    return invoice


def a_browser(actor: Actor) -> Client:
    """A browser in which this actor is signed in."""
    install_role_bundles("college")
    client = Client()
    sign_in(client, Membership.objects.get(user_id=actor.acting_user_id()))
    return client
