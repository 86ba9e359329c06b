"""The totals of a student's account, for those who keep the record and take no money."""

from typing import Any
from uuid import UUID

from ninja import Path, Schema

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.money import Money
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.reads.totals import totals_of

router = Router(tags=["College plans"])


class TermTotalsOut(Schema):
    """One term: what it costs, what came in, what is open and what of that is late."""

    term: str
    is_cancelled: bool
    total: str
    paid: str
    balance: str
    late: str


class AccountTotalsOut(Schema):
    """A student's terms, the latest first, and what they come to. Single payments are not here."""

    student_id: UUID
    currency: str
    total: str
    paid: str
    balance: str
    late: str
    credit: str
    terms: list[TermTotalsOut]


@router.get("/students/{student_id}/account-totals", permission=permissions.SEE_TOTALS, response=AccountTotalsOut)
def account_totals(request: ApiRequest, student_id: Path[UUID]) -> dict[str, Any]:
    """What a student owes and has paid by term; who looks leaves a trace."""
    found = totals_of(request.actor, student_id)
    return {
        "student_id": found.student.id, "currency": found.total.currency,
        **_texts(total=found.total, paid=found.paid, balance=found.balance, late=found.late, credit=found.credit),
        "terms": [
            {
                "term": one.term, "is_cancelled": one.is_cancelled,
                **_texts(total=one.total, paid=one.paid, balance=one.balance, late=one.late),
            }
            for one in found.terms
        ],
    }  # fmt: skip


def _texts(**amounts: Money) -> dict[str, str]:
    return {name: amount.to_decimal_string() for name, amount in amounts.items()}
