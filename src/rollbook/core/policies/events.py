"""What other rooms may want to follow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class SettingReachesBack:
    """A setting was changed from a moment in the past on, and the number of what stands already was confirmed."""

    actor: Actor
    key: str
    before: Any
    value: Any
    effective_from: datetime
    reason: str
