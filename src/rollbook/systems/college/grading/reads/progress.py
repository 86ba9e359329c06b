"""The curriculum of one student beside what they passed, take and still have to take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.curriculum_rules import stands_for
from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.catalogue.selectors import entries_of, equivalents_on, plan_from
from rollbook.systems.college.enrolment.reads.standings import subjects_of
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.rules.progress import Share, Step, shares_of, steps_of
from rollbook.systems.college.records import selectors as records
from rollbook.systems.college.records.models import Hold, Student


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a student has come; without a curriculum there are no steps."""

    student: Student
    steps: Sequence[Step]
    shares: Sequence[Share]
    titles: Mapping[UUID, str]


def own_progress(actor: Actor) -> Progress:
    """My way through the curriculum; whoever may not see grades now may not see this either."""
    actor.require(permissions.VIEW_OWN_GRADES)
    student = records.get_own_student(actor)
    records.must_not_be_held(student, Hold.Blocks.GRADES_VIEW)
    return _progress(student)


def progress_of(actor: Actor, student_id: UUID) -> Progress:
    """A student's way through the curriculum for staff: registrars all, programme heads those of their programmes."""
    actor.require(permissions.VIEW_GRADES)
    return _progress(records.get_student(actor, student_id))


def _progress(student: Student) -> Progress:
    if student.curriculum_id is None:
        return Progress(student, (), (), {})
    today = organisation_in_scope().local_date(clock.now())
    entries, taken = entries_of(student.curriculum_id), subjects_of(student.id)
    equivalents = equivalents_on(today, student.curriculum_id)
    done = stands_for(taken.by_result["PASSED"] | taken.by_result["CREDITED"], equivalents)
    # An incomplete is not over: it runs until it is resolved.
    running = stands_for(taken.by_result["RUNNING"] | taken.by_result["INC"], equivalents)
    steps = steps_of(plan_from(entries), done, running)
    titles = {entry.subject_id: entry.subject.title for entry in entries}
    return Progress(student, steps, shares_of(steps, Subject.Category.values), titles)
