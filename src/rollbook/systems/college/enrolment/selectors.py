"""Reads of enrolment, limited to what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from rollbook.core.db.arrays import array_of
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.selectors import instalment_states
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import EnrolmentNotFound, SectionNotFound, SubjectEnrolmentNotFound
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.rules import GateVerdict, month1_gate
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.scheduling.models import Section
from rollbook.systems.college.scheduling.selectors import own_sections

_SETTLED = """
SELECT e.id, coalesce(min(n.number) FILTER (WHERE n.paid_minor < n.due_minor AND n.cover = '') - 1, max(n.number), 0)
  FROM college_enrolment_termenrolment e
  LEFT JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = e.invoice_id
 WHERE e.organisation_id = %s AND {condition} AND e.state <> 'CANCELLED'
 GROUP BY e.id
"""
_SETTLED_OF_TERM = _SETTLED.format(condition="e.term_id = %s")
_SETTLED_OF = _SETTLED.format(condition="e.id = ANY (%s::uuid[])")


def enrolments(actor: Actor) -> "QuerySet[TermEnrolment]":
    """The term enrolments that the actor may see: all, or their own."""
    everybody: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(student__taken_back_at__isnull=True)
    if actor.may(permissions.VIEW_ENROLMENTS):
        return everybody
    if actor.may(permissions.VIEW_OWN_ENROLMENTS) and actor.person_id:
        return everybody.filter(student__person=actor.person_id)
    raise Forbidden(permission=permissions.VIEW_ENROLMENTS)


def own_enrolments(actor: Actor) -> "QuerySet[TermEnrolment]":
    """The terms of the student that the actor is."""
    actor.require(permissions.VIEW_OWN_ENROLMENTS)
    if actor.person_id is None:
        return TermEnrolment.objects.none()
    own: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        student__person=actor.person_id, student__taken_back_at__isnull=True
    )
    return own


def own_present_enrolment(actor: Actor) -> TermEnrolment | None:
    """The term of the student that runs or comes next; none between two of them."""
    live = own_enrolments(actor).filter(state__in=TermEnrolment.LIVE)
    found: TermEnrolment | None = (
        live.select_related("term", "student", "programme").order_by("-term__starts_on").first()
    )
    return found


def get_enrolment(actor: Actor, enrolment_id: UUID) -> TermEnrolment:
    """One term enrolment with its student and term."""
    found: TermEnrolment | None = (
        enrolments(actor).select_related("student", "term", "programme").filter(id=enrolment_id).first()
    )
    if found is None:
        raise EnrolmentNotFound
    return found


def get_enrolment_for_update(enrolment_id: UUID) -> TermEnrolment:
    """One term enrolment, locked."""
    found: TermEnrolment | None = TermEnrolment.objects.select_for_update(of=("self",)).filter(id=enrolment_id).first()
    if found is None:
        raise EnrolmentNotFound
    return found


def gate_of(enrolment: TermEnrolment) -> GateVerdict:
    """Whether month 1 lets this student enrol in classes: paid, covered, or set aside by an administrator."""
    currency = organisation_in_scope().currency
    instalments = instalment_states(enrolment.invoice_id) if enrolment.invoice_id else []
    verdict = month1_gate(instalments, currency)
    if not verdict.is_open and is_gate_overridden(enrolment.id):
        return GateVerdict(is_open=True, still_due=verdict.still_due)
    return verdict


def is_gate_overridden(enrolment_id: UUID) -> bool:
    """Whether an administrator let this student pass without month 1."""
    found = Override.objects.filter(subject_id=enrolment_id, kind=Override.Kind.PAYMENT_GATE)
    return bool(found.exists())


def settled_through_of_term(term_id: UUID) -> dict[UUID, int]:
    """How many months in a row are settled, for every enrolment of a term; in one statement."""
    return _settled(_SETTLED_OF_TERM, term_id)


def settled_through_of(enrolment_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The same for some enrolments."""
    return _settled(_SETTLED_OF, array_of(enrolment_ids))


def _settled(statement: str, wanted: Any) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [require_organisation_id(), wanted])
        return {enrolment_id: int(months) for enrolment_id, months in cursor.fetchall()}


def get_own_enrolment(actor: Actor, enrolment_id: UUID) -> TermEnrolment:
    """One of the terms of the student that the actor is."""
    found = own_enrolments(actor).select_related("student", "term", "programme").filter(id=enrolment_id).first()
    if found is None:
        raise EnrolmentNotFound
    return found


def own_waits(actor: Actor) -> "QuerySet[SubjectEnrolment]":
    """The places in queues, and the offers, of the student that the actor is."""
    actor.require(permissions.VIEW_OWN_ENROLMENTS)
    if actor.person_id is None:
        return SubjectEnrolment.objects.none()
    rows: QuerySet[SubjectEnrolment] = SubjectEnrolment.objects.filter(
        term_enrolment__student__person=actor.person_id, state__in=SubjectEnrolment.QUEUED
    )
    return rows.select_related("subject", "section", "term_enrolment__term").order_by("joined_at", "id")


