"""Payments from a file: every good row credited exactly once, every other one waiting with its reason.

Set-based: a chunk of rows is one transaction with a fixed number of statements, and gives the same
rows as one `take_payment` each would. An interrupted file goes on after its last finished chunk.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.db.batches import join_whole_sets
from rollbook.core.errors import Invalid
from rollbook.core.money import Money, NotAnAmount
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_in_scope
from rollbook.shared.billing import bulk, errors
from rollbook.shared.billing.models import BankFile, BankFileRow, Payment
from rollbook.shared.billing.rules import InstalmentState, Landing, settled_through, waterfall
from rollbook.shared.billing.services.landed import FollowUp, Landed
from rollbook.shared.billing.services.notes import keep_notes
from rollbook.shared.billing.services.payments import LARGEST_MINOR, take_payment
from rollbook.shared.billing.services.receipts import MAIN_SERIES, ReceiptSeries

#: Rows of one transaction: large enough to be fast, small enough that a counter never waits long.
CHUNK = 5000
METHODS = frozenset(Payment.Method.values)
REFERENCE_FAULT = gettext_lazy("The reference is missing or longer than 100 characters.")
CUSTOMER_FAULT = gettext_lazy("The customer's number is missing.")
METHOD_FAULT = gettext_lazy("The method must be one of %(choices)s.")
AMOUNT_FAULT = gettext_lazy("The amount must be a plain number from 0.01 to 9999999.99, such as 1250.00.")
TIME_FAULT = gettext_lazy("The time must look like 2026-08-31 or 2026-08-31T14:05.")
FUTURE_FAULT = gettext_lazy("The time of payment lies in the future.")
Reason = BankFileRow.Reason


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One line of the file as text."""

    line: int
    reference: str
    customer_number: str
    amount: str
    method: str
    paid_at: str
    fault: str = ""

    def content(self) -> dict[str, str]:
        return {
            "reference": self.reference, "customer_number": self.customer_number, "amount": self.amount,
            "method": self.method, "paid_at": self.paid_at,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """The plan that a customer's number leads to, with the facts its receipt freezes."""

    account_id: UUID
    invoice_id: UUID
    receipt_facts: dict[str, Any] = field(default_factory=dict)


#: From customer numbers to their one open plan, or to the reason why there is none.
FindTargets = Callable[[set[str]], dict[str, "Target | str"]]
#: What follows in the caller's room for every plan that a chunk reached.
BulkFollowUp = Callable[[list[Landed]], None]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row that waits, and why."""

    row: IncomingRow
    reason: str
    message: str


@dataclass(slots=True)
class FileOutcome:
    """What became of a file."""

    file_id: UUID
    row_count: int = 0
    credited_count: int = 0
    credited_minor: int = 0
    unmatched_count: int = 0
    was_imported_before: bool = False


def import_bank_file(
    actor: Actor,
    *,
    name: str,
    sha256: str,
    rows: Sequence[IncomingRow],
    find_targets: FindTargets,
    on_landed: BulkFollowUp | None = None,
    series: ReceiptSeries = MAIN_SERIES,
) -> FileOutcome:
    """Credit a file of payments. The same file again changes nothing."""
    with tenant_scope(actor.organisation_id):
        file, started = BankFile.objects.get_or_create(
            sha256=sha256, defaults={"name": name, "row_count": len(rows), "imported_by": actor.user_id}
        )
        if started:
            record(actor, "billing.bank_file_received", file, rows=len(rows))
    done_before = file.finished_line
    for chunk in _chunks([row for row in rows if row.line > done_before]):
        with tenant_scope(actor.organisation_id):
            _import_chunk(actor, file.id, chunk, find_targets, on_landed, series)
    with tenant_scope(actor.organisation_id):
        file.refresh_from_db()
    return FileOutcome(
        file.id, file.row_count, file.credited_count, file.credited_minor, file.unmatched_count,
        was_imported_before=not started and done_before >= max((row.line for row in rows), default=0),
    )  # fmt: skip


def _chunks(rows: Sequence[IncomingRow]) -> Iterator[Sequence[IncomingRow]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _import_chunk(
    actor: Actor,
    file_id: UUID,
    rows: Sequence[IncomingRow],
    find_targets: FindTargets,
    on_landed: BulkFollowUp | None,
    series: ReceiptSeries,
) -> None:
    # The file is locked first, so that two runs of it take turns; the second finds the chunk done.
    file = BankFile.objects.select_for_update().get(id=file_id)
    rows = [row for row in rows if row.line > file.finished_line]
    if not rows:
        return
    join_whole_sets()
    now = clock.now()
    readable, waiting = _read(rows, now)
    targets = find_targets({row.customer_number for row, _, _ in readable})
    matched = list(_match(readable, targets, waiting))
    credited = credit(actor, matched, series=series, now=now, on_landed=on_landed)
    credited_lines = {entry.line for entry in credited}
    waiting += [
        Unmatched(entry.row, Reason.DUPLICATE_REFERENCE, gettext("A payment with this reference is recorded already."))
        for entry in matched
        if entry.line not in credited_lines
    ]
    _keep_waiting(file, waiting, now)
    file.credited_count += len(credited)
    file.credited_minor += sum(entry.amount.minor for entry in credited)
    file.unmatched_count += len(waiting)
    file.finished_line = max(row.line for row in rows)
    file.save(update_fields=["credited_count", "credited_minor", "unmatched_count", "finished_line"])


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment that is to be credited to a plan."""

    row: IncomingRow
    target: Target
    amount: Money
    received_at: datetime

    @property
    def line(self) -> int:
        return self.row.line


def _read(
    rows: Iterable[IncomingRow], now: datetime
) -> tuple[list[tuple[IncomingRow, Money, datetime]], list[Unmatched]]:
    """Tell readable rows from malformed ones; each fault is a sentence about its field."""
    facts = organisation_in_scope()
    readable: list[tuple[IncomingRow, Money, datetime]] = []
    waiting: list[Unmatched] = []
    for row in rows:
        amount, paid_at, fault = _read_row(row, facts, now)
        if fault or amount is None or paid_at is None:
            waiting.append(Unmatched(row, Reason.MALFORMED, fault))
        else:
            readable.append((row, amount, paid_at))
    return readable, waiting


def _read_row(row: IncomingRow, facts: OrganisationFacts, now: datetime) -> tuple[Money | None, datetime | None, str]:
    amount = _read_amount(row.amount, facts.currency)
    paid_at = facts.read_local(row.paid_at)
    faults = (
        (not row.reference or len(row.reference) > 100, REFERENCE_FAULT),
        (not row.customer_number, CUSTOMER_FAULT),
        (row.method not in METHODS, METHOD_FAULT),
        (amount is None, AMOUNT_FAULT),
        (paid_at is None, TIME_FAULT),
        (paid_at is not None and paid_at > now, FUTURE_FAULT),
    )
    fault = row.fault or next((_in_words(sentence) for is_wrong, sentence in faults if is_wrong), "")
    return amount, paid_at, fault


def _in_words(fault: Promise) -> str:
    """Put into words only once a row has the fault: a file holds tens of thousands that have none."""
    return str(fault) % {"choices": ", ".join(Payment.Method.values)}


def _read_amount(text: str, currency: str) -> Money | None:
    try:
        amount = Money.parse(text, currency)
    except NotAnAmount:
        return None
    return amount if 0 < amount.minor <= LARGEST_MINOR else None


def _match(
    readable: Iterable[tuple[IncomingRow, Money, datetime]],
    targets: dict[str, "Target | str"],
    waiting: list[Unmatched],
) -> Iterator[Credit]:
    sentences = {
        Reason.UNKNOWN_CUSTOMER: gettext("Nobody here has this number."),
        Reason.NO_OPEN_INVOICE: gettext("There is no open plan to credit."),
        Reason.AMBIGUOUS: gettext("More than one term is open; choose the term by hand."),
    }
    for row, amount, paid_at in readable:
        target = targets.get(row.customer_number, Reason.UNKNOWN_CUSTOMER)
        if isinstance(target, Target):
            yield Credit(row, target, amount, paid_at)
        else:
            waiting.append(Unmatched(row, target, sentences[Reason(target)]))


def credit(
    actor: Actor,
    entries: Sequence[Credit],
    *,
    series: ReceiptSeries = MAIN_SERIES,
    now: datetime,
    on_landed: BulkFollowUp | None = None,
) -> list[Credit]:
    """Credit payments in one go and return those that were; a used reference is passed over."""
    bulk.lock_accounts(actor.organisation_id, {entry.target.account_id for entry in entries})
    payments = bulk.insert_payments(actor, [_payment_row(entry) for entry in entries], now=now)
    fresh = [(entry, payment_id) for entry, payment_id in zip(entries, payments, strict=True) if payment_id]
    if not fresh:
        return []
    plans, instalment_ids = _plans({entry.target.invoice_id for entry, _ in fresh})
    before = {invoice_id: list(plan) for invoice_id, plan in plans.items()}
    landings = []
    for entry, payment_id in fresh:
        plan = plans[entry.target.invoice_id]
        landed, left = waterfall(plan, entry.amount.minor)
        for landing in landed:
            part = plan[landing.number - 1]
            plan[landing.number - 1] = InstalmentState(
                part.number, part.due_minor, part.paid_minor + landing.minor, part.due_on, part.cover
            )
        places = instalment_ids[entry.target.invoice_id]
        landings.append(bulk.Landing(payment_id, entry.target, entry.amount, entry.row.method, landed, left, places))
    bulk.insert_landings(actor, landings, now=now)
    bulk.post_and_audit(actor, landings, now=now)
    _follow_up(before, plans, landings, now, on_landed)
    bulk.issue_receipts(actor, landings, series=series, now=now)
    return [entry for entry, _ in fresh]


def _payment_row(entry: Credit) -> bulk.PaymentRow:
    return bulk.PaymentRow(
        entry.target.account_id, entry.target.invoice_id, entry.amount, entry.row.method, entry.row.reference,
        entry.received_at,
    )  # fmt: skip


def _plans(invoice_ids: set[UUID]) -> tuple[dict[UUID, list[InstalmentState]], dict[UUID, list[str]]]:
    """The instalments of many plans by invoice, and their ids; instalment n stands at place n − 1."""
    plans: dict[UUID, list[InstalmentState]] = {}
    places: dict[UUID, list[str]] = {}
    for invoice_id, instalment_ids, *columns in bulk.read_plans(invoice_ids):
        plans[invoice_id] = list(map(InstalmentState, *columns))
        places[invoice_id] = instalment_ids
    return plans, places


def _follow_up(
    before: dict[UUID, list[InstalmentState]],
    after: dict[UUID, list[InstalmentState]],
    landings: Sequence[bulk.Landing],
    now: datetime,
    on_landed: BulkFollowUp | None,
) -> None:
    reached: dict[UUID, Landed] = {}
    for landing in landings:
        invoice_id = landing.target.invoice_id
        landed_here = reached[invoice_id].landings if invoice_id in reached else []
        reached[invoice_id] = Landed(
            invoice_id=invoice_id, account_id=landing.target.account_id, payment_id=landing.payment_id, at=now,
            instalments=after[invoice_id], settled_before=settled_through(before[invoice_id]),
            landings=[*landed_here, *(Landing(part.number, part.minor) for part in landing.parts)],
        )  # fmt: skip
    for landed in reached.values():
        keep_notes(landed)
    if on_landed:
        on_landed(list(reached.values()))


def resolve_row(
    actor: Actor,
    *,
    row_id: UUID,
    target: Target,
    series: ReceiptSeries = MAIN_SERIES,
    on_landed: FollowUp | None = None,
) -> BankFileRow:
    """Credit a waiting row to a plan that somebody chose; its reference must still be unused."""
    row = _lock_waiting(row_id)
    content = IncomingRow(line=row.line, **row.content)
    amount, paid_at, fault = _read_row(content, organisation_in_scope(), clock.now())
    if fault or amount is None:
        raise Invalid.field("row", fault)
    taken = take_payment(
        actor, invoice_id=target.invoice_id, amount=amount, method=content.method, received_at=paid_at,
        external_reference=content.reference, series=series, receipt_facts=target.receipt_facts, on_landed=on_landed,
    )  # fmt: skip
    row.state, row.payment_id, row.resolved_by = BankFileRow.State.RESOLVED, taken.payment_id, actor.user_id
    row.save(update_fields=["state", "payment_id", "resolved_by"])
    record(actor, "billing.bank_row_resolved", row, payment=taken.payment_id)
    return row


def dismiss_row(actor: Actor, *, row_id: UUID, reason: str) -> BankFileRow:
    """Close a waiting row without a payment."""
    row = _lock_waiting(row_id)
    row.state, row.resolution, row.resolved_by = BankFileRow.State.DISMISSED, reason[:300], actor.user_id
    row.save(update_fields=["state", "resolution", "resolved_by"])
    record(actor, "billing.bank_row_dismissed", row, reason=reason)
    return row


def _lock_waiting(row_id: UUID) -> BankFileRow:
    row: BankFileRow | None = BankFileRow.objects.select_for_update().filter(id=row_id).first()
    if row is None:
        raise errors.RowNotFound
    if row.state != BankFileRow.State.UNMATCHED:
        raise errors.InvalidState(state=row.get_state_display().lower(), act="settling it")
    return row


def _keep_waiting(file: BankFile, waiting: Sequence[Unmatched], now: datetime) -> None:
    BankFileRow.objects.bulk_create(
        BankFileRow(
            id=ids.new_id(), file_id=file.id, line=item.row.line, fingerprint=bulk.fingerprint(item.row.content()),
            content=item.row.content(), reason=item.reason, message=item.message[:300], created_at=now,
        )
        for item in waiting
    )  # fmt: skip
