"""How far a student has come in the curriculum: what is done, what runs, what is left. No database, no clock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from rollbook.systems.college.catalogue.curriculum_rules import Plan, Requirement

DONE, RUNNING, LEFT = "DONE", "RUNNING", "LEFT"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that has to be passed, and whether it is."""

    requirement: Requirement
    state: str


@dataclass(frozen=True, slots=True)
class Share:
    """The units of one group of subjects. An elective that is chosen from several counts once."""

    category: str
    done: Decimal
    running: Decimal
    left: Decimal


def steps_of(plan: Plan, done: Collection[UUID], running: Collection[UUID]) -> tuple[Step, ...]:
    """Every requirement in the order of time; both collections hold what equivalents stand for as well."""
    return tuple(Step(requirement, _state(requirement, done, running)) for requirement in plan.requirements)


def _state(requirement: Requirement, done: Collection[UUID], running: Collection[UUID]) -> str:
    if requirement.is_met_by(done):
        return DONE
    return RUNNING if requirement.is_met_by(running) else LEFT


def shares_of(steps: Sequence[Step], categories: Sequence[str]) -> tuple[Share, ...]:
    """The units of each group that the curriculum has, in the order of the groups."""
    found = []
    for category in categories:
        mine = [step for step in steps if step.requirement.first.category == category]
        if mine:
            found.append(Share(category, *(_units(mine, state) for state in (DONE, RUNNING, LEFT))))
    return tuple(found)


def _units(steps: Sequence[Step], state: str) -> Decimal:
    return sum((step.requirement.units for step in steps if step.state == state), Decimal(0))
