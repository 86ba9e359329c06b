"""Sponsors: who answers for a part of a student's term, what that covers, and what they pay (R43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Invoice, Payment
from rollbook.shared.billing.services.payments import take_payment
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import (
    ChangedMeanwhile,
    CodeTaken,
    EndedAlready,
    NothingToPayFor,
    NotOffered,
    SponsoredAlready,
    SponsorNotFound,
    SponsorPaysMore,
)
from rollbook.systems.college.fees.models import Sponsor, SponsorPayment, Sponsorship
from rollbook.systems.college.fees.reads.sponsors import statement
from rollbook.systems.college.fees.selectors import plan_facts_of_invoice
from rollbook.systems.college.fees.services.covering import cover
from rollbook.systems.college.fees.services.discounts import live_enrolment, long_enough, proposer_of
from rollbook.systems.college.fees.services.following import follow
from rollbook.systems.college.fees.services.payments import SERIES

ACCEPT = "college.fees.sponsorship"
#: Sponsors pay from afar: cash and cards come to a counter.
METHODS = (Payment.Method.BANK_TRANSFER, Payment.Method.CHECK, Payment.Method.EWALLET, Payment.Method.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorFacts:
    """What is known of a sponsor."""

    name: str
    contact_name: str = ""
    contact_email: str = ""
    address: str = ""

    def checked(self) -> dict[str, str]:
        """The facts as columns."""
        columns = {
            "name": " ".join(self.name.split()), "contact_name": self.contact_name.strip(),
            "contact_email": self.contact_email.strip(), "address": self.address.strip(),
        }  # fmt: skip
        if not columns["name"]:
            raise Invalid.field("name", _("Give the sponsor a name."))
        return columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWanted:
    """What a sponsor is to answer for: everything, a percentage, or a fixed sum; and its letter."""

    share: str
    letter: str
    percent: Decimal | None = None
    amount_minor: int | None = None

    def checked(self) -> dict[str, Any]:
        """The share as columns, or a refusal beside the field."""
        if not self.letter.strip():
            raise Invalid.field("letter", _("Enter the number of the sponsor's letter."))
        is_percent, is_fixed = self.share == Sponsorship.Share.PERCENT, self.share == Sponsorship.Share.FIXED
        if is_percent != (self.percent is not None) or (self.percent is not None and not 0 < self.percent <= 100):
            raise Invalid.field("percent", _("Enter a percentage above 0 and up to 100, and only for such a share."))
        if is_fixed != (self.amount_minor is not None) or (self.amount_minor is not None and self.amount_minor <= 0):
            raise Invalid.field("amount", _("Enter an amount above zero, and only for a fixed share."))
        if self.share not in Sponsorship.Share.values:
            raise Invalid.field("share", _("Choose everything, a percentage or a fixed amount."))
        return {
            "share": self.share, "percent": self.percent, "amount_minor": self.amount_minor,
            "letter": self.letter.strip(),
        }  # fmt: skip


@transaction.atomic
def add_sponsor(actor: Actor, *, code: str, facts: SponsorFacts) -> Sponsor:
    """Write a sponsor down."""
    actor.require(permissions.MANAGE_SPONSORS)
    columns, code = facts.checked(), " ".join(code.split())
    if not code:
        raise Invalid.field("code", _("Give the sponsor a code."))
    if Sponsor.objects.filter(code__iexact=code).exists():
        raise CodeTaken(code=code)
    made: Sponsor = Sponsor.objects.create(code=code, **columns)
    record(actor, "college.sponsor_added", made, code=code)
    return made


@transaction.atomic
def change_sponsor(
    actor: Actor, *, sponsor_id: UUID, facts: SponsorFacts, is_active: bool, expected_version: int | None = None
) -> Sponsor:
    """Change what is known of a sponsor."""
    actor.require(permissions.MANAGE_SPONSORS)
    found: Sponsor | None = Sponsor.objects.select_for_update(of=("self",)).filter(id=sponsor_id).first()
    if found is None:
        raise SponsorNotFound
    if expected_version is not None and found.version != expected_version:
        raise ChangedMeanwhile
    columns = {**facts.checked(), "is_active": is_active}
    changed = [column for column, value in columns.items() if getattr(found, column) != value]
    for column, value in columns.items():
        setattr(found, column, value)
    found.version += 1
    found.save(update_fields=[*columns, "version"])
    record(actor, "college.sponsor_changed", found, fields=changed)
    return found


def request_sponsorship(
    actor: Actor, *, term_enrolment_id: UUID, sponsor_id: UUID, wanted: ShareWanted, reason: str
) -> ApprovalRequest:
    """Ask a supervisor to accept that a sponsor answers for a part of a student's term."""
    actor.require(permissions.REQUEST_DISCOUNT)
    enrolment = live_enrolment(term_enrolment_id)
    sponsor = _sponsor(sponsor_id)
    columns = wanted.checked()
    _must_be_free(enrolment, sponsor)
    payload = {
        **columns, "percent": str(columns["percent"] or ""), "sponsor_id": str(sponsor.id), "sponsor": sponsor.name,
    }  # fmt: skip
    return propose(actor, kind=ACCEPT, target=enrolment, reason=long_enough(reason), payload=payload)


def _sponsor(sponsor_id: UUID) -> Sponsor:
    sponsor: Sponsor | None = Sponsor.objects.filter(id=sponsor_id).first()
    if sponsor is None:
        raise SponsorNotFound
    if not sponsor.is_active:
        raise NotOffered(name=sponsor.name)
    return sponsor


