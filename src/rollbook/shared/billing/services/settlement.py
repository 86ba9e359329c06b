"""Moving money that is already here: credit that is used, plans that change, payments that are undone.

Not hot: the rows of one invoice are read, the pure rule `rules.settle` says what moves, and the
movements are appended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import sql
from rollbook.shared.billing.models import Account, Allocation, CreditEntry, Instalment, Invoice
from rollbook.shared.billing.rules import (
    Holding,
    InstalmentState,
    Landing,
    Movement,
    settle,
    settled_through,
    waterfall,
)
from rollbook.shared.billing.services.landed import Landed
from rollbook.shared.ledger import chart
from rollbook.shared.ledger.services import Entry, Line, post_entries

CREDIT_REASONS = {
    "REVERSAL": CreditEntry.Reason.WITHDRAWN,
    "REALLOCATION": CreditEntry.Reason.EXCESS,
    "CREDIT_APPLIED": CreditEntry.Reason.APPLIED,
}


@dataclass(slots=True)
class Plan:
    """One invoice with its instalments and what each payment holds in them."""

    invoice: Invoice
    instalments: list[Instalment]
    holdings: list[Holding]
    #: Unspent credit that arose from payments of this invoice, oldest first.
    own_credit: dict[UUID, int]

    def states(self) -> list[InstalmentState]:
        return [InstalmentState(i.number, i.due_minor, i.paid_minor, i.due_on, i.cover) for i in self.instalments]

    def landed(self, *, at: datetime, settled_before: int, payment_id: UUID | None = None) -> Landed:
        return Landed(
            invoice_id=self.invoice.id,
            account_id=self.invoice.account_id,
            payment_id=payment_id,
            at=at,
            instalments=self.states(),
            settled_before=settled_before,
        )


def load_plan(invoice: Invoice) -> Plan:
    """Read one invoice's plan; the account must be locked."""
    instalments = list(Instalment.objects.filter(invoice_id=invoice.id).order_by("number"))
    numbers = {instalment.id: instalment.number for instalment in instalments}
    rows = (
        Allocation.objects.filter(instalment__invoice_id=invoice.id)
        .values("payment_id", "instalment_id", "payment__received_at")
        .annotate(minor=Sum("amount_minor"))
        .filter(minor__gt=0)
        .order_by("payment__received_at", "payment_id")
    )
    ages: dict[UUID, int] = {}
    holdings = [
        Holding(
            row["payment_id"],
            ages.setdefault(row["payment_id"], len(ages)),
            numbers[row["instalment_id"]],
            row["minor"],
        )
        for row in rows
    ]
    return Plan(invoice, instalments, holdings, _unspent_credit(payment__invoice_id=invoice.id))


def _unspent_credit(**conditions: object) -> dict[UUID, int]:
    """Unspent credit by the payment it came from, oldest first."""
    rows = (
        CreditEntry.objects.filter(**conditions)
        .values("payment_id", "payment__received_at")
        .annotate(minor=Sum("amount_minor"))
        .filter(minor__gt=0)
        .order_by("payment__received_at", "payment_id")
    )
    return {row["payment_id"]: row["minor"] for row in rows}


def resettle(
    account: Account,
    plan: Plan,
    *,
    now: datetime,
    dues: Sequence[int] | None = None,
    returned: dict[UUID, int] | None = None,
    payment_id: UUID | None = None,
) -> Landed:
    """Bring one plan to its lawful waterfall after its dues changed or money was taken back.

    The books are the caller's: `credit_minor` of the answer is the change of the account's credit.
    """
    settled_before = settled_through(plan.states())
    if dues is not None:
        for instalment, due_minor in zip(plan.instalments, dues, strict=True):
            instalment.due_minor = due_minor
        plan.invoice.total_minor = sum(dues)
    movements = settle(
        {instalment.number: instalment.due_minor for instalment in plan.instalments},
        plan.holdings,
        plan.own_credit,
        returned=returned,
    )
    credit_change = append_movements(account, plan, movements, now=now)
    landed = plan.landed(at=now, settled_before=settled_before, payment_id=payment_id)
    return Landed(
        invoice_id=landed.invoice_id, account_id=landed.account_id, payment_id=payment_id, at=now,
        instalments=landed.instalments, settled_before=settled_before, credit_minor=credit_change,
    )  # fmt: skip


