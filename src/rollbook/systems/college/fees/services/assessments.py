"""Assessing terms: what the fee schedule comes to becomes the plan, and every change of it a revision (R31, R37)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Adjustment, PlanRevision
from rollbook.shared.billing.services.books import charge_entry
from rollbook.shared.billing.services.invoices import ChargeLine
from rollbook.shared.billing.services.revisions import lock_invoice
from rollbook.shared.billing.services.revisions import revise_plan as revise
from rollbook.shared.ledger.services import post_entries
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import NoOpenTerm, NoScheduleFits, NotAssessed, StudentNotFound
from rollbook.systems.college.fees.models import Assessment, Sponsorship
from rollbook.systems.college.fees.policies import INSTALMENTS
from rollbook.systems.college.fees.reads.assessing import Proposal, proposals, standings
from rollbook.systems.college.fees.rules import AssessedLine
from rollbook.systems.college.fees.selectors import today_here
from rollbook.systems.college.fees.services.covering import cover
from rollbook.systems.college.fees.services.following import follow
from rollbook.systems.college.fees.services.plans import NewPlan, open_planned, open_plans_in_bulk

FIRST = "Assessed by the fee schedule"
TARGET = "college_fees.assessment"


@dataclass(frozen=True, slots=True)
class Billed:
    """What billing many terms at once did."""

    count: int
    total: Money
    #: Students whom no schedule in force fits; they have no plan yet.
    left_out: int


@transaction.atomic
def assess(actor: Actor, *, term_enrolment_id: UUID, reason: str = "") -> Assessment:
    """Assess one student's term: open its plan, or bring the plan to what the schedule comes to now."""
    actor.require(permissions.ASSESS)
    locked = _lock([term_enrolment_id])
    if not locked:
        raise StudentNotFound
    enrolment: TermEnrolment = TermEnrolment.objects.select_related("term").get(id=term_enrolment_id)
    if enrolment.state not in TermEnrolment.LIVE or enrolment.term.has_ended:
        raise NotAssessed(term=enrolment.term.code, state=enrolment.get_state_display().lower())
    found = assess_now(actor, term_enrolment_id, reason=reason or FIRST)
    if found is None:
        number = enrolment.student.student_number
        raise NoScheduleFits(student=number, term=enrolment.term.code)
    return found


def assess_now(
    actor: Actor, term_enrolment_id: UUID, *, reason: str, schedule_id: UUID | None = None
) -> Assessment | None:
    """The same in the transaction of an act that holds the term: None when no schedule fits; unchanged, the latest."""
    found = standings([term_enrolment_id])
    proposal = proposals(found, by=schedule_id).get(term_enrolment_id)
    if proposal is None:
        return None
    if proposal.standing.invoice_id is None:
        made = _open(actor, proposal, reason)
    else:
        made = _revise(actor, proposal, proposal.standing.invoice_id, reason)
    cover(actor, term_enrolment_id=term_enrolment_id, invoice_id=made.invoice_id, total_minor=made.owed_minor)
    return made


def _open(actor: Actor, proposal: Proposal, reason: str) -> Assessment:
    currency = organisation_in_scope().currency
    invoice = open_planned(actor, plan_of(proposal), currency)
    return _written(actor, _row(proposal, currency=currency, invoice_id=invoice.id, reason=reason))


def _revise(actor: Actor, proposal: Proposal, invoice_id: UUID, reason: str) -> Assessment:
    """Bring a plan along by the difference, so that what two people added to it stays."""
    invoice = lock_invoice(invoice_id)
    latest = proposal.standing.latest
    # What is not of the schedule: of an assessed plan all that came since, of an agreed one its adjustments.
    besides = latest.adjustments_minor + invoice.total_minor - latest.owed_minor if latest else _adjusted(invoice.id)
    row = _row(proposal, currency=invoice.currency, invoice_id=invoice.id, reason=reason, besides=besides)
    if latest and _figures(latest) == _figures(row):
        return latest
    concession = -row.concessions_minor + (latest.concessions_minor if latest else 0)
    if row.owed_minor != invoice.total_minor:
        row.revision = revise(
            actor, invoice_id=invoice.id, new_total=Money(row.owed_minor, invoice.currency), reason=reason,
            concession_minor=concession, on_landed=follow(actor, term_enrolment_id=proposal.standing.id),
        )  # fmt: skip
    elif concession:
        now = clock.now()
        entry = charge_entry(
            row.id, minor=0, currency=invoice.currency, on=today_here(), kind="college.assessment",
            concession_minor=concession,
        )  # fmt: skip
        post_entries([entry], at=now)
    return _written(actor, row)


def _adjusted(invoice_id: UUID) -> int:
    """What adjustments by two people made of a plan, signed."""
    rows = Adjustment.objects.filter(invoice_id=invoice_id).values_list("kind", "amount_minor")
    return sum(-minor if kind == Adjustment.Kind.CREDIT else minor for kind, minor in rows)


def _figures(row: Assessment) -> tuple[Any, ...]:
    return (row.schedule_id, row.basis, row.lines, row.owed_minor, row.adjustments_minor)


