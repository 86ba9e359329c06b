"""What time does to grades: incompletes expire, warnings go out, what was not submitted becomes NG (R46, R49)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core import clock, ids
from rollbook.core.audit.services import record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.enrolment.services.results import ResultSet, set_results
from rollbook.systems.college.grading.errors import NoScale
from rollbook.systems.college.grading.events import (
    CaseNamed,
    ClassNotGraded,
    GradesPosted,
    IncExpired,
    IncWarning,
    NotGradedOverdue,
)
from rollbook.systems.college.grading.models import Component, GradeEvent
from rollbook.systems.college.grading.policies import BECOMES_FAILED, INC_OUTCOME, NG_AFTER_DAYS
from rollbook.systems.college.grading.rules.incomplete import WARNING_DAYS, warning_due
from rollbook.systems.college.grading.rules.scales import Scale, Value, outcome
from rollbook.systems.college.grading.scales import scale_in_force, scales_by_id
from rollbook.systems.college.grading.services.deadlines import TARGET, follow_leaves
from rollbook.systems.college.grading.services.results import recompute
from rollbook.systems.college.grading.services.writing import Entry, Line, enter_grades, replace_values
from rollbook.systems.college.grading.sql import execute, incompletes, named, sheets

#: NG grades are told to the dean when they are older than this after the term.
NG_PATIENCE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Expired:
    """What ran out."""

    case_ids: list[UUID]
    student_ids: list[UUID]


@transaction.atomic
def expire_incompletes(actor: Actor, case_ids: Iterable[UUID] | None = None) -> Expired:
    """Let incompletes whose deadline has passed become the grade that the college's policy says.

    The same fixed number of statements for one case or for ten thousand; twice is the same as once. A case whose
    grade was submitted in time is not touched.
    """
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    only = None if case_ids is None else array_of(sorted(set(case_ids)))
    if case_ids is None:
        follow_leaves(actor)
    cases = named(incompletes.RUN_OUT, today=today, only=only)
    if not cases:
        return Expired([], [])
    scales = scales_by_id({case["scale_id"] for case in cases})
    becomes = {scale_id: _grade_of_expired(scale) for scale_id, scale in scales.items()}
    execute(incompletes.EXPIRE, today=today, ids=array_of(case["id"] for case in cases))
    lines = [
        Line(case["record_id"], case["symbol"], case["numeric"], becomes[case["scale_id"]].symbol,
             becomes[case["scale_id"]].numeric, case["id"])
        for case in cases
    ]  # fmt: skip
    replace_values(actor, GradeEvent.Kind.INC_EXPIRED, lines, at=now, reason="The deadline has passed.")
    results = [_result(case, becomes[case["scale_id"]], today) for case in cases]
    set_results(actor, results)
    students = sorted({case["student_id"] for case in cases})
    recompute(actor, students, at=now)
    record_many(
        actor, "college.incomplete_expired", TARGET, [case["id"] for case in cases],
        facts=[{"deadline": str(case["deadline"]), "becomes": becomes[case["scale_id"]].symbol} for case in cases],
    )  # fmt: skip
    publish(IncExpired(actor, tuple(_named(case) for case in cases)))
    return Expired([case["id"] for case in cases], students)


def _result(case: dict[str, Any], value: Value, today: date) -> ResultSet:
    return ResultSet(case["subject_enrolment_id"], outcome(value), value.symbol, value.numeric, case["scale_id"], today)


def _grade_of_expired(scale: Scale) -> Value:
    wanted = scale.worst_failing() if policies.get(INC_OUTCOME) == BECOMES_FAILED else scale.not_graded()
    if wanted is None:
        raise NoScale(scale=scale.code)
    return wanted


@transaction.atomic
def warn_of_deadlines(actor: Actor) -> int:
    """Tell students 30 and 7 days before their deadline, once each. Answers how many warnings went out."""
    today = organisation_in_scope().local_date(clock.now())
    follow_leaves(actor)
    coming = named(incompletes.COMING_UP, today=today, last=today + timedelta(days=max(WARNING_DAYS)))
    due: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for case in coming:
        days = warning_due(case["deadline"], today, warned=case["warned"])
        if days is not None:
            due[days].append(case)
    told = [(case, days) for days, cases in sorted(due.items()) for case in cases]
    if not told:
        return 0
    execute(incompletes.WARNED, ids=array_of(case["id"] for case, _ in told), days=array_of(days for _, days in told))
    record_many(
        actor, "college.incomplete_warned", TARGET, [case["id"] for case, _ in told],
        facts=[{"days": days, "deadline": str(case["deadline"])} for case, days in told],
    )  # fmt: skip
    for days, cases in sorted(due.items()):
        publish(IncWarning(actor, days, tuple(_named(case) for case in cases)))
    return len(told)


def _named(case: dict[str, Any]) -> CaseNamed:
    return CaseNamed(case["id"], case["student_id"], case["section_id"], case["programme_id"], case["deadline"])


@transaction.atomic
def default_to_not_graded(actor: Actor) -> int:
    """Give NG where the hard deadline has passed and nobody submitted a grade. Never failed, never INC (R49)."""
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    last = today - timedelta(days=policies.get(NG_AFTER_DAYS))
    waiting = named(sheets.NOT_SUBMITTED, last=last, today=today)
    if not waiting:
        return 0
    sections = sorted({row["section_id"] for row in waiting})
    execute(
        sheets.OPEN_SHEETS, at=now, component=Component.FINAL, ids=array_of(ids.new_id() for _ in sections),
        sections=array_of(sections),
    )  # fmt: skip
    # A sheet that is submitted at this very moment is waited for and then left alone.
    locked = execute(sheets.LOCK_SHEETS, sections=array_of(sections), component=Component.FINAL)
    sheet_of = {section_id: sheet_id for section_id, sheet_id, _ in locked}
    rows = named(sheets.NOT_SUBMITTED, last=last, today=today)
    scale = scale_in_force(today)
    value = scale.not_graded()
    entries = [
        Entry(
            row["subject_enrolment_id"], sheet_of[row["section_id"]], row["symbol"], row["numeric"], value.symbol, None,
            scale.id,
        )
        for row in rows
    ]  # fmt: skip
    enter_grades(
        actor, GradeEvent.Kind.NG_DEFAULT, entries, component=Component.FINAL, owner_id=None, at=now,
        reason="Not submitted by the deadline.",
    )  # fmt: skip
    set_results(
        actor,
        [ResultSet(row["subject_enrolment_id"], outcome(value), value.symbol, None, scale.id, today) for row in rows],
    )
    students = sorted({row["student_id"] for row in rows})
    recompute(actor, students, at=now)
    record_many(
        actor, "college.not_graded", "college_enrolment.subjectenrolment",
        [row["subject_enrolment_id"] for row in rows], facts=[{"was": row["symbol"]} for row in rows],
    )  # fmt: skip
    subjects = tuple(sorted({row["subject"] for row in rows}))
    publish(GradesPosted(actor, ids.new_id(), "NOT_GRADED", tuple(students), subjects))
    return len(rows)


@transaction.atomic
def tell_of_not_graded(actor: Actor) -> int:
    """Tell the dean every day of classes that are still not graded long after their term."""
    today = organisation_in_scope().local_date(clock.now())
    overdue = named(sheets.OVERDUE_NG, before=today - timedelta(days=NG_PATIENCE_DAYS))
    if overdue:
        classes = tuple(ClassNotGraded(row["term_id"], row["section_id"], row["students"]) for row in overdue)
        publish(NotGradedOverdue(actor, today, classes))
    return len(overdue)
