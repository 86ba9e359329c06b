"""Which value holds at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Version:
    """One value of a setting, from a moment on."""

    number: int
    value: Any
    effective_from: datetime


def version_at(versions: Iterable[Version], moment: datetime) -> Version | None:
    """The version that holds at a moment: the latest to begin by then, and of two such the later made."""
    begun = [version for version in versions if version.effective_from <= moment]
    return max(begun, key=lambda version: (version.effective_from, version.number), default=None)
