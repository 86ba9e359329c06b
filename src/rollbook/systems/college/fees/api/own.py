"""The student's own money over JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.api.shapes import AccountOut, Method, PaymentStateName, text

router = Router(tags=["College: my own"])


class OwnPayment(Schema):
    """A payment of one's own."""

    id: UUID
    amount: str
    method: Method
    received_at: datetime
    state: PaymentStateName
    receipt_id: UUID | None
    receipt_number: str | None


class OwnMoney(Schema):
    """One's own account with its payments."""

    account: AccountOut
    payments: list[OwnPayment]


@router.get("/payments", permission=permissions.OWN_ACCOUNT, response=OwnMoney)
def own_payments(request: ApiRequest) -> dict[str, Any]:
    """What I owe, what I paid and what I have in credit."""
    student_id = selectors.own_student_id(request.actor)
    rows = selectors.payment_rows(request.actor, student_id)[:200]
    return {
        "account": selectors.account(request.actor, student_id, None),
        "payments": [{**row, "amount": text(row["amount_minor"], row["currency"])} for row in rows],
    }
