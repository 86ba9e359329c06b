"""What enrolment tells the schedule. Enrolment stands above this room, so it registers its answers here.

`site/wiring.py` calls `register_roll(...)`; until somebody does, nobody is in a class and the students expected are
counted from the records.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.scheduling.generating import Demand
from rollbook.systems.college.scheduling.rules import Slot


@dataclass(frozen=True, slots=True)
class StudentConflict:
    """A student whose other class would overlap if a meeting were saved."""

    student_id: UUID
    student_number: str
    name: str
    #: The other class in words, such as "IT101 BSIT-1A".
    other_class: str
    slot: Slot


class Roll(ABC):
    """Who is in which class."""

    @abstractmethod
    def seats_taken(self, section_ids: Sequence[UUID]) -> dict[UUID, int]:
        """How many seats of each section are reserved or taken; a section without any may be left out."""

    @abstractmethod
    def student_conflicts(self, section_id: UUID, slots: Sequence[Slot]) -> list[StudentConflict]:
        """The students of a section whose other classes conflict with these slots of it."""

    @abstractmethod
    def expected_students(self, term_id: UUID) -> list[Demand] | None:
        """How many students of each programme and year are expected in a term; None when nobody can say."""

    @abstractmethod
    def sections_of(self, person_id: UUID) -> list[UUID]:
        """The sections that a person is enrolled in as a student, for their calendar."""

    @abstractmethod
    def class_list_of(self, actor: Actor, section_id: UUID) -> str:
        """Where the class list of a section stands; empty for whoever may not see it."""

    @abstractmethod
    def overlapping_students(self, term_id: UUID) -> list[StudentConflict]:
        """Every student of a term whose own classes overlap without an override, for the nightly report."""


class NobodyYet(Roll):
    """The answers while no room knows who is in a class."""

    def seats_taken(self, section_ids: Sequence[UUID]) -> dict[UUID, int]:
        return {}

    def student_conflicts(self, section_id: UUID, slots: Sequence[Slot]) -> list[StudentConflict]:
        return []

    def expected_students(self, term_id: UUID) -> list[Demand] | None:
        return None

    def sections_of(self, person_id: UUID) -> list[UUID]:
        return []

    def class_list_of(self, actor: Actor, section_id: UUID) -> str:
        return ""

    def overlapping_students(self, term_id: UUID) -> list[StudentConflict]:
        return []


_registered: list[Roll] = []


def register_roll(roll: Roll) -> None:
    """Let enrolment answer from now on. One room answers: the last one that was registered."""
    _registered[:] = [roll]


def roll() -> Roll:
    """Whoever answers for who is in which class."""
    return _registered[0] if _registered else NobodyYet()
