"""What an import of students asks of the rooms above: to enrol the students and to open their plans.

The records know nothing of enrolment or money. Who imports hands in an `Enroller`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.records.rules import PlanWanted


@dataclass(frozen=True, slots=True)
class EnrolmentWanted:
    """A row asks that a student be enrolled in a term, with a plan if it names one."""

    line: int
    student_id: UUID
    person_id: UUID
    programme_id: UUID
    term_id: UUID
    term_code: str
    year_level: int
    plan: PlanWanted | None


class Enroller(Protocol):
    """Enrols the students of a file in their terms."""

    def standing(self, pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
        """Which of these (student, term) are enrolled already."""
        ...

    def enrol(self, actor: Actor, wanted: Sequence[EnrolmentWanted]) -> Mapping[str, int]:
        """Enrol them all in a fixed number of statements; answer what was made, by kind."""
        ...

    def in_use(self, pairs: Sequence[tuple[UUID, UUID]], student_ids: Sequence[UUID]) -> list[str]:
        """Why these enrolments, and the students made with them, cannot be taken back; empty when they can."""
        ...

    def take_back(self, actor: Actor, pairs: Sequence[tuple[UUID, UUID]], reason: str) -> None:
        """Cancel these enrolments and what they owe."""
        ...


_enrollers: list[Enroller] = []


def use_enroller(enroller: Enroller) -> None:
    """Say, once and at the start, who enrols the students of files that are uploaded here."""
    _enrollers[:] = [enroller]


def enroller_in_use() -> Enroller | None:
    """Who enrols the students of an uploaded file; nobody where the rooms above are not installed."""
    return _enrollers[0] if _enrollers else None
