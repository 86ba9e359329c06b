"""Beginning incompletes and keeping their deadlines true to the leaves (R45)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import ids
from rollbook.core.audit.services import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.web.formatting import day_text
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.services.results import set_incomplete_deadlines
from rollbook.systems.college.grading.policies import INC_MONTHS_MAJOR, INC_MONTHS_MINOR
from rollbook.systems.college.grading.rules.incomplete import Leave, deadline_of
from rollbook.systems.college.grading.sql import execute, incompletes
from rollbook.systems.college.records.events import Effect, StatusConsidered

MAJOR = "MAJOR"
TARGET = "college_grading.incompletecase"


@dataclass(frozen=True, slots=True)
class NewCase:
    """An incomplete that begins."""

    subject_enrolment_id: UUID
    record_id: UUID
    student_id: UUID
    category: str
    started_on: date
    required_work: str


def open_cases(actor: Actor, cases: Sequence[NewCase], *, at: datetime) -> dict[UUID, date | None]:
    """Start the clock of incompletes: three statements for one or for many. Answers the deadline of each subject."""
    if not cases:
        return {}
    months = {True: policies.get(INC_MONTHS_MAJOR), False: policies.get(INC_MONTHS_MINOR)}
    lasting = [months[case.category == MAJOR] for case in cases]
    leaves = leaves_of(case.student_id for case in cases)
    deadlines = [
        deadline_of(case.started_on, duration, leaves=leaves.get(case.student_id, ()))
        for case, duration in zip(cases, lasting, strict=True)
    ]
    case_ids = [ids.new_id() for _ in cases]
    execute(
        incompletes.ADD,
        at=at,
        ids=array_of(case_ids),
        enrolments=array_of(case.subject_enrolment_id for case in cases),
        records=array_of(case.record_id for case in cases),
        students=array_of(case.student_id for case in cases),
        categories=text_array_of(case.category for case in cases),
        starts=array_of(case.started_on for case in cases),
        months=array_of(lasting),
        paused=array_of(deadline.paused_days for deadline in deadlines),
        deadlines=array_of(deadline.day for deadline in deadlines),
        works=text_array_of(case.required_work for case in cases),
    )
    record_many(
        actor, "college.incomplete_opened", TARGET, case_ids,
        facts=[{"deadline": str(deadline.day or ""), "months": duration}
               for deadline, duration in zip(deadlines, lasting, strict=True)],
    )  # fmt: skip
    return {case.subject_enrolment_id: deadline.day for case, deadline in zip(cases, deadlines, strict=True)}


def leaves_of(student_ids: Iterable[UUID]) -> dict[UUID, list[Leave]]:
    """The leaves of students, from the periods of their status. One statement."""
    found: dict[UUID, list[Leave]] = defaultdict(list)
    for student_id, first, last in execute(incompletes.LEAVES, students=array_of(sorted(set(student_ids)))):
        found[student_id].append(Leave(first, last))
    return found


@transaction.atomic
def follow_leaves(actor: Actor, student_ids: Iterable[UUID] | None = None) -> int:
    """Compute the deadlines of running incompletes afresh from the leaves; answers how many moved. Five statements."""
    students = None if student_ids is None else array_of(sorted(set(student_ids)))
    running = execute(incompletes.RUNNING, students=students)
    leaves = leaves_of(row[2] for row in running)
    moved = []
    for case_id, subject_id, student_id, started_on, months, extension_days, deadline, paused in running:
        found = deadline_of(started_on, months, extension_days=extension_days, leaves=leaves.get(student_id, ()))
        if (found.day, found.paused_days) != (deadline, paused):
            moved.append((case_id, subject_id, deadline, found))
    if moved:
        execute(
            incompletes.MOVE_DEADLINES,
            ids=array_of(row[0] for row in moved),
            deadlines=array_of(found.day for _, _, _, found in moved),
            paused=array_of(found.paused_days for _, _, _, found in moved),
        )
        set_incomplete_deadlines(actor, {subject_id: found.day for _, subject_id, _, found in moved})
        record_many(
            actor, "college.incomplete_deadline_moved", TARGET, [row[0] for row in moved],
            facts=[{"before": str(before or ""), "after": str(found.day or ""), "paused_days": found.paused_days}
                   for _, _, before, found in moved],
        )  # fmt: skip
    return len(moved)


def name_deadlines_moved(event: StatusConsidered) -> None:
    """Tell where the deadlines of a student's incompletes would move with these leaves."""
    leaves = [Leave(first, last) for first, last in event.leaves]
    running = execute(incompletes.RUNNING, students=array_of([event.student_id]))
    taken = SubjectEnrolment.objects.filter(id__in=[row[1] for row in running])
    codes = dict(taken.values_list("id", "subject__code"))
    for _case, subject_id, _student, started_on, months, extension_days, deadline, _paused in running:
        found = deadline_of(started_on, months, extension_days=extension_days, leaves=leaves)
        if found.day == deadline:
            continue
        about = _("INC in %(subject)s, until") % {"subject": codes.get(subject_id, "")}
        event.effects.append(Effect(about, _written(deadline), _written(found.day)))


def _written(day: date | None) -> str:
    return day_text(day) if day is not None else str(_("no day: the leave is open"))
