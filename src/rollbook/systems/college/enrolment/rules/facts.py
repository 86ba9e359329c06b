"""What the rules of R18 are told: the term, the subjects and sections that are wanted, and what is taken already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from uuid import UUID

from rollbook.systems.college.catalogue.prerequisites import Node, StudentFacts
from rollbook.systems.college.enrolment.rules.gate import GateVerdict
from rollbook.systems.college.scheduling.rules import Slot


class Purpose(Enum):
    """What a seat is asked for, which decides how seats are looked at."""

    #: A seat now: enrolling, or holding it while the student decides.
    SEAT = "SEAT"
    #: A place in the queue of a section.
    QUEUE = "QUEUE"
    #: The seat that was offered to the student.
    OFFER = "OFFER"


class Past(Enum):
    """What became of a subject that the student took before."""

    PASSED = "PASSED"
    CREDITED = "CREDITED"
    INCOMPLETE = "INCOMPLETE"
    IN_PROGRESS = "IN_PROGRESS"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Item:
    """A subject that is wanted, in one section or in whichever fits."""

    subject_id: UUID
    section_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """A subject that is wanted, as the student's curriculum sees it."""

    id: UUID
    code: str
    title: str
    units: Decimal
    category: str
    allows_several_sections: bool = False
    #: In the curriculum, or approved in place of something that is.
    is_in_curriculum: bool = True
    #: Due in this very term by the curriculum.
    is_due: bool = True
    tree: Node | None = None
    past: frozenset[Past] = frozenset()
    attempts: int = 0
    #: An earlier attempt was failed, withdrawn from or ran out (R55).
    is_retake: bool = False
    #: Roles in which somebody agreed to this subject for this student.
    agreed_roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFacts:
    """A class of the term, with its seats as they are after the locks."""

    id: UUID
    subject_id: UUID
    code: str
    is_open: bool = True
    #: Neither a draft nor cancelled: a registrar may still put somebody in.
    is_shown: bool = True
    capacity: int = 40
    waitlist_capacity: int = 10
    #: Seats taken or held by others, and how many of them wait.
    seated: int = 0
    waiting: int = 0
    #: A seat of this section is held for, or offered to, this student.
    is_ours: bool = False
    slots: tuple[Slot, ...] = ()

    @property
    def seats_free(self) -> int:
        return max(self.capacity - self.seated, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A class that the student has in this term or in one that overlaps it."""

    subject_id: UUID
    code: str
    section_id: UUID
    section_code: str
    units: Decimal
    is_this_term: bool = True
    is_only_held: bool = False
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The student and the term: what is asked before any subject is looked at."""

    term: str
    max_units: Decimal
    #: The window in which subjects may be taken up now, in words, and whether it is open.
    window_text: str = ""
    is_window_open: bool = True
    student_number: str = ""
    is_active: bool = True
    status_text: str = ""
    #: Live holds that block enrolling, as the student may read them.
    holds: tuple[str, ...] = ()
    gate: GateVerdict = field(default_factory=lambda: GateVerdict(is_open=True, still_due=None))
    is_advising_missing: bool = False
    record: StudentFacts = field(default_factory=StudentFacts)
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that can be chosen from, by id."""

    subjects: Mapping[UUID, SubjectFacts]
    sections: Mapping[UUID, SectionFacts]
