"""Discounts and scholarships: what the college offers, and what two people give a student for a term."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing import errors as billing_errors
from rollbook.shared.billing.services.reversals import LEAST_REASON
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import (
    ChangedMeanwhile,
    CodeTaken,
    DiscountNotFound,
    EndedAlready,
    GivenAlready,
    NotByDiscount,
    NotOffered,
    StudentNotFound,
)
from rollbook.systems.college.fees.models import Assessment, Discount, DiscountGrant
from rollbook.systems.college.fees.rules import CATEGORIES
from rollbook.systems.college.fees.services.assessments import assess_now

GIVE = "college.fees.discount"
END = "college.fees.discount_end"
MEASURES = ("code", "name", "method", "percent", "amount_minor", "categories", "position", "cap_minor")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountTerms:
    """What a discount takes off, from which charges, in which order, and never more than its cap."""

    name: str
    percent: Decimal | None = None
    amount_minor: int | None = None
    categories: tuple[str, ...] = ()
    position: int = 100
    cap_minor: int | None = None

    def checked(self) -> dict[str, Any]:
        """The terms as columns, or a refusal beside the field."""
        if (self.percent is None) == (self.amount_minor is None):
            raise Invalid.field("percent", _("Enter a percentage or an amount, not both."))
        if self.percent is not None and not 0 < self.percent <= 100:
            raise Invalid.field("percent", _("Enter a percentage above 0 and up to 100."))
        if self.amount_minor is not None and self.amount_minor <= 0:
            raise Invalid.field("amount", _("Enter an amount above zero."))
        if not set(self.categories) <= set(CATEGORIES):
            raise Invalid.field("categories", _("Choose among %(choices)s.") % {"choices": ", ".join(CATEGORIES)})
        if not " ".join(self.name.split()):
            raise Invalid.field("name", _("Give the discount a name."))
        return {
            "name": " ".join(self.name.split()), "method": "PERCENT" if self.percent is not None else "FIXED",
            "percent": self.percent, "amount_minor": self.amount_minor, "categories": list(self.categories),
            "position": self.position, "cap_minor": self.cap_minor,
        }  # fmt: skip


@transaction.atomic
def add_discount(actor: Actor, *, code: str, terms: DiscountTerms) -> Discount:
    """Offer a discount from now on."""
    actor.require(permissions.MANAGE_SCHEDULES)
    columns, code = terms.checked(), " ".join(code.split())
    if not code:
        raise Invalid.field("code", _("Give the discount a code."))
    if Discount.objects.filter(code__iexact=code).exists():
        raise CodeTaken(code=code)
    made: Discount = Discount.objects.create(code=code, **columns)
    record(actor, "college.discount_added", made, code=code, after=_plain(columns))
    return made


@transaction.atomic
def change_discount(
    actor: Actor, *, discount_id: UUID, terms: DiscountTerms, is_active: bool, expected_version: int | None = None
) -> Discount:
    """Change what a discount is for whoever gets it from now on; what was given stays as it was given."""
    actor.require(permissions.MANAGE_SCHEDULES)
    found: Discount | None = Discount.objects.select_for_update(of=("self",)).filter(id=discount_id).first()
    if found is None:
        raise DiscountNotFound
    if expected_version is not None and found.version != expected_version:
        raise ChangedMeanwhile
    columns = {**terms.checked(), "is_active": is_active}
    before = {column: getattr(found, column) for column in columns}
    for column, value in columns.items():
        setattr(found, column, value)
    found.version += 1
    found.save(update_fields=[*columns, "version"])
    record(actor, "college.discount_changed", found, before=_plain(before), after=_plain(columns))
    return found


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in columns.items()}


def request_discount(actor: Actor, *, term_enrolment_id: UUID, discount_id: UUID, reason: str) -> ApprovalRequest:
    """Ask a supervisor to give a student a discount for a term."""
    actor.require(permissions.REQUEST_DISCOUNT)
    enrolment = live_enrolment(term_enrolment_id)
    discount: Discount | None = Discount.objects.filter(id=discount_id).first()
    if discount is None:
        raise DiscountNotFound
    _may_be_given(enrolment, discount)
    payload = {"discount_id": str(discount.id), "code": discount.code}
    return propose(actor, kind=GIVE, target=enrolment, reason=long_enough(reason), payload=payload)


def _may_be_given(enrolment: TermEnrolment, discount: Discount) -> None:
    if not discount.is_active:
        raise NotOffered(name=discount.name)
    granted = DiscountGrant.objects.filter(term_enrolment_id=enrolment.id, state=DiscountGrant.State.GRANTED)
    if granted.filter(discount_id=discount.id).exists():
        raise GivenAlready(name=discount.name)
    if enrolment.invoice_id and not Assessment.objects.filter(term_enrolment_id=enrolment.id).exists():
        raise NotByDiscount


@transaction.atomic
def carry_out_discount(actor: Actor, request: ApprovalRequest) -> DiscountGrant:
    """Give what was asked for; the plan follows in the same transaction."""
    enrolment = live_enrolment(request.target_id, for_update=True)
    discount: Discount = Discount.objects.get(id=request.payload["discount_id"])
    _may_be_given(enrolment, discount)
    try:
        with transaction.atomic():
            grant: DiscountGrant = DiscountGrant.objects.create(
                term_enrolment_id=enrolment.id, discount_id=discount.id, reason=request.reason,
                requested_by=proposer_of(request), approved_by=actor.acting_user_id(),
                **{name: getattr(discount, name) for name in MEASURES},
            )  # fmt: skip
    except IntegrityError as error:
        raise GivenAlready(name=discount.name) from error
    record(
        actor, "college.discount_given", grant, reason=request.reason, code=grant.code,
        term_enrolment_id=enrolment.id,
    )  # fmt: skip
    _follow(actor, enrolment, f"{grant.name} was given")
    return grant


def request_end(actor: Actor, *, grant_id: UUID, reason: str) -> ApprovalRequest:
    """Ask a supervisor to end a student's discount: what it took off is owed again."""
    actor.require(permissions.REQUEST_DISCOUNT)
    grant = _grant(grant_id)
    if not grant.may_become(DiscountGrant.State.ENDED):
        raise EndedAlready
    return propose(actor, kind=END, target=grant, reason=long_enough(reason), payload={"code": grant.code})


