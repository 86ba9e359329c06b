"""What a student took, takes and was credited: the facts that prerequisites and repeats are judged by (R20)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from rollbook.systems.college.catalogue.curriculum_rules import Plan
from rollbook.systems.college.catalogue.prerequisites import Node, Passed, StudentFacts, leaves_of, subjects_of
from rollbook.systems.college.catalogue.prerequisites.tree import AllMajor, PercentUnits
from rollbook.systems.college.catalogue.selectors import codes_of, equivalents_on, plan_of
from rollbook.systems.college.enrolment import sql
from rollbook.systems.college.enrolment.reads.rows import Row, fetch_hot, slots_of
from rollbook.systems.college.enrolment.rules.facts import Past, Taken

_HELD = frozenset({"RESERVED", "OFFERED"})


@dataclass(frozen=True, slots=True)
class Record:
    """One student's subjects as rows, and what follows from them."""

    rows: tuple[Row, ...]
    credits: tuple["Credit", ...]
    enrolment_id: UUID
    now: datetime
    _past: dict[UUID, set[Past]] = field(default_factory=dict)

    def past_of(self, subject_id: UUID) -> frozenset[Past]:
        """What became of a subject before."""
        return frozenset(self._past.get(subject_id, ()))

    def attempts_at(self, subject_id: UUID) -> int:
        """How often it was taken; what was dropped leaves no trace."""
        return max((row.attempt_no for row in self.rows if row.subject_id == subject_id and _counts(row)), default=0)

    def is_retake(self, subject_id: UUID) -> bool:
        """Whether an earlier attempt ended without a pass (R55)."""
        return any(row.subject_id == subject_id and row.result in ("FAILED", "WITHDRAWN") for row in self.rows)

    @property
    def taken(self) -> tuple[Taken, ...]:
        """The classes of this term and of terms that overlap it."""
        return tuple(
            Taken(
                subject_id=row.subject_id, code=row.code, section_id=row.section_id, section_code=row.section_code,
                units=row.units, is_this_term=row.term_enrolment_id == self.enrolment_id,
                is_only_held=row.state == "RESERVED", slots=slots_of(row.slots),
            )
            for row in self.rows
            if self.is_carried(row) and (row.overlaps or row.term_enrolment_id == self.enrolment_id)
        )  # fmt: skip

    def is_carried(self, row: Row) -> bool:
        """Whether a row counts for units and hours now."""
        if row.state == "RESERVED":
            return bool(row.reserved_until > self.now)
        return bool(
            row.state == "ENROLLED" or (row.state == "COMPLETED" and row.term_enrolment_id == self.enrolment_id)
        )

    def held_in(self, section_id: UUID) -> Row | None:
        """The row by which a seat of a section is held for, or offered to, the student in this term."""
        return next((row for row in self.rows if row.section_id == section_id and self.is_held(row)), None)

    def is_held(self, row: Row) -> bool:
        """Whether a seat is held by this row now."""
        until = row.reserved_until if row.state == "RESERVED" else row.offered_until
        return (
            row.term_enrolment_id == self.enrolment_id and row.state in _HELD and until is not None and until > self.now
        )

    @property
    def has_stale(self) -> bool:
        """Whether something of this term was held past its time."""
        return any(
            row.term_enrolment_id == self.enrolment_id and row.state in _HELD and not self.is_held(row)
            for row in self.rows
        )

    @property
    def earned_units(self) -> Decimal:
        """Units of every subject that was passed or credited, once each (R28)."""
        earned = {row.subject_id: row.units_granted for row in self.credits}
        earned |= {row.subject_id: row.units for row in self.rows if row.result == "PASSED"}
        return sum(earned.values(), Decimal(0))

    @property
    def passed_ids(self) -> frozenset[UUID]:
        """Subjects that were passed or credited."""
        return frozenset(subject for subject, past in self._past.items() if past & {Past.PASSED, Past.CREDITED})

    def ids_with(self, *results: str) -> frozenset[UUID]:
        """Subjects with such a result in some attempt."""
        return frozenset(row.subject_id for row in self.rows if row.result in results)

    def facts(self, *, year_level: int, is_provisional_allowed: bool) -> StudentFacts:
        """What prerequisites ask for, as far as the student's own rows say it."""
        running = frozenset(
            row.subject_id for row in self.rows
            if row.state == "ENROLLED" and not row.result
            # What is taken in the same term cannot have come before, not even provisionally.
            and not (is_provisional_allowed and row.term_enrolment_id == self.enrolment_id)
        )  # fmt: skip
        return StudentFacts(
            passed=_passes(self.rows, self.credits),
            in_progress=running,
            incomplete={row.subject_id: row.incomplete_until for row in self.rows if row.result == "INC"},
            failed=self.ids_with("FAILED"),
            withdrawn=frozenset(row.subject_id for row in self.rows if row.state == "WITHDRAWN"),
            no_grade=self.ids_with("NG"),
            dropped=frozenset(row.subject_id for row in self.rows if row.state == "DROPPED"),
            year_level=year_level,
            earned_units=self.earned_units,
            passed_tags={
                row.subject_id: frozenset(row.tags)
                for row in (*self.rows, *self.credits)
                if row.subject_id in self.passed_ids
            },
            allows_provisional=is_provisional_allowed,
            codes={row.subject_id: row.code for row in (*self.rows, *self.credits)},
        )


