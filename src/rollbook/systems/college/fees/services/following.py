"""What follows when money lands or leaves: permits, the enrolment, the automatic hold. Same transaction."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.services.landed import Landed
from rollbook.systems.college.enrolment.services import settle_month_one, settle_month_one_in_bulk
from rollbook.systems.college.exams.services.settlement import PermitChanges, apply_settlement, apply_settlement_in_bulk
from rollbook.systems.college.fees.selectors import plan_of_invoice, plans_of_invoices
from rollbook.systems.college.fees.services.debts import follow_debts_of


def follow(
    actor: Actor, *, term_enrolment_id: UUID | None = None, may_be_held: bool = True
) -> Callable[[Landed], dict[str, Any]]:
    """The follow-up of a money act by `actor`; the term enrolment is looked up when the caller does not know it.

    The counter knows whether the student is held. When nobody is and no month crosses the line, nothing is asked; a
    hold that was placed at this very moment is seen by the statement about the permits.
    """

    def followed(landed: Landed) -> dict[str, Any]:
        has_crossed = landed.settled_through != landed.settled_before
        if not has_crossed and not may_be_held:
            return {"permits_issued": []}
        enrolment_id = term_enrolment_id or plan_of_invoice(landed.invoice_id)
        if enrolment_id is None:
            return {"permits_issued": []}
        changes = PermitChanges()
        if has_crossed:
            changes = apply_settlement(
                actor, term_enrolment_id=enrolment_id, settled_through=landed.settled_through, at=landed.at
            )
        if (landed.settled_before == 0) != (landed.settled_through == 0):
            settle_month_one(actor, term_enrolment_id=enrolment_id, is_settled=landed.settled_through > 0)
        if may_be_held or changes.is_held:
            follow_debts_of(actor, [enrolment_id])
        return {"permits_issued": [*changes.issued, *changes.restored]}

    return followed


def follow_in_bulk(actor: Actor) -> Callable[[list[Landed]], None]:
    """The same for a batch, with a fixed number of statements."""

    def followed(landed: list[Landed]) -> None:
        changed = [one for one in landed if one.settled_through != one.settled_before]
        enrolments = plans_of_invoices([one.invoice_id for one in changed])
        settled = [(enrolments[one.invoice_id], one.settled_through) for one in changed if one.invoice_id in enrolments]
        if not settled:
            return
        apply_settlement_in_bulk(actor, settled, at=landed[0].at)
        first = [enrolments[o.invoice_id] for o in changed if o.settled_before == 0 and o.invoice_id in enrolments]
        if first:
            settle_month_one_in_bulk(actor, first)
        follow_debts_of(actor, [enrolment_id for enrolment_id, _ in settled])

    return followed
