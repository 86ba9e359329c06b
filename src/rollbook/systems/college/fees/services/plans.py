"""Payment plans of a term (R31–R33, R37)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Invoice, PlanRevision
from rollbook.shared.billing.rules import schedule
from rollbook.shared.billing.selectors import instalment_states
from rollbook.shared.billing.services.invoices import Charge, ChargeLine, open_invoice, open_invoices_in_bulk
from rollbook.shared.billing.services.landed import Landed
from rollbook.shared.billing.services.revisions import revise_plan as revise
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import PlanExists, StudentNotFound
from rollbook.systems.college.fees.policies import INSTALMENTS
from rollbook.systems.college.fees.selectors import today_here
from rollbook.systems.college.fees.services.covering import cover_invoice
from rollbook.systems.college.fees.services.following import follow

#: What a plan's invoice is for, in billing's words.
PURPOSE = "college.term"
MOST_INSTALMENTS = 12

LINK = """
UPDATE college_enrolment_termenrolment e SET invoice_id = l.invoice_id
  FROM unnest(%s::uuid[], %s::uuid[]) AS l(enrolment_id, invoice_id)
 WHERE e.organisation_id = %s AND e.id = l.enrolment_id
RETURNING e.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """A plan to be opened for one term enrolment."""

    term_enrolment_id: UUID
    person_id: UUID
    total_minor: int
    instalments: int
    first_due_on: date
    description: str = "Term plan"
    #: What it is made of, where that is known line by line; discounts are negative lines.
    lines: Sequence[ChargeLine] = ()
    concession_minor: int = 0


def _charge(plan: NewPlan, currency: str) -> Charge:
    unit_price = Money(plan.total_minor, currency).to_decimal()
    return Charge(
        customer_id=plan.person_id,
        purpose=PURPOSE,
        subject_id=plan.term_enrolment_id,
        currency=currency,
        lines=plan.lines or [ChargeLine(plan.description, plan.total_minor, Decimal(1), unit_price)],
        schedule=schedule(plan.total_minor, plan.instalments, plan.first_due_on),
        concession_minor=plan.concession_minor,
    )


@transaction.atomic
def open_plan(
    actor: Actor,
    *,
    term_enrolment_id: UUID,
    total: Money,
    instalments: int | None = None,
    first_due_on: date | None = None,
    description: str = "Term plan",
) -> Invoice:
    """Open the plan of a term: equal months by R31, due days by R32; credit of earlier terms is used at once."""
    actor.require(permissions.OPEN_PLANS)
    enrolment = (
        TermEnrolment.objects.select_for_update(of=("self",))
        .select_related("student")
        .filter(id=term_enrolment_id)
        .first()
    )
    if enrolment is None:
        raise StudentNotFound
    if enrolment.invoice_id is not None:
        raise PlanExists
    plan = NewPlan(
        term_enrolment_id=enrolment.id,
        person_id=enrolment.student.person_id,
        total_minor=total.minor,
        instalments=instalments or policies.get(INSTALMENTS),
        first_due_on=first_due_on or today_here(),
        description=description,
    )
    return open_planned(actor, plan, total.currency)


def open_planned(actor: Actor, plan: NewPlan, currency: str) -> Invoice:
    """Open a plan that was worked out; the term enrolment is locked and has none."""
    invoice = open_invoice(actor, _charge(plan, currency))
    TermEnrolment.objects.filter(id=plan.term_enrolment_id).update(invoice_id=invoice.id)
    follow(actor, term_enrolment_id=plan.term_enrolment_id)(_as_landed(invoice))
    return invoice


def _as_landed(invoice: Invoice) -> Landed:
    """A plan that was just opened: whatever is settled now was settled by credit, or is zero."""
    return Landed(
        invoice_id=invoice.id, account_id=invoice.account_id, payment_id=None, at=clock.now(),
        instalments=instalment_states(invoice.id), settled_before=0,
    )  # fmt: skip


def open_plans_in_bulk(actor: Actor, plans: Sequence[NewPlan]) -> list[UUID]:
    """Open many plans with a fixed number of statements; the same rows as `open_plan` one by one."""
    currency = organisation_in_scope().currency
    invoice_ids = open_invoices_in_bulk(actor, [_charge(plan, currency) for plan in plans])
    link_invoices(list(zip((plan.term_enrolment_id for plan in plans), invoice_ids, strict=True)))
    # Credit of earlier terms, or a plan of nothing, settles months at once.
    settled = Q(paid_minor__gt=0) | Q(total_minor=0)
    for invoice in Invoice.objects.filter(settled, id__in=invoice_ids).order_by("id"):
        follow(actor, term_enrolment_id=invoice.subject_id)(_as_landed(invoice))
    return invoice_ids


def link_invoices(pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Note on each term enrolment which invoice is its plan."""
    enrolments = "{" + ",".join(str(enrolment_id) for enrolment_id, _ in pairs) + "}"
    invoices = "{" + ",".join(str(invoice_id) for _, invoice_id in pairs) + "}"
    with connection.cursor() as cursor:
        cursor.execute(LINK, [enrolments, invoices, require_organisation_id()])


def revise_plan(actor: Actor, *, invoice_id: UUID, new_total: Money, reason: str) -> PlanRevision:
    """Change what a term costs: paid months keep their due, the rest is split anew (R37)."""
    actor.require(permissions.REVISE_PLANS)
    revision = revise(actor, invoice_id=invoice_id, new_total=new_total, reason=reason, on_landed=follow(actor))
    cover_invoice(actor, invoice_id)
    return revision