def append_movements(account: Account, plan: Plan, movements: Sequence[Movement], *, now: datetime) -> int:
    """Append the movements, bring the cached figures along, and return the change of the account's credit."""
    by_number = {instalment.number: instalment for instalment in plan.instalments}
    in_parts = [movement for movement in movements if movement.number is not None]
    in_credit = [movement for movement in movements if movement.number is None]
    Allocation.objects.bulk_create(
        Allocation(
            payment_id=movement.payment_id,
            instalment_id=by_number[movement.number or 0].id,
            amount_minor=movement.minor,
            sequence=place,
            reason=movement.reason,
            created_at=now,
        )
        for place, movement in enumerate(in_parts, start=1)
    )
    CreditEntry.objects.bulk_create(
        CreditEntry(
            account_id=account.id,
            payment_id=movement.payment_id,
            invoice_id=plan.invoice.id,
            amount_minor=movement.minor,
            reason=CREDIT_REASONS[movement.reason],
            created_at=now,
        )
        for movement in in_credit
    )
    for movement in in_parts:
        by_number[movement.number or 0].paid_minor += movement.minor
    _save_figures(plan)
    credit_change = sum(movement.minor for movement in in_credit)
    if credit_change:
        account.credit_minor += credit_change
        account.save(update_fields=["credit_minor"])
    return credit_change


def _save_figures(plan: Plan) -> None:
    """Write dues and paid figures of a plan in one statement, so that no constraint sees a half-way state."""
    plan.invoice.paid_minor = sum(instalment.paid_minor for instalment in plan.instalments)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SAVE_PLAN,
            {
                "organisation": require_organisation_id(),
                "invoice": plan.invoice.id,
                "total": plan.invoice.total_minor,
                "paid_total": plan.invoice.paid_minor,
                "ids": [instalment.id for instalment in plan.instalments],
                "dues": [instalment.due_minor for instalment in plan.instalments],
                "paid": [instalment.paid_minor for instalment in plan.instalments],
            },
        )


def apply_account_credit(account: Account, invoice: Invoice, *, now: datetime) -> Landed:
    """Let the account's credit fill an invoice, oldest credit first, and enter it in the books (R35)."""
    plan = load_plan(invoice)
    settled_before = settled_through(plan.states())
    movements: list[Movement] = []
    landings: list[Landing] = []
    for payment_id, minor in _unspent_credit(account_id=account.id).items():
        landed, left = waterfall(_after(plan, landings), minor)
        landings += landed
        movements += [Movement(payment_id, landing.number, landing.minor, "CREDIT_APPLIED") for landing in landed]
        if left < minor:
            movements.append(Movement(payment_id, None, left - minor, "CREDIT_APPLIED"))
    used = -append_movements(account, plan, movements, now=now)
    if used:
        today = organisation_in_scope().local_date(now)
        lines = [Line(chart.CUSTOMER_CREDIT, used), Line(chart.RECEIVABLE, -used)]
        post_entries([Entry(today, "billing.credit_applied", invoice.id, invoice.currency, lines)], at=now)
    return plan.landed(at=now, settled_before=settled_before)


def _after(plan: Plan, landings: Sequence[Landing]) -> list[InstalmentState]:
    """The plan's instalments with landings of this act already in them."""
    more: dict[int, int] = {}
    for landing in landings:
        more[landing.number] = more.get(landing.number, 0) + landing.minor
    return [
        InstalmentState(i.number, i.due_minor, i.paid_minor + more.get(i.number, 0), i.due_on, i.cover)
        for i in plan.instalments
    ]
