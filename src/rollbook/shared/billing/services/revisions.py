"""Plans whose total changes: reassessment, scholarship, adjustment (R37)."""

from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Adjustment, Instalment, Invoice, InvoiceLine, PlanRevision
from rollbook.shared.billing.rules import revised_dues
from rollbook.shared.billing.services.books import charge_entry, moved_entry
from rollbook.shared.billing.services.invoices import lock_account
from rollbook.shared.billing.services.landed import FollowUp
from rollbook.shared.billing.services.settlement import Plan, load_plan, resettle
from rollbook.shared.ledger import chart
from rollbook.shared.ledger.services import post_entries

LEAST_JUSTIFICATION = 10


@transaction.atomic
def revise_plan(
    actor: Actor,
    *,
    invoice_id: UUID,
    new_total: Money,
    reason: str,
    income_account: str = chart.INCOME,
    concession_minor: int = 0,
    on_landed: FollowUp | None = None,
) -> PlanRevision:
    """Change what is owed: paid instalments keep their due, the rest is split anew, no money is lost.

    `concession_minor` is the part of the change that discounts made (negative: they took more off).
    """
    if len(reason.strip()) < LEAST_JUSTIFICATION:
        raise errors.ReasonTooShort(least=LEAST_JUSTIFICATION)
    if new_total.minor < 0:
        raise errors.TotalNegative(most="—")
    invoice = lock_invoice(invoice_id)
    if new_total.currency != invoice.currency:
        raise errors.CurrencyDiffers(expected=invoice.currency, given=new_total.currency)
    difference = new_total.minor - invoice.total_minor
    if not difference:
        raise errors.NothingToRevise
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    plan = load_plan(invoice)
    before = _figures(plan)
    account = lock_account(invoice.account_id)
    landed = resettle(account, plan, now=now, dues=revised_dues(plan.states(), new_total.minor))
    invoice.version += 1
    invoice.save(update_fields=["version"])
    revision = PlanRevision.objects.create(
        invoice_id=invoice.id, version=invoice.version, reason=reason.strip(), before=before, after=_figures(plan),
        made_by=actor.user_id, created_at=now,
    )  # fmt: skip
    InvoiceLine.objects.create(
        invoice_id=invoice.id, description=reason.strip()[:200], amount_minor=difference, created_at=now,
        unit_price=Money(difference, invoice.currency).to_decimal(),
    )  # fmt: skip
    charged = charge_entry(
        revision.id, minor=difference, currency=invoice.currency, on=today, kind="billing.revision",
        account=income_account, concession_minor=concession_minor,
    )  # fmt: skip
    moved = moved_entry(
        revision.id, kind="billing.credit_moved", currency=invoice.currency, on=today, credit_change=landed.credit_minor
    )
    post_entries([charged, moved], at=now)
    record(
        actor, "billing.plan_revised", invoice, reason=reason, before={"plan": before}, after={"plan": revision.after}
    )
    if on_landed:
        on_landed(landed)
    return revision


@transaction.atomic
def adjust(
    actor: Actor,
    *,
    invoice_id: UUID,
    kind: str,
    amount: Money,
    justification: str,
    requested_by: UUID,
    on_landed: FollowUp | None = None,
) -> Adjustment:
    """Carry out an adjustment that somebody else asked for."""
    invoice = lock_invoice(invoice_id)
    sign = -1 if kind == Adjustment.Kind.CREDIT else 1
    new_total = Money(invoice.total_minor + sign * amount.minor, invoice.currency)
    if new_total.minor < 0:
        raise errors.TotalNegative(most=str(Money(invoice.total_minor, invoice.currency)))
    revision = revise_plan(
        actor, invoice_id=invoice_id, new_total=new_total, reason=justification,
        income_account=chart.CONCESSIONS, on_landed=on_landed,
    )  # fmt: skip
    return Adjustment.objects.create(
        invoice_id=invoice_id, kind=kind, amount_minor=amount.minor, justification=justification,
        requested_by=requested_by, approved_by=actor.acting_user_id(), revision_id=revision.id,
        created_at=revision.created_at,
    )  # fmt: skip


def lock_invoice(invoice_id: UUID) -> Invoice:
    """Lock the account of an invoice, then read the invoice as it is now."""
    account_id = Invoice.objects.filter(id=invoice_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise errors.InvoiceNotFound
    lock_account(account_id)
    invoice: Invoice = Invoice.objects.get(id=invoice_id)
    if invoice.state != Invoice.State.OPEN:
        raise errors.InvoiceClosed(state=invoice.get_state_display().lower())
    return invoice


def _figures(plan: Plan) -> list[dict[str, Any]]:
    currency = plan.invoice.currency
    return [_figure(instalment, currency) for instalment in plan.instalments]


def _figure(instalment: Instalment, currency: str) -> dict[str, Any]:
    return {
        "number": instalment.number,
        "due": Money(instalment.due_minor, currency).to_decimal_string(),
        "paid": Money(instalment.paid_minor, currency).to_decimal_string(),
    }
