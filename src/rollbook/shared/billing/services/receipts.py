"""Receipts: numbered without gaps, frozen when issued, rendered later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.db.closing import LastStatement, LateText, send_with_commit
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors, sql
from rollbook.shared.billing.models import Receipt
from rollbook.shared.billing.rules import Landing
from rollbook.shared.billing.services.landed import Landed


@dataclass(frozen=True, slots=True)
class ReceiptSeries:
    """A gapless series of receipts; its numbers start again with each local year."""

    key: str
    prefix: str = "RCP-{year}-"
    digits: int = 6

    def numbering_key(self, year: int) -> str:
        """The key of the number series of one year."""
        return f"receipt:{self.key}:{year}"

    def number(self, year: int, value: int) -> str:
        """The number as people read it, such as RCP-2026-000124."""
        return f"{self.prefix.format(year=year)}{value:0{self.digits}d}"


MAIN_SERIES = ReceiptSeries("MAIN")


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A receipt's row and its number, which comes with COMMIT."""

    id: UUID
    number: LateText


def issue_receipt(
    landed: Landed, *, amount: Money, method: str, series: ReceiptSeries, facts: dict[str, Any], now: datetime
) -> IssuedReceipt:
    """Give the payment its receipt. Sent with COMMIT, because the series stays locked until then."""
    issued_on = organisation_in_scope().local_date(now)
    snapshot = snapshot_of(landed.landings, amount=amount, method=method, credit_minor=landed.credit_minor, facts=facts)
    receipt_id = ids.new_id()
    organisation_id = require_organisation_id()
    number = LateText(sql.RECEIPT_NUMBER, [organisation_id, receipt_id])
    send_with_commit(
        LastStatement(
            sql.ISSUE_RECEIPT,
            {
                "organisation": organisation_id,
                "series_id": ids.new_id(),
                "series_key": series.numbering_key(issued_on.year),
                "receipt": receipt_id,
                "payment": landed.payment_id,
                "series": series.key,
                "prefix": series.prefix.format(year=issued_on.year),
                "digits": series.digits,
                "issued_on": issued_on,
                "snapshot": json.dumps(snapshot, ensure_ascii=False),
                "at": now,
            },
            then=lambda row: number.arrive(row[0]),
        )
    )
    return IssuedReceipt(receipt_id, number)


def snapshot_of(
    parts: Sequence[Landing], *, amount: Money, method: str, credit_minor: int, facts: dict[str, Any]
) -> dict[str, Any]:
    """What the paper says: the amount, where it landed, and the caller's facts."""
    return {
        "amount": amount.to_decimal_string(),
        "currency": amount.currency,
        "method": method,
        "landed": [
            {"number": part.number, "amount": Money(part.minor, amount.currency).to_decimal_string()} for part in parts
        ],
        "credit": Money(credit_minor, amount.currency).to_decimal_string(),
        **facts,
    }


@transaction.atomic
def note_print(actor: Actor, *, payment_id: UUID) -> Receipt:
    """A receipt is handed out: the first time it is the original, later ones are copies with their number."""
    receipt: Receipt | None = Receipt.objects.select_for_update(of=("self",)).filter(payment_id=payment_id).first()
    if receipt is None:
        raise errors.PaymentNotFound
    if receipt.printed_at is None:
        receipt.printed_at = clock.now()
        receipt.save(update_fields=["printed_at"])
    else:
        receipt.reprints += 1
        receipt.save(update_fields=["reprints"])
    record(actor, "billing.receipt_printed", receipt, number=receipt.number, copy=receipt.reprints)
    return receipt


def keep_rendered(receipt: Receipt, *, file_id: UUID, sha256: str, at: datetime) -> None:
    """Note where the drawn original of a receipt lies, and its hash."""
    receipt.file_id, receipt.sha256, receipt.rendered_at = file_id, sha256, at
    receipt.save(update_fields=["file_id", "sha256", "rendered_at"])
