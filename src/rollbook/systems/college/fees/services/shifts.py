"""The cashier's own shift, and the supervisor's word on differences (R40)."""

from uuid import UUID

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Shift, ShiftMovement
from rollbook.shared.billing.services import shifts as billing
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.policies import VARIANCE_TOLERANCE

CLOSE_WITH_VARIANCE = "college.fees.close_with_variance"


def open_shift(actor: Actor, *, station: str, opening_float: Money) -> Shift:
    """Open one's own shift at a station."""
    actor.require(permissions.RUN_SHIFT)
    return billing.open_shift(actor, station=station, opening_float=opening_float)


def move_cash(actor: Actor, *, shift_id: UUID, kind: str, amount: Money, note: str = "") -> ShiftMovement:
    """Take cash to the safe, or bring change into the drawer."""
    actor.require(permissions.RUN_SHIFT)
    if kind not in (ShiftMovement.Kind.PICK_UP, ShiftMovement.Kind.TOP_UP) or amount.minor <= 0:
        raise errors.AmountOutOfRange
    return billing.move_cash(actor, shift_id=shift_id, kind=kind, amount=amount, note=note)


def close_shift(actor: Actor, *, shift_id: UUID, denominations: dict[str, int]) -> Shift:
    """Close one's own shift with the count of its drawer; a larger difference goes to a supervisor."""
    actor.require(permissions.RUN_SHIFT)
    return billing.close_shift(
        actor, shift_id=shift_id, denominations=denominations, tolerance_minor=policies.get(VARIANCE_TOLERANCE)
    )


def request_close_with_variance(
    actor: Actor, *, shift_id: UUID, denominations: dict[str, int], reason: str
) -> ApprovalRequest:
    """Ask a supervisor to accept a drawer that is off by more than the tolerance."""
    actor.require(permissions.RUN_SHIFT)
    shift = Shift.objects.filter(id=shift_id, cashier_id=actor.acting_user_id()).first()
    if shift is None:
        raise errors.ShiftNotFound
    if shift.state != Shift.State.OPEN:
        raise errors.ShiftNotOpen
    variance = billing.counted_total(denominations) - billing.drawer_of(shift).expected_minor
    payload = {"denominations": denominations, "amount_minor": variance, "currency": shift.currency}
    return propose(actor, kind=CLOSE_WITH_VARIANCE, target=shift, reason=reason, payload=payload)


def carry_out_close(actor: Actor, request: ApprovalRequest) -> Shift:
    """Close the shift as it was counted; called by the approvals room."""
    return billing.close_shift(
        actor, shift_id=request.target_id, denominations=request.payload["denominations"],
        tolerance_minor=policies.get(VARIANCE_TOLERANCE), variance_approved_by=actor.user_id,
    )  # fmt: skip