def _must_be_free(enrolment: TermEnrolment, sponsor: Sponsor) -> None:
    running = Sponsorship.objects.select_related("sponsor").filter(
        term_enrolment_id=enrolment.id, state=Sponsorship.State.ACTIVE
    )
    other = running.first()
    if other is not None:
        raise SponsoredAlready(name=other.sponsor.name)


@transaction.atomic
def carry_out_sponsorship(actor: Actor, request: ApprovalRequest) -> Sponsorship:
    """Accept what was asked for: months are covered and permits follow in the same transaction."""
    enrolment = live_enrolment(request.target_id, for_update=True)
    asked = request.payload
    sponsor = _sponsor(UUID(asked["sponsor_id"]))
    _must_be_free(enrolment, sponsor)
    try:
        with transaction.atomic():
            made: Sponsorship = Sponsorship.objects.create(
                sponsor_id=sponsor.id, term_enrolment_id=enrolment.id, share=asked["share"],
                percent=Decimal(asked["percent"]) if asked["percent"] else None, amount_minor=asked["amount_minor"],
                letter=asked["letter"], requested_by=proposer_of(request), approved_by=actor.acting_user_id(),
            )  # fmt: skip
    except IntegrityError as error:
        raise SponsoredAlready(name=sponsor.name) from error
    record(
        actor, "college.sponsor_accepted", made, reason=request.reason, sponsor=sponsor.code,
        term_enrolment_id=enrolment.id, share=made.share,
    )  # fmt: skip
    _follow(actor, enrolment)
    return made


@transaction.atomic
def end_sponsorship(actor: Actor, *, sponsorship_id: UUID, reason: str) -> Sponsorship:
    """A sponsor answers for a student no longer: what it covered is open again, what it paid stays paid."""
    actor.require(permissions.MANAGE_SPONSORS)
    found: Sponsorship | None = Sponsorship.objects.filter(id=sponsorship_id).first()
    if found is None:
        raise SponsorNotFound
    enrolment: TermEnrolment = TermEnrolment.objects.select_for_update(of=("self",), no_key=True).get(
        id=found.term_enrolment_id
    )
    found.refresh_from_db()
    if not found.may_become(Sponsorship.State.ENDED):
        raise EndedAlready
    found.state, found.ended_at, found.end_reason = Sponsorship.State.ENDED, clock.now(), long_enough(reason)
    found.save(update_fields=["state", "ended_at", "end_reason"])
    record(actor, "college.sponsor_ended", found, reason=found.end_reason, term_enrolment_id=enrolment.id)
    _follow(actor, enrolment)
    return found


def _follow(actor: Actor, enrolment: TermEnrolment) -> None:
    if enrolment.invoice_id is None:
        return
    invoice: Invoice = Invoice.objects.get(id=enrolment.invoice_id)
    if invoice.state == Invoice.State.OPEN:
        cover(actor, term_enrolment_id=enrolment.id, invoice_id=invoice.id, total_minor=invoice.total_minor)


@dataclass(frozen=True, slots=True)
class SponsorPaid:
    """What one transfer of a sponsor paid."""

    payment_ids: Sequence[UUID]
    amount: Money


@transaction.atomic
def record_sponsor_payment(
    actor: Actor, *, sponsor_id: UUID, term_id: UUID, amount: Money, method: str, external_reference: str,
    received_at: datetime | None = None,
) -> SponsorPaid:  # fmt: skip
    """Spread a sponsor's transfer over its students of a term, in the order of their numbers, one receipt each.

    Nobody gets more than the sponsor answers for. Each payment bears the transfer's reference with its place in it.
    """
    actor.require(permissions.MANAGE_SPONSORS)
    if method not in METHODS:
        raise Invalid.field("method", _("Sponsors pay by transfer, cheque or wallet. Cash is taken at the counter."))
    reference = external_reference.strip()
    if not reference:
        raise Invalid.field("external_reference", _("Enter the reference of the transfer."))
    rows = [row for row in statement(actor, sponsor_id, term_id) if row.open_minor > 0 and row.invoice_id]
    together = sum(row.open_minor for row in rows)
    if not together:
        raise NothingToPayFor
    if amount.minor > together:
        raise SponsorPaysMore(most=str(Money(together, amount.currency)))
    left, payment_ids = amount.minor, []
    for place, row in enumerate(rows, start=1):
        part = min(left, row.open_minor)
        if part <= 0:
            break
        left -= part
        taken = take_payment(
            actor, invoice_id=row.invoice_id, amount=Money(part, amount.currency), method=method,
            external_reference=f"{reference} {place}/{len(rows)}"[:100], received_at=received_at,
            note=f"From {row.sponsor_name}", series=SERIES, receipt_facts=plan_facts_of_invoice(row.invoice_id),
            on_landed=follow(actor, term_enrolment_id=row.term_enrolment_id),
        )  # fmt: skip
        SponsorPayment.objects.create(sponsorship_id=row.id, payment_id=taken.payment_id)
        payment_ids.append(taken.payment_id)
    record(
        actor, "college.sponsor_paid", ("college_fees.sponsor", sponsor_id), amount_minor=amount.minor,
        currency=amount.currency, payments=len(payment_ids), term_id=term_id,
    )  # fmt: skip
    return SponsorPaid(payment_ids, amount)