def _row(
    proposal: Proposal, *, currency: str, invoice_id: UUID, reason: str, besides: int = 0,
    revision: PlanRevision | None = None,
) -> Assessment:  # fmt: skip
    standing, assessed = proposal.standing, proposal.assessed
    return Assessment(
        term_enrolment_id=standing.id, number=standing.latest.number + 1 if standing.latest else 1,
        schedule_id=proposal.schedule.id, basis=standing.basis, units=assessed.units, currency=currency,
        charges_minor=assessed.charges_minor, concessions_minor=assessed.concessions_minor,
        total_minor=assessed.total_minor, adjustments_minor=besides, owed_minor=max(0, assessed.total_minor + besides),
        lines=[_plain(line) for line in assessed.lines], reason=reason[:500], assessed_on=today_here(),
        invoice_id=invoice_id, revision=revision,
    )  # fmt: skip


def _plain(line: AssessedLine) -> dict[str, Any]:
    return {**asdict(line), "quantity": f"{line.quantity:f}"}


def _written(actor: Actor, row: Assessment) -> Assessment:
    row.made_by, row.created_at = actor.user_id, clock.now()
    row.save(force_insert=True)
    record(actor, "college.fees_assessed", row, **_facts(row))
    return row


def plan_of(proposal: Proposal) -> NewPlan:
    """The plan that an assessment opens."""
    schedule, assessed, standing = proposal.schedule, proposal.assessed, proposal.standing
    currency = organisation_in_scope().currency
    return NewPlan(
        term_enrolment_id=standing.id,
        person_id=standing.person_id,
        total_minor=assessed.total_minor,
        instalments=schedule.instalments or policies.get(INSTALMENTS),
        first_due_on=schedule.first_due_on or today_here(),
        description=f"Fees of {standing.term_code}",
        lines=[
            ChargeLine(line.label, line.minor, line.quantity, Money(line.price_minor, currency).to_decimal())
            for line in assessed.lines
        ],
        concession_minor=-assessed.concessions_minor,
    )


@transaction.atomic
def bill_term(actor: Actor, *, term_id: UUID) -> Billed:
    """Open the plans of everybody in a term who has none, in a fixed number of statements; twice adds nothing."""
    actor.require(permissions.BILL_TERMS)
    term = Term.objects.filter(id=term_id).first()
    if term is None:
        raise StudentNotFound
    if term.has_ended:
        raise NoOpenTerm
    billed = assess_in_bulk(actor, unbilled(term_id).values_list("id", flat=True))
    record(actor, "college.term_billed", term, count=billed.count, total_minor=billed.total.minor)
    return billed


def unbilled(term_id: UUID) -> Any:
    """The running term enrolments of a term that have no plan."""
    return TermEnrolment.objects.filter(
        term_id=term_id, state__in=TermEnrolment.LIVE, invoice__isnull=True, student__taken_back_at__isnull=True
    )


def assess_in_bulk(actor: Actor, term_enrolment_ids: Iterable[UUID], *, reason: str = FIRST) -> Billed:
    """Assess many terms that have no plan: the same rows as `assess` one by one, in one set of statements."""
    locked = _lock(term_enrolment_ids)
    currency = organisation_in_scope().currency
    found = [one for one in standings(locked) if one.invoice_id is None and one.state in TermEnrolment.LIVE]
    proposed = list(proposals(found).values())
    invoice_ids = open_plans_in_bulk(actor, [plan_of(proposal) for proposal in proposed])
    rows = [
        _row(proposal, currency=currency, invoice_id=invoice_id, reason=reason)
        for proposal, invoice_id in zip(proposed, invoice_ids, strict=True)
    ]
    _write_many(actor, rows)
    _cover_many(actor, rows)
    total = Money(sum(row.owed_minor for row in rows), currency)
    return Billed(len(rows), total, len(found) - len(rows))


def _write_many(actor: Actor, rows: Sequence[Assessment]) -> None:
    if not rows:
        return
    now = clock.now()
    for row in rows:
        row.made_by, row.created_at = actor.user_id, now
    Assessment.objects.bulk_create(rows)
    record_many(actor, "college.fees_assessed", TARGET, [row.id for row in rows], facts=[_facts(row) for row in rows])


def _facts(row: Assessment) -> dict[str, Any]:
    return {
        "why": row.reason, "term_enrolment_id": str(row.term_enrolment_id), "number": row.number,
        "owed_minor": row.owed_minor, "currency": row.currency,
    }  # fmt: skip


def _cover_many(actor: Actor, rows: Sequence[Assessment]) -> None:
    """Sponsored students are few: their months are covered one after the other."""
    sponsored = set(
        Sponsorship.objects.filter(
            term_enrolment_id__in=[row.term_enrolment_id for row in rows], state=Sponsorship.State.ACTIVE
        ).values_list("term_enrolment_id", flat=True)
    )
    for row in rows:
        if row.term_enrolment_id in sponsored:
            cover(actor, term_enrolment_id=row.term_enrolment_id, invoice_id=row.invoice_id, total_minor=row.owed_minor)


def _lock(term_enrolment_ids: Iterable[UUID]) -> list[UUID]:
    """Lock term enrolments in the order of their ids."""
    rows = TermEnrolment.objects.select_for_update(of=("self",), no_key=True).filter(id__in=list(term_enrolment_ids))
    return list(rows.order_by("id").values_list("id", flat=True))
