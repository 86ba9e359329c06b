"""Templates of mappings, exam weeks, and who may sit. No database, no clock, no settings."""

from dataclasses import dataclass
from datetime import date, timedelta

#: In front of every permit's code: PRM-2031-7KQ2M9XD.
PREFIX = "PRM"

ENFORCE, ADVISORY = "ENFORCE", "ADVISORY"

#: R42: which month each exam asks for, in the order of the term.
TEMPLATES: dict[str, tuple[tuple[str, int], ...]] = {
    "STANDARD_4": (("PRELIM", 1), ("MIDTERM", 2), ("PREFINAL", 3), ("FINAL", 4)),
    "STRETCH_4": (("PRELIM", 1), ("MIDTERM", 2), ("PREFINAL", 4), ("FINAL", 6)),
    # Month 1 is the enrolment gate only.
    "SIX_STEP": (("CHAPTER", 2), ("PRELIM", 3), ("MIDTERM", 4), ("PREFINAL", 5), ("FINAL", 6)),
}
NAMES = {
    "CHAPTER": "Chapter exam", "PRELIM": "Prelim", "MIDTERM": "Midterm", "PREFINAL": "Prefinal", "FINAL": "Final",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """The days of one exam, both included."""

    opens_on: date
    closes_on: date

    def overlap(self, first: date, last: date) -> "Window | None":
        """The part of it that lies within other days."""
        opens_on, closes_on = max(self.opens_on, first), min(self.closes_on, last)
        return Window(opens_on, closes_on) if opens_on <= closes_on else None


def usual_windows(starts_on: date, ends_on: date, count: int) -> list[Window]:
    """Exam weeks spread evenly over a term, each the last seven days of its share; the registrar moves them."""
    days = (ends_on - starts_on).days + 1
    windows = []
    for index in range(1, count + 1):
        last = starts_on + timedelta(days=max(days * index // count, 1) - 1)
        first = max(last - timedelta(days=6), starts_on)
        windows.append(Window(min(first, last), last))
    return windows


def may_sit(policy: str, *, permit_opens: bool) -> bool:
    """Under ADVISORY nobody is turned away; the permit only tells whether the months are settled (R43)."""
    return permit_opens or policy == ADVISORY