@transaction.atomic
def carry_out_end(actor: Actor, request: ApprovalRequest) -> DiscountGrant:
    """End what was asked for; the plan follows in the same transaction."""
    enrolment = live_enrolment(_grant(request.target_id).term_enrolment_id, for_update=True)
    grant = _grant(request.target_id)
    if not grant.may_become(DiscountGrant.State.ENDED):
        raise EndedAlready
    grant.state, grant.ended_at, grant.end_reason = DiscountGrant.State.ENDED, clock.now(), request.reason
    grant.save(update_fields=["state", "ended_at", "end_reason"])
    record(actor, "college.discount_ended", grant, reason=request.reason, code=grant.code)
    _follow(actor, enrolment, f"{grant.name} has ended")
    return grant


def _follow(actor: Actor, enrolment: TermEnrolment, reason: str) -> None:
    if Assessment.objects.filter(term_enrolment_id=enrolment.id).exists():
        assess_now(actor, enrolment.id, reason=reason)


def _grant(grant_id: UUID) -> DiscountGrant:
    found: DiscountGrant | None = DiscountGrant.objects.filter(id=grant_id).first()
    if found is None:
        raise DiscountNotFound
    return found


def live_enrolment(term_enrolment_id: UUID, *, for_update: bool = False) -> TermEnrolment:
    """A running term of a student of the roll."""
    rows = TermEnrolment.objects.filter(state__in=TermEnrolment.LIVE, student__taken_back_at__isnull=True)
    if for_update:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found: TermEnrolment | None = rows.filter(id=term_enrolment_id).first()
    if found is None:
        raise StudentNotFound
    return found


def proposer_of(request: ApprovalRequest) -> UUID:
    """Who asked. Nobody's money changes because a job asked for it."""
    if request.proposed_by_id is None:
        raise Forbidden
    return request.proposed_by_id


def long_enough(reason: str) -> str:
    """A reason that somebody can judge."""
    if len(reason.strip()) < LEAST_REASON:
        raise billing_errors.ReasonTooShort(least=LEAST_REASON)
    return reason.strip()
