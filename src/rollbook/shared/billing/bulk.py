"""Set-based writes for batches of payments: a fixed number of statements, whatever the size.

Columns travel as arrays. Every statement names the organisation; ids and times are made here.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core import ids
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.money import Money
from rollbook.core.numbering.services import next_block
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import rules, sql
from rollbook.shared.billing.services.books import payment_entry
from rollbook.shared.billing.services.receipts import ReceiptSeries, snapshot_of
from rollbook.shared.ledger.services import post_entries


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment to be inserted."""

    account_id: UUID
    invoice_id: UUID
    amount: Money
    method: str
    reference: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Landing:
    """One payment of a batch and where its money landed."""

    payment_id: UUID
    target: Any
    amount: Money
    method: str
    parts: list[rules.Landing]
    credit_minor: int
    #: The plan's instalments; number n stands at place n − 1.
    instalment_ids: Sequence[str]


# Made once: `json.dumps` would make an encoder for each receipt.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def fingerprint(content: dict[str, str]) -> str:
    """SHA-256 of a row's canonical text."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _read(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _run(statement: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})


def lock_accounts(organisation_id: UUID, account_ids: set[UUID]) -> None:
    """Lock accounts in the order of their ids, so that two batches never wait for each other."""
    _read(sql.LOCK_ACCOUNTS, accounts=array_of(sorted(account_ids)))


def read_plans(invoice_ids: Iterable[UUID]) -> list[tuple[Any, ...]]:
    """The instalments of many plans, one row for each plan: its id and the columns of its instalments, in order."""
    return _read(sql.READ_PLANS, invoices=array_of(invoice_ids))


def insert_payments(actor: Actor, rows: Sequence[PaymentRow], *, now: datetime) -> list[UUID | None]:
    """Insert payments; where the reference is used already the answer holds None."""
    payment_ids = [ids.new_id() for _ in rows]
    facts = organisation_in_scope()
    inserted = _read(
        sql.INSERT_PAYMENTS,
        ids=array_of(payment_ids),
        accounts=array_of([row.account_id for row in rows]),
        invoices=array_of([row.invoice_id for row in rows]),
        amounts=array_of([row.amount.minor for row in rows]),
        methods=text_array_of([row.method for row in rows]),
        references=text_array_of([row.reference for row in rows]),
        received=array_of([row.received_at.isoformat() for row in rows]),
        days=array_of([facts.local_date(row.received_at) for row in rows]),
        currency=facts.currency,
        recorded_by=actor.user_id,
        at=now,
    )
    standing = {row[0] for row in inserted}
    return [payment_id if payment_id in standing else None for payment_id in payment_ids]


def insert_landings(actor: Actor, landings: Sequence[Landing], *, now: datetime) -> None:
    """Append allocations and credit, and bring the cached figures along."""
    parts = [(landing, part) for landing in landings for part in landing.parts]
    _run(
        sql.INSERT_ALLOCATIONS,
        at=now,
        ids=array_of(ids.new_id_texts(len(parts))),
        payments=array_of([landing.payment_id for landing, _ in parts]),
        instalments=array_of([landing.instalment_ids[part.number - 1] for landing, part in parts]),
        numbers=array_of([part.number for _, part in parts]),
        amounts=array_of([part.minor for _, part in parts]),
    )
    _add(sql.FILL_INSTALMENTS, [(landing.instalment_ids[part.number - 1], part.minor) for landing, part in parts])
    _add(sql.FILL_INVOICES, [(landing.target.invoice_id, part.minor) for landing, part in parts])
    over = [landing for landing in landings if landing.credit_minor]
    if over:
        _run(
            sql.INSERT_CREDITS,
            at=now,
            ids=array_of([ids.new_id() for _ in over]),
            accounts=array_of([landing.target.account_id for landing in over]),
            payments=array_of([landing.payment_id for landing in over]),
            invoices=array_of([landing.target.invoice_id for landing in over]),
            amounts=array_of([landing.credit_minor for landing in over]),
        )
        _add(sql.KEEP_CREDITS, [(landing.target.account_id, landing.credit_minor) for landing in over])


def _add(statement: str, amounts: Sequence[tuple[UUID | str, int]]) -> None:
    """Add amounts to the cached figure of rows, one sum for each row."""
    sums: dict[UUID | str, int] = {}
    for row_id, minor in amounts:
        sums[row_id] = sums.get(row_id, 0) + minor
    if sums:
        _run(statement, ids=array_of(list(sums)), amounts=array_of(list(sums.values())))


def post_and_audit(actor: Actor, landings: Sequence[Landing], *, now: datetime) -> None:
    """Enter every payment in the books and in the audit."""
    today = organisation_in_scope().local_date(now)
    post_entries(
        [
            payment_entry(
                landing.payment_id,
                amount=landing.amount,
                method=landing.method,
                credit_minor=landing.credit_minor,
                on=today,
            )
            for landing in landings
        ],
        at=now,
    )
    record_many(
        actor,
        "billing.payment_recorded",
        "billing.payment",
        [landing.payment_id for landing in landings],
        facts=[
            {"amount_minor": landing.amount.minor, "currency": landing.amount.currency, "method": landing.method}
            for landing in landings
        ],
    )


def issue_receipts(actor: Actor, landings: Sequence[Landing], *, series: ReceiptSeries, now: datetime) -> None:
    """Number every payment of the batch, in its order; the series is locked last."""
    issued_on = organisation_in_scope().local_date(now)
    snapshots = [
        snapshot_of(
            landing.parts, amount=landing.amount, method=landing.method, credit_minor=landing.credit_minor,
            facts=landing.target.receipt_facts,
        )
        for landing in landings
    ]  # fmt: skip
    first = next_block(series.numbering_key(issued_on.year), len(landings))
    numbers = [series.number(issued_on.year, first + place) for place in range(len(landings))]
    _run(
        sql.INSERT_RECEIPTS,
        at=now,
        ids=array_of(ids.new_id_texts(len(landings))),
        payments=array_of([landing.payment_id for landing in landings]),
        numbers=text_array_of(numbers),
        snapshots=text_array_of(map(_encode, snapshots)),
        series=series.key,
        issued_on=issued_on,
    )


def open_accounts(charges: Sequence[Any], *, now: datetime) -> None:
    """Open the accounts of the customers to be charged that do not stand yet."""
    customers = sorted({(charge.customer_id, charge.currency) for charge in charges})
    _run(
        sql.OPEN_ACCOUNTS,
        at=now,
        ids=array_of([ids.new_id() for _ in customers]),
        customers=array_of([customer_id for customer_id, _ in customers]),
        currencies=text_array_of([currency for _, currency in customers]),
    )


def open_invoices(charges: Sequence[Any], invoice_ids: Sequence[UUID], *, today: date, now: datetime) -> None:
    """Insert invoices with their lines and instalments."""
    pairs = list(zip(charges, invoice_ids, strict=True))
    _run(
        sql.OPEN_INVOICES,
        at=now,
        today=today,
        ids=array_of(invoice_ids),
        customers=array_of([charge.customer_id for charge in charges]),
        purposes=text_array_of([charge.purpose for charge in charges]),
        subjects=array_of([charge.subject_id for charge in charges]),
        currencies=text_array_of([charge.currency for charge in charges]),
        totals=array_of([charge.total_minor for charge in charges]),
    )
    dues = [(invoice_id, due) for charge, invoice_id in pairs for due in charge.schedule]
    _run(
        sql.OPEN_INSTALMENTS,
        at=now,
        ids=array_of([ids.new_id() for _ in dues]),
        invoices=array_of([invoice_id for invoice_id, _ in dues]),
        numbers=array_of([due.number for _, due in dues]),
        dues=array_of([due.due_minor for _, due in dues]),
        days=array_of([due.due_on for _, due in dues]),
    )
    lines = [(invoice_id, line) for charge, invoice_id in pairs for line in charge.lines]
    _run(
        sql.OPEN_LINES,
        at=now,
        ids=array_of([ids.new_id() for _ in lines]),
        invoices=array_of([invoice_id for invoice_id, _ in lines]),
        descriptions=text_array_of([line.description for _, line in lines]),
        quantities=array_of([line.quantity for _, line in lines]),
        prices=array_of([line.unit_price for _, line in lines]),
        amounts=array_of([line.amount_minor for _, line in lines]),
    )


def cancel_invoices(invoice_ids: Sequence[UUID]) -> None:
    """Bring invoices and their instalments to zero and close them."""
    _run(sql.EMPTY_INSTALMENTS, invoices=array_of(invoice_ids))
    _run(sql.CANCEL_INVOICES, invoices=array_of(invoice_ids))