class Credit(NamedTuple):
    """A subject that counts as done because it was passed elsewhere."""

    subject_id: UUID
    units_granted: Decimal
    code: str
    tags: tuple[str, ...]


def record_of(standing: Row, now: datetime) -> Record:
    """Read a student's record, in one statement; the credits came with the term."""
    enrolment_id = standing.enrolment_id
    rows = tuple(
        fetch_hot(sql.HISTORY, student=standing.student_id, starts_on=standing.starts_on, ends_on=standing.ends_on)
    )
    credited = tuple(
        Credit(UUID(subject), Decimal(units), code, tuple(tags)) for subject, units, code, tags in standing.credits
    )
    past: dict[UUID, set[Past]] = defaultdict(set)
    for row in rows:
        if row.result == "PASSED":
            past[row.subject_id].add(Past.PASSED)
        elif row.result == "INC":
            past[row.subject_id].add(Past.INCOMPLETE)
        elif row.state == "ENROLLED" and not row.result and row.term_enrolment_id != enrolment_id:
            past[row.subject_id].add(Past.IN_PROGRESS)
    for credit in credited:
        past[credit.subject_id].add(Past.CREDITED)
    return Record(rows, credited, enrolment_id, now, dict(past))


def with_rules(facts: StudentFacts, trees: Iterable[Node], *, curriculum_id: UUID | None, today: date) -> StudentFacts:
    """The same facts with what these rules name: codes, equivalents, and the whole curriculum where one asks for it."""
    asked = list(trees)
    if not asked:
        return facts
    named = frozenset().union(*(subjects_of(tree) for tree in asked))
    equivalents = equivalents_on(today, curriculum_id)
    needed = named.union(*(equivalents.get(subject, frozenset()) for subject in named))
    changes: dict[str, Any] = {"equivalents": equivalents}
    if any(isinstance(leaf, AllMajor | PercentUnits) for tree in asked for leaf in leaves_of(tree)):
        plan = plan_of(curriculum_id) if curriculum_id else Plan.of(())
        changes |= {"majors": plan.majors, "curriculum_units": plan.total_units}
        needed = needed.union(place.subject_id for place in plan.places)
    codes = dict(facts.codes)
    if needed - codes.keys():
        codes |= codes_of(needed)
    return replace(facts, codes=codes, **changes)


def _counts(row: Row) -> bool:
    return row.state in ("ENROLLED", "COMPLETED", "WITHDRAWN")


def _passes(rows: Iterable[Row], credited: Iterable[Credit]) -> dict[UUID, Passed]:
    found = {row.subject_id: Passed(is_credited=True) for row in credited}
    for row in rows:
        if row.result != "PASSED":
            continue
        is_lower_better = row.direction == "LOWER_BETTER"
        before = found.get(row.subject_id)
        best = row.final_numeric
        if before is not None and before.best is not None:
            best = before.best if best is None else (min if is_lower_better else max)(best, before.best)
        found[row.subject_id] = Passed(
            best=best, is_credited=before is not None and before.is_credited, lower_is_better=is_lower_better
        )
    return found
