"""Receipts as papers: printed and counted at the counter, drawn and kept in the background."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Receipt
from rollbook.shared.billing.services.receipts import keep_rendered, note_print
from rollbook.shared.files.buckets import PDF
from rollbook.shared.files.services import keep_paper
from rollbook.systems.college.fees import papers, permissions
from rollbook.systems.college.fees.buckets import RECEIPTS
from rollbook.systems.college.fees.reads.payments import get_payment
from rollbook.systems.college.fees.services.telling import tell_payer


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper for the printer."""

    content: bytes
    name: str


def print_receipt(actor: Actor, *, payment_id: UUID, paper: str) -> Printed:
    """Hand a receipt out: the original once, every later print says which copy it is."""
    actor.require(permissions.SEE_ACCOUNTS)
    size = papers.RECEIPT_PAPERS.get(paper)
    if size is None:
        raise Invalid.field("paper", _("Choose A5 or 80 mm."))
    shown = get_payment(actor, payment_id)
    receipt = note_print(actor, payment_id=payment_id)
    content = papers.receipt_pdf(shown, size, copy_number=receipt.reprints or None)
    return Printed(content, f"{receipt.number}.pdf")


def render_receipt(actor: Actor, receipt: Receipt) -> None:
    """Draw the original of one receipt, keep it with its hash, and tell who paid; drawn again it would be the same."""
    shown = get_payment(actor, receipt.payment_id)
    content = papers.receipt_pdf(shown, papers.RECEIPT_PAPERS["a5"])
    stored = keep_paper(
        actor, bucket=RECEIPTS, content=content, content_type=PDF, name=f"{receipt.number}.pdf",
        subject=("billing.payment", receipt.payment_id),
    )  # fmt: skip
    keep_rendered(receipt, file_id=stored.id, sha256=stored.sha256, at=clock.now())
    tell_payer(actor, shown.payment, receipt)
