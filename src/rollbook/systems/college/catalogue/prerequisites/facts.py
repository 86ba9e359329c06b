"""What a student has, as far as prerequisites ask for it. Enrolment fills it from its own rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Passed:
    """A subject that was passed at least once; what came after that pass does not matter (R20)."""

    #: The best grade among the passes; none for a pass without a number.
    best: Decimal | None = None
    #: Credited from another institution, which meets any grade that is asked for.
    is_credited: bool = False
    lower_is_better: bool = True

    def meets(self, min_grade: Decimal | None) -> bool:
        """Whether the best grade is no worse than the one that is asked for."""
        if min_grade is None or self.is_credited:
            return True
        if self.best is None:
            return False
        return self.best <= min_grade if self.lower_is_better else self.best >= min_grade


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFacts:
    """One student, looked at on one day for one term. Subjects that appear nowhere were never taken."""

    passed: Mapping[UUID, Passed] = field(default_factory=dict)
    in_progress: frozenset[UUID] = frozenset()
    #: Subjects with an open INC and its deadline; none while a leave stops the clock.
    incomplete: Mapping[UUID, date | None] = field(default_factory=dict)
    failed: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()
    #: Finished without a grade having come in.
    no_grade: frozenset[UUID] = frozenset()
    dropped: frozenset[UUID] = frozenset()
    #: What the student takes in the term itself, with what is asked for together with it.
    this_term: frozenset[UUID] = frozenset()
    year_level: int = 1
    earned_units: Decimal = Decimal(0)
    curriculum_units: Decimal = Decimal(0)
    #: The tags of each subject that was passed or credited.
    passed_tags: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    #: The major subjects of the curriculum; alternatives of one elective group stand in one set.
    majors: tuple[frozenset[UUID], ...] = ()
    #: Roles in which somebody agreed to this subject for this student.
    permissions: frozenset[str] = frozenset()
    #: For a subject, those that stand for it today: one step, never further.
    equivalents: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    #: Whether a subject that is being taken counts until its grade is there.
    allows_provisional: bool = False
    #: How people call the subjects that a rule may name.
    codes: Mapping[UUID, str] = field(default_factory=dict)

    def code_of(self, subject_id: UUID) -> str:
        """How people call a subject; a question mark for one that nobody named."""
        return self.codes.get(subject_id, "?")
