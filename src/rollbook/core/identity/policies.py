"""What an organisation may decide about its own door."""

from rollbook.core.identity.rules import STAFF_IDLE_MINUTES
from rollbook.core.policies.register import declare
from rollbook.core.policies.services import get
from rollbook.core.policies.types import WholeNumber

IDLE_MINUTES = declare(
    "core.identity.staff_idle_minutes",
    WholeNumber(minimum=5, maximum=STAFF_IDLE_MINUTES),
    STAFF_IDLE_MINUTES,
    "Minutes without a request after which staff are signed out; it holds from their next sign-in.",
)


def idle_minutes_for_staff() -> int:
    """After how many minutes without a request staff of the organisation in scope are signed out."""
    minutes: int = get(IDLE_MINUTES)
    return minutes
