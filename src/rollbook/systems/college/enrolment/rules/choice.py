"""Which section to take when the student leaves the choice to us (R23)."""

from collections.abc import Iterable, Sequence

from rollbook.systems.college.enrolment.rules.facts import SectionFacts, Taken
from rollbook.systems.college.enrolment.rules.slots import first_clash


def best_section(sections: Iterable[SectionFacts], taken: Sequence[Taken]) -> SectionFacts | None:
    """An open section without a clash that has seats; then the most free seats, then the lowest code.

    Where none is without fault, the one with the least: so that the answer names what stands in the way.
    """
    shown = [section for section in sections if section.is_shown]
    return min(
        shown,
        key=lambda section: (
            not section.is_open, clashes(section, taken) > 0, not _has_seat(section), clashes(section, taken),
            -section.seats_free, section.code,
        ),
        default=None,
    )  # fmt: skip


def clashes(section: SectionFacts, taken: Sequence[Taken]) -> int:
    """With how many other classes a section cannot be attended."""
    return sum(first_clash(section.slots, one.slots) is not None for one in taken if one.section_id != section.id)


def _has_seat(section: SectionFacts) -> bool:
    return section.is_ours or (section.seats_free > 0 and section.waiting == 0)