def roster_of(actor: Actor, section_id: UUID) -> "tuple[Section, QuerySet[SubjectEnrolment]]":
    """Who is in a class: of any as staff, of one's own as a professor. Names, numbers and programmes, no more."""
    actor.require(permissions.SEE_ROSTER)
    if actor.may(permissions.SEE_EVERY_ROSTER):
        section = get_section_of(Section.objects.all(), section_id)
    else:
        section = get_section_of(own_sections(actor), section_id)
    rows: QuerySet[SubjectEnrolment] = SubjectEnrolment.objects.filter(
        section_id=section.id, state__in=[SubjectEnrolment.State.ENROLLED, SubjectEnrolment.State.COMPLETED]
    )
    rows = rows.select_related("term_enrolment__student__person", "term_enrolment__programme")
    return section, rows.order_by("term_enrolment__student__person__family_name", "id")


@dataclass(frozen=True, slots=True)
class Face:
    """A student of a class as a professor learns to know them."""

    name: str
    number: str
    photo_id: UUID | None


def faces_of(rows: "QuerySet[SubjectEnrolment]") -> list[Face]:
    """The students of a class list with their photos, in the order of the roll."""
    person = "term_enrolment__student__person__"
    found = rows.order_by(f"{person}family_name", f"{person}given_name", "id").values_list(
        f"{person}family_name", f"{person}given_name", f"{person}middle_name", f"{person}suffix",
        f"{person}photo_id", "term_enrolment__student__student_number",
    )  # fmt: skip
    return [Face(roll_name(Name(*name)), number, photo_id) for *name, photo_id, number in found]


def withdrawable(actor: Actor) -> "QuerySet[SubjectEnrolment]":
    """Classes without a grade in terms that run, of anybody as a registrar, of one's programmes as their head."""
    actor.require(permissions.WITHDRAW_STUDENTS)
    rows: QuerySet[SubjectEnrolment] = SubjectEnrolment.objects.filter(
        state=SubjectEnrolment.State.ENROLLED, result="", term_enrolment__state__in=TermEnrolment.LIVE,
        term_enrolment__term__state=Term.State.IN_PROGRESS, term_enrolment__student__taken_back_at__isnull=True,
    )  # fmt: skip
    if actor.may(permissions.ENROL_STUDENTS):
        return rows
    return rows.filter(term_enrolment__programme__head=actor.membership_id) if actor.membership_id else rows.none()


def get_withdrawable(actor: Actor, row_id: UUID) -> SubjectEnrolment:
    """One of these classes with its student."""
    rows = withdrawable(actor).select_related(
        "subject", "section", "term_enrolment__student__person", "term_enrolment__programme", "term_enrolment__term"
    )
    found = rows.filter(id=row_id).first()
    if found is None:
        raise SubjectEnrolmentNotFound
    return found


def loads(actor: Actor) -> "QuerySet[TermEnrolment]":
    """The terms that are open or run of the students of one's programmes."""
    actor.require(permissions.REQUEST_OVERLOAD)
    rows: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        state__in=TermEnrolment.LIVE, student__taken_back_at__isnull=True,
        term__state__in=[Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS],
    )  # fmt: skip
    return rows.filter(programme__head=actor.membership_id) if actor.membership_id else rows.none()


def get_load(actor: Actor, enrolment_id: UUID) -> TermEnrolment:
    """One of these terms with its student."""
    rows = loads(actor).select_related("student__person", "programme", "term")
    found = rows.filter(id=enrolment_id).first()
    if found is None:
        raise EnrolmentNotFound
    return found


def get_section_of(sections: "QuerySet[Section]", section_id: UUID) -> Section:
    """One of these sections with its subject and term."""
    found = sections.select_related("subject", "term").filter(id=section_id).first()
    if found is None:
        raise SectionNotFound
    return found


def offered_sections(enrolment: TermEnrolment) -> "QuerySet[Section]":
    """The classes of a term that are shown to students."""
    rows: QuerySet[Section] = Section.objects.filter(term_id=enrolment.term_id, state__in=Section.SHOWN)
    return rows


def get_own_row(actor: Actor, row_id: UUID) -> SubjectEnrolment:
    """One of the classes of the student that the actor is."""
    found = None
    if actor.person_id is not None:
        rows = SubjectEnrolment.objects.filter(term_enrolment__student__person=actor.person_id)
        found = rows.select_related("subject", "section", "term_enrolment__term").filter(id=row_id).first()
    if found is None:
        raise SubjectEnrolmentNotFound
    return found
