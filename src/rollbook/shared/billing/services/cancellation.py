"""Taking back charges that nobody has paid into: an import that was a mistake, a term that never began."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services.many import record_many
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import bulk, errors
from rollbook.shared.billing.models import Invoice
from rollbook.shared.billing.services.books import charge_entry
from rollbook.shared.ledger.services import post_entries


@transaction.atomic
def cancel_unpaid_invoices(actor: Actor, invoice_ids: Sequence[UUID], *, reason: str) -> int:
    """Cancel open invoices that hold no money; one that does refuses the whole. Returns how many were cancelled."""
    found = Invoice.objects.filter(id__in=list(invoice_ids), state=Invoice.State.OPEN)
    bulk.lock_accounts(actor.organisation_id, set(found.values_list("account_id", flat=True)))
    invoices = list(found.order_by("id").values("id", "total_minor", "paid_minor", "currency"))
    if any(invoice["paid_minor"] for invoice in invoices):
        raise errors.InvoiceHoldsMoney
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    cancelled = [invoice["id"] for invoice in invoices]
    bulk.cancel_invoices(cancelled)
    post_entries(
        [
            charge_entry(
                invoice["id"], minor=-invoice["total_minor"], currency=invoice["currency"], on=today,
                kind="billing.invoice_cancelled",
            )
            for invoice in invoices
        ],
        at=now,
    )  # fmt: skip
    if cancelled:
        facts = [{"total_minor": invoice["total_minor"], "why": reason} for invoice in invoices]
        record_many(actor, "billing.invoice_cancelled", "billing.invoice", cancelled, facts=facts)
    return len(cancelled)
