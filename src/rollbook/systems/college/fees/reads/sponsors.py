"""Reads of sponsors: the list, and the statement that each is sent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Round

from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents.models import Document
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import SponsorNotFound
from rollbook.systems.college.fees.models import Discount, DiscountGrant, Sponsor, SponsorPayment, Sponsorship

#: What a sponsor is called as the subject of a paper.
SUBJECT = "college_fees.sponsor"
MOST_SHOWN = 12


def sponsors(actor: Actor) -> "QuerySet[Sponsor]":
    """Every sponsor with how many students it answers for now."""
    actor.require(permissions.SEE_SPONSORS)
    found: QuerySet[Sponsor] = Sponsor.objects.annotate(
        students=Count("sponsorships", filter=Q(sponsorships__state=Sponsorship.State.ACTIVE))
    )
    return found


def get_sponsor(actor: Actor, sponsor_id: UUID) -> Sponsor:
    """One sponsor."""
    found = sponsors(actor).filter(id=sponsor_id).first()
    if found is None:
        raise SponsorNotFound
    return found


def _minor(expression: Any) -> Any:
    return Cast(expression, BigIntegerField())


def statement_rows(actor: Actor, sponsor_id: UUID) -> "QuerySet[Any, Any]":
    """What a sponsor answers for, student by student: its share, what it paid of it, what is open.

    What a sponsor that has ended paid stands there, too; it owes nothing more.
    """
    actor.require(permissions.SEE_SPONSORS)
    paid = (
        SponsorPayment.objects.filter(sponsorship_id=OuterRef("id"))
        .values("sponsorship_id")
        .annotate(minor=Sum(F("payment__amount_minor") - F("payment__returned_minor")))
        .values("minor")
    )
    total = Coalesce(F("term_enrolment__invoice__total_minor"), Value(0), output_field=BigIntegerField())
    share = Case(
        When(state=Sponsorship.State.ENDED, then=Value(0)),
        When(share=Sponsorship.Share.FULL, then=F("total_minor")),
        When(share=Sponsorship.Share.PERCENT, then=_minor(Round(F("total_minor") * F("percent") / 100))),
        default=Least(F("amount_minor"), F("total_minor")),
        output_field=BigIntegerField(),
    )
    balance = F("total_minor") - Coalesce(
        F("term_enrolment__invoice__paid_minor"), Value(0), output_field=BigIntegerField()
    )
    found: QuerySet[Any, Any] = (
        Sponsorship.objects.filter(sponsor_id=sponsor_id)
        .annotate(
            sponsor_name=F("sponsor__name"),
            student_number=F("term_enrolment__student__student_number"),
            family_name=F("term_enrolment__student__person__family_name"),
            given_name=F("term_enrolment__student__person__given_name"),
            programme_code=F("term_enrolment__programme__code"),
            term_code=F("term_enrolment__term__code"),
            term_id=F("term_enrolment__term_id"),
            student_id=F("term_enrolment__student_id"),
            invoice_id=F("term_enrolment__invoice_id"),
            total_minor=total,
            paid_minor=Coalesce(Subquery(paid), Value(0), output_field=BigIntegerField()),
        )
        .annotate(share_minor=share)
        # What the student paid already is nobody's to pay again.
        .annotate(open_minor=Greatest(Least(F("share_minor") - F("paid_minor"), balance), Value(0)))
    )
    return found


def statement(actor: Actor, sponsor_id: UUID, term_id: UUID | None) -> Sequence[Any]:
    """The rows of one term, or of all, in the order of the student numbers."""
    get_sponsor(actor, sponsor_id)
    rows = statement_rows(actor, sponsor_id)
    if term_id is not None:
        rows = rows.filter(term_id=term_id)
    return list(rows.order_by("student_number", "term_code", "id"))


def issued_statements(actor: Actor, sponsor_id: UUID) -> "QuerySet[Document]":
    """The statements that were issued to a sponsor, the newest first."""
    actor.require(permissions.SEE_SPONSORS)
    rows: QuerySet[Document] = Document.objects.filter(subject_type=SUBJECT, subject_id=sponsor_id)
    return rows.order_by("-issued_at", "-id")


def discounts(actor: Actor) -> "QuerySet[Discount]":
    """Every discount with how many students have it now."""
    actor.require(permissions.SEE_SCHEDULES)
    given = (
        DiscountGrant.objects.filter(discount_id=OuterRef("id"), state=DiscountGrant.State.GRANTED)
        .values("discount_id")
        .annotate(count=Count("id"))
        .values("count")
    )
    found: QuerySet[Discount] = Discount.objects.annotate(students=Coalesce(Subquery(given), Value(0)))
    return found
