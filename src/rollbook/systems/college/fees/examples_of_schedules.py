"""Believable fee schedules, discounts and sponsors for tests. What matters to a test is said in the test."""

from decimal import Decimal
from typing import Any

from rollbook.core import clock
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import decide
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import change
from rollbook.shared.billing.selectors import instalment_states
from rollbook.shared.ledger.services import open_chart
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_member, an_administrator
from rollbook.systems.college.fees.models import Discount, FeeLine, FeeSchedule, Sponsor
from rollbook.systems.college.fees.policies import PLAN_MODE

#: Label, category, basis, price in minor units: 21 units and two laboratories come to 19,500.50.
USUAL_FEES = (
    ("Tuition", "TUITION", "PER_UNIT", 650_00),
    ("Laboratory", "LABORATORY", "PER_LAB_SUBJECT", 1_200_00),
    ("Miscellaneous", "MISCELLANEOUS", "FLAT", 3_450_50),
)


def a_schedule(
    code: str = "GENERAL", fees: tuple[tuple[Any, ...], ...] = USUAL_FEES, *, is_in_force: bool = True, **fields: Any
) -> FeeSchedule:
    """A schedule in force for everybody, unless more is said."""
    open_chart()
    made: FeeSchedule = FeeSchedule.objects.create(code=code, name=f"Fees {code}", **fields)
    for position, (label, category, basis, price, *subject) in enumerate(fees, start=1):
        FeeLine.objects.create(
            schedule=made, position=position, label=label, category=category, basis=basis, price_minor=price,
            subject=subject[0] if subject else None,
        )  # fmt: skip
    if is_in_force:
        made.state, made.activated_at = FeeSchedule.State.ACTIVE, clock.now()
        made.save(update_fields=["state", "activated_at"])
    return made


def plans_follow_schedules() -> None:
    """New plans are what the fee schedule comes to."""
    change(an_administrator(), PLAN_MODE, "ASSESSED", None, "We charge by units from now on")


def a_discount(code: str = "ACAD", **fields: Any) -> Discount:
    """Half of everything, unless more is said."""
    measures = {"method": "PERCENT", "percent": Decimal(50)} if "method" not in fields else {}
    made: Discount = Discount.objects.create(code=code, name=f"Discount {code}", **(measures | fields))
    return made


def a_sponsor(code: str = "CHED", **fields: Any) -> Sponsor:
    """An agency that pays for students."""
    made: Sponsor = Sponsor.objects.create(code=code, name=f"Sponsor {code}", **fields)
    return made


def a_supervisor() -> Actor:
    """Decides at the counter."""
    return a_member(roles.CASHIER_SUPERVISOR, name="Sonia Ramos")


def decided(request: ApprovalRequest, *, by: Actor | None = None) -> ApprovalRequest:
    """A request that a supervisor approved."""
    return decide(by or a_supervisor(), request.id, approve=True)


def dues_of(enrolment: TermEnrolment) -> list[int]:
    """What is due in each month of a plan."""
    enrolment.refresh_from_db()
    if enrolment.invoice_id is None:
        return []
    return [part.due_minor for part in instalment_states(enrolment.invoice_id)]
