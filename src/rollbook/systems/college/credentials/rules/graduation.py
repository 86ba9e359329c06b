"""Who may graduate: everything the curriculum asks for, and nothing left open (R58)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.systems.college.catalogue.curriculum_rules import Plan, Requirement


@dataclass(frozen=True, slots=True)
class Facts:
    """What a student has, and what the college asks for."""

    #: Passed, credited, or stood for by an equivalent.
    done: Collection[UUID]
    earned_units: Decimal
    required_units: Decimal
    #: Earned by passing here.
    units_here: Decimal
    residency_units: Decimal
    #: Codes of subjects with an open INC or without a grade.
    incomplete: Sequence[str] = ()
    without_grade: Sequence[str] = ()
    #: What holds against graduating, in words.
    holds: Sequence[str] = ()
    #: None while nothing is graded.
    average: Decimal | None = None
    #: The worst average that is enough; None where none is asked for.
    worst_average: Decimal | None = None
    is_lower_better: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a student may graduate, and everything that stands in the way."""

    missing: tuple[Requirement, ...]
    earned_units: Decimal
    required_units: Decimal
    #: (code, fact) of every other reason.
    reasons: tuple[tuple[str, str], ...]

    @property
    def is_eligible(self) -> bool:
        return not self.missing and not self.reasons


def judge(plan: Plan, facts: Facts) -> Outcome:
    """Hold a student's record against a curriculum."""
    reasons = []
    if facts.earned_units < facts.required_units:
        reasons.append(
            (
                "UNITS",
                _("%(earned)s of %(required)s")
                % {"earned": plain(facts.earned_units), "required": plain(facts.required_units)},
            )
        )
    if facts.units_here < facts.residency_units:
        reasons.append(
            (
                "RESIDENCY",
                _("%(earned)s of %(required)s")
                % {"earned": plain(facts.units_here), "required": plain(facts.residency_units)},
            )
        )
    if facts.incomplete:
        reasons.append(("INC", ", ".join(facts.incomplete)))
    if facts.without_grade:
        reasons.append(("NG", ", ".join(facts.without_grade)))
    if facts.holds:
        reasons.append(("HOLD", ", ".join(facts.holds)))
    if _is_below(facts):
        reasons.append(("AVERAGE", f"{facts.average or '—'}, {facts.worst_average}"))
    return Outcome(plan.missing(facts.done), facts.earned_units, facts.required_units, tuple(reasons))


def _is_below(facts: Facts) -> bool:
    if facts.worst_average is None:
        return False
    if facts.average is None:
        return True
    if facts.is_lower_better:
        return facts.average > facts.worst_average
    return facts.average < facts.worst_average
