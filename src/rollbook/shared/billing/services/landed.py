"""What a money act tells its caller, so that it can follow up in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rollbook.shared.billing.rules import InstalmentState, Landing, settled_through


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """Where a money act left a plan."""

    invoice_id: UUID
    account_id: UUID
    payment_id: UUID | None
    at: datetime
    #: Every instalment after the act, in order.
    instalments: list[InstalmentState]
    #: How many instalments were settled in a row before the act.
    settled_before: int
    landings: list[Landing] = field(default_factory=list)
    credit_minor: int = 0

    @property
    def settled_through(self) -> int:
        """The highest m for which every instalment 1..m is paid or covered."""
        return settled_through(self.instalments)


#: What must follow in the caller's room, in the same transaction; its facts join the outcome.
FollowUp = Callable[[Landed], dict[str, Any]]
