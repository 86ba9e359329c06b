"""Year level and regularity of many students at once, for a term that is opened for them (R28, R29)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from rollbook.core import clock
from rollbook.core.db.arrays import array_of
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.curriculum_rules import SEMESTERS, Plan, stands_for, year_level
from rollbook.systems.college.catalogue.selectors import equivalents_on, plan_of
from rollbook.systems.college.enrolment import policies, sql
from rollbook.systems.college.enrolment.reads.rows import Row, fetch
from rollbook.systems.college.enrolment.rules.regularity import History, irregular_reasons, sentence_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a student stands when a term is opened."""

    year_level: int = 1
    curriculum_id: UUID | None = None
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Subjects:
    """What one student took and was credited."""

    units: dict[UUID, Decimal] = field(default_factory=dict)
    by_result: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[UUID, str] = field(default_factory=dict)

    def note(self, row: Row) -> None:
        self.codes[row.subject_id] = row.code
        self.by_result[row.outcome].add(row.subject_id)
        if row.outcome in ("PASSED", "CREDITED"):
            self.units[row.subject_id] = row.units


def subjects_of(student_id: UUID) -> Subjects:
    """What one student took and was credited; nobody's is empty."""
    found = Subjects()
    for row in fetch(sql.OUTCOMES, students=array_of([student_id])):
        found.note(row)
    return found


def standings_of(student_ids: Collection[UUID], *, semester: str) -> dict[UUID, Standing]:
    """Where each of these students stands, in a fixed number of statements and one for each curriculum."""
    if not student_ids:
        return {}
    wanted = array_of(student_ids)
    subjects: dict[UUID, Subjects] = defaultdict(Subjects)
    for row in fetch(sql.OUTCOMES, students=wanted):
        subjects[row.student_id].note(row)
    plans: dict[UUID, Plan] = {}
    today, has_floor = organisation_in_scope().local_date(clock.now()), bool(get_policy(policies.YEAR_FLOOR))
    equivalents: dict[UUID, dict[UUID, frozenset[UUID]]] = {}
    found = {}
    for student in fetch(sql.FOLLOWED, students=wanted):
        curriculum_id = student.curriculum_id
        if curriculum_id is None:
            found[student.id] = Standing()
            continue
        if curriculum_id not in plans:
            plans[curriculum_id] = plan_of(curriculum_id)
            equivalents[curriculum_id] = equivalents_on(today, curriculum_id)
        found[student.id] = standing_on(
            student, subjects[student.id], plans[curriculum_id], equivalents[curriculum_id], semester, has_floor
        )
    return found


def standing_on(
    student: Row, subjects: Subjects, plan: Plan, equivalents: dict[UUID, frozenset[UUID]], semester: str,
    has_floor: bool,
) -> Standing:  # fmt: skip
    """Where a student stands on a plan, the one they follow or another."""
    own = subjects.by_result["PASSED"] | subjects.by_result["CREDITED"]
    passed = stands_for(own, equivalents)
    earned = sum(subjects.units.values(), Decimal(0))
    level = year_level(earned, plan.units_by_year, floor=_floor(plan, own) if has_floor else 1)
    history = History(
        # What is still being taken is neither missing nor to be repeated.
        passed=passed | frozenset(subjects.by_result["RUNNING"]),
        incomplete=frozenset(subjects.by_result["INC"]),
        no_grade=frozenset(subjects.by_result["NG"]),
        failed_or_withdrawn=frozenset(subjects.by_result["FAILED"] | subjects.by_result["WITHDRAWN"]),
        is_transferee=student.kind == "TRANSFEREE",
        has_credits=bool(subjects.by_result["CREDITED"]),
    )
    off = irregular_reasons(plan, history, when=(level, SEMESTERS.index(semester)), codes=subjects.codes)
    return Standing(level, student.curriculum_id, tuple(sentence_of(why, codes) for why, codes in off))


def _floor(plan: Plan, passed: Iterable[UUID]) -> int:
    done = set(passed)
    return max((place.year_level for place in plan.places if place.subject_id in done), default=1)
