"""Taking a subject again (R55)."""

from collections.abc import Iterable
from dataclasses import dataclass

#: After these a subject may be taken again, and the next attempt is a retake.
_REPEATED = frozenset({"FAILED", "WITHDRAWN"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier enrolment of the student in the same subject, and how it ended. An empty result is not over yet."""

    attempt_no: int
    result: str


@dataclass(frozen=True, slots=True)
class Again:
    """What the next enrolment in the subject is, or the code of why it may not be."""

    attempt_no: int
    is_retake: bool
    refusal: str = ""


def next_attempt(earlier: Iterable[Earlier]) -> Again:
    """The next attempt at a subject. An open incomplete is resolved, not repeated."""
    known = list(earlier)
    number = max((each.attempt_no for each in known), default=0) + 1
    is_retake = any(each.result in _REPEATED for each in known)
    return Again(number, is_retake, "INC_OPEN" if any(each.result == "INC" for each in known) else "")
