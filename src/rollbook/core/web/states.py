"""How the state of a record is shown: a word, a sign and a tone, never colour alone."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Words = str | Promise
Tone = Literal["good", "wait", "warn", "bad", "neutral", "info"]

#: The sign of each tone, so that it is read without seeing its colour.
SIGNS: dict[str, str] = {
    "good": "check",
    "wait": "clock",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "neutral": "circle",
    "info": "info",
}


@dataclass(frozen=True, slots=True)
class State:
    """A state as people meet it: "Paid", with a tick, on green."""

    label: Words
    tone: Tone = "neutral"
    icon: str = ""

    @property
    def sign(self) -> str:
        """The icon that stands beside the word."""
        return self.icon or SIGNS[self.tone]
