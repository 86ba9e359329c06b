"""What an organisation may decide about its own door."""

from rollbook.core.identity.rules import STAFF_IDLE_MINUTES
from rollbook.core.policies.register import declare
from rollbook.core.policies.services import get
from rollbook.core.policies.types import WholeNumber, YesNo

IDLE_MINUTES = declare(
    "core.identity.staff_idle_minutes",
    WholeNumber(minimum=5, maximum=STAFF_IDLE_MINUTES),
    STAFF_IDLE_MINUTES,
    "Minutes without a request after which staff are signed out; it holds from their next sign-in.",
)

IMPERSONATION = declare(
    "core.identity.impersonation",
    YesNo(),
    True,
    "Whether administrators may act for a member: 30 minutes, with a reason, under both names.",
    label="Acting for a member",
)


def may_act_for_others() -> bool:
    """Whether administrators of the organisation in scope may act for a member."""
    return bool(get(IMPERSONATION))


def idle_minutes_for_staff() -> int:
    """After how many minutes without a request staff of the organisation in scope are signed out."""
    minutes: int = get(IDLE_MINUTES)
    return minutes
