"""What a student's subjects come to in another curriculum, before anybody decides (R20, R28, R29)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from rollbook.core import clock
from rollbook.core.db.arrays import array_of
from rollbook.core.figures import plain
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.curriculum_rules import Plan, stands_for
from rollbook.systems.college.catalogue.models import Curriculum
from rollbook.systems.college.catalogue.selectors import equivalents_on, plan_of
from rollbook.systems.college.enrolment import policies, sql
from rollbook.systems.college.enrolment.reads.rows import fetch
from rollbook.systems.college.enrolment.reads.standings import Subjects, standing_on, subjects_of
from rollbook.systems.college.records.events import TransferConsidered


def evaluate(event: TransferConsidered) -> None:
    """Fill in what counts, what does not, what is missing, and the year level that follows."""
    curriculum = Curriculum.objects.get(id=event.curriculum_id)
    wanted = array_of([event.student_id])
    subjects = subjects_of(event.student_id)
    plan = plan_of(curriculum.id)
    equivalents = equivalents_on(organisation_in_scope().local_date(clock.now()), curriculum.id)
    student = fetch(sql.FOLLOWED, students=wanted)[0]
    standing = standing_on(
        student, subjects, plan, equivalents, event.semester, bool(get_policy(policies.YEAR_FLOOR))
    )  # fmt: skip
    done = subjects.by_result["PASSED"] | subjects.by_result["CREDITED"]
    missing = plan.missing(stands_for(done, equivalents))
    needed = sum((one.units for one in missing), Decimal(0))
    event.evaluation.update(
        curriculum=curriculum.name,
        required_units=plain(plan.total_units),
        missing_units=plain(needed),
        earned_units=plain(sum(subjects.units.values(), Decimal(0))),
        year_level=standing.year_level,
        reasons=list(standing.reasons),
        counted=_counted(plan, subjects, done, equivalents),
        outside=_outside(plan, subjects, done, equivalents),
        running=sorted(subjects.codes[one] for one in subjects.by_result["RUNNING"]),
        missing=[
            {
                "codes": one.codes, "units": plain(one.units), "year_level": one.first.year_level,
                "semester": one.first.semester,
            }
            for one in missing
        ],
    )  # fmt: skip


def _counted(
    plan: Plan, subjects: Subjects, done: set[UUID], equivalents: dict[UUID, frozenset[UUID]]
) -> list[dict[str, Any]]:
    """Every subject that meets something of the plan, by itself or as what stands for it."""
    rows = []
    for place in plan.places:
        others = sorted(done & equivalents.get(place.subject_id, frozenset()), key=lambda one: subjects.codes[one])
        by = place.subject_id if place.subject_id in done else next(iter(others), None)
        if by is None:
            continue
        is_credited = by in subjects.by_result["CREDITED"]
        rows.append(
            {
                "code": place.code, "by": subjects.codes[by], "units": plain(subjects.units[by]),
                "how": "CREDITED" if is_credited else "PASSED",
            }
        )  # fmt: skip
    return rows


def _outside(plan: Plan, subjects: Subjects, done: set[UUID], equivalents: dict[UUID, frozenset[UUID]]) -> list[str]:
    """What was passed and meets nothing there. It stays on the record and counts in the average."""
    asked = {place.subject_id for place in plan.places}
    meets = asked.union(*(equivalents.get(one, frozenset()) for one in asked))
    return sorted(subjects.codes[one] for one in done - meets)
