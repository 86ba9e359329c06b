"""What a student should take in a term, and why (R30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan, Recommendation, Why, recommend, stands_for
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.prerequisites import Node, StudentFacts
from rollbook.systems.college.catalogue.selectors import equivalents_on, plan_of, rules_for
from rollbook.systems.college.enrolment.reads.gathering import standing_row
from rollbook.systems.college.enrolment.reads.history import Record, record_of, with_rules
from rollbook.systems.college.enrolment.reads.rows import Row
from rollbook.systems.college.enrolment.rules.facts import SubjectFacts
from rollbook.systems.college.enrolment.rules.verdicts import prerequisite_problem


@dataclass(frozen=True, slots=True)
class Recommended:
    """A subject to take, why, and the sentence that says so."""

    place: Place
    why: Why
    sentence: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """The student's term as the plan sees it."""

    row: Row
    record: Record
    plan: Plan
    recommended: tuple[Recommended, ...]
    passed: frozenset[UUID]
    units_taken: Decimal

    @property
    def remaining_units(self) -> Decimal:
        """What the curriculum still asks for."""
        return sum((one.units for one in self.plan.missing(self.passed)), Decimal(0))


def outlook(enrolment_id: UUID, now: datetime) -> Outlook:
    """Look at one student in one term: what is passed, what is recommended."""
    row = standing_row(enrolment_id)
    record = record_of(row, now)
    plan = plan_of(row.curriculum_id) if row.curriculum_id else Plan.of(())
    today = organisation_in_scope().local_date(now)
    rules = rules_for(row.curriculum_id, [place.subject_id for place in plan.places]) if plan.places else {}
    passed = stands_for(record.passed_ids, equivalents_on(today, row.curriculum_id))
    carried = {one.subject_id: one.units for one in record.taken if one.is_this_term}
    units_taken = sum((one.units for one in record.taken if one.is_this_term), Decimal(0))
    found = _possible(row, record, plan, rules, passed, carried, units_taken, today)
    recommended = tuple(Recommended(one.place, one.why, _sentence(one.place, one.why, record)) for one in found)
    return Outlook(row, record, plan, recommended, passed, units_taken)


def _possible(
    row: Row, record: Record, plan: Plan, rules: dict[UUID, Node], passed: frozenset[UUID],
    carried: dict[UUID, Decimal], units_taken: Decimal, today: date,
) -> Sequence[Recommendation]:  # fmt: skip
    facts = with_rules(
        record.facts(year_level=row.year_level, is_provisional_allowed=False), rules.values(),
        curriculum_id=row.curriculum_id, today=today,
    )  # fmt: skip
    running = {one.subject_id for one in record.rows if record.is_carried(one)} | record.ids_with("INC")
    # Begin as if everything of this semester were taken together, then ask again with what is really left.
    together = frozenset(carried) | {place.subject_id for place in plan.places if place.semester == row.term_kind}
    while True:
        found = recommend(
            plan, semester=row.term_kind, year_level=row.year_level, passed=passed,
            to_retake=record.ids_with("FAILED", "WITHDRAWN") - passed, taken=running,
            units_left=row.max_units - units_taken,
            is_open=partial(_is_open, rules, facts, together),
        )  # fmt: skip
        left = frozenset(carried) | {one.place.subject_id for one in found}
        if left >= together or left == together:
            return found
        together &= left


def _is_open(rules: dict[UUID, Node], facts: StudentFacts, together: frozenset[UUID], place: Place) -> bool:
    subject = SubjectFacts(
        id=place.subject_id, code=place.code, title="", units=place.units, category=place.category,
        tree=rules.get(place.subject_id),
    )  # fmt: skip
    return prerequisite_problem(subject, facts, together)[0] is None


def _sentence(place: Place, why: Why, record: Record) -> str:
    semester = str(Term.Kind(place.semester).label).lower()
    when = _("year %(year)s, %(semester)s") % {"year": place.year_level, "semester": semester}
    if why is Why.RETAKE:
        return _("To be taken again: attempt %(number)s") % {"number": record.attempts_at(place.subject_id) + 1}
    if why is Why.BACK:
        return _("Left over from %(when)s") % {"when": when}
    return _("Due in %(when)s") % {"when": when}
