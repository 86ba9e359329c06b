"""The facts that a graduation is judged by, read from the record as it stands now."""

from decimal import Decimal

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.curriculum_rules import stands_for
from rollbook.systems.college.catalogue.models import GradeScale
from rollbook.systems.college.catalogue.selectors import equivalents_on, plan_of
from rollbook.systems.college.catalogue.services import scale_in_force
from rollbook.systems.college.credentials import permissions, policies
from rollbook.systems.college.credentials.errors import NoCurriculum
from rollbook.systems.college.credentials.rules.graduation import Facts, Outcome, judge
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.grading.models import CumulativeResult
from rollbook.systems.college.records.models import Hold, Student, TransferCredit

Result = SubjectEnrolment.Result


def graduation_check(actor: Actor, student: Student) -> Outcome:
    """Whether a student that the actor may see can graduate now, and everything that stands in the way."""
    actor.require(permissions.CHECK_GRADUATION)
    return check_of(student)


def check_of(student: Student) -> Outcome:
    """The check itself; run again in the transaction in which the student graduates."""
    if student.curriculum_id is None:
        raise NoCurriculum(number=student.student_number)
    return judge(plan_of(student.curriculum_id), _facts(student))


def _facts(student: Student) -> Facts:
    today = organisation_in_scope().local_date(clock.now())
    attempts = SubjectEnrolment.objects.filter(term_enrolment__student=student)
    passed = dict(attempts.filter(result=Result.PASSED).values_list("subject_id", "units"))
    credited = TransferCredit.objects.filter(student=student, state=TransferCredit.State.CREDITED)
    granted = dict(credited.values_list("subject_id", "units_granted"))
    overall = CumulativeResult.objects.filter(student=student).values_list("gpa_shown", flat=True).first()
    worst = Decimal(get_policy(policies.GRADUATION_AVERAGE))
    live = Hold.objects.filter(student=student, released_at__isnull=True, blocks__contains=[Hold.Blocks.GRADUATE])
    return Facts(
        done=stands_for({*passed, *granted}, equivalents_on(today, student.curriculum_id)),
        earned_units=sum((granted | passed).values(), Decimal(0)),
        required_units=Decimal(student.programme.total_units_required),
        units_here=sum(passed.values(), Decimal(0)),
        residency_units=Decimal(get_policy(policies.RESIDENCY_UNITS)),
        incomplete=_codes(student, Result.INC),
        without_grade=_codes(student, Result.NG),
        holds=[hold.get_kind_display() for hold in live],
        average=overall,
        worst_average=worst or None,
        is_lower_better=scale_in_force(today).direction == GradeScale.Direction.LOWER_BETTER,
    )


def _codes(student: Student, result: str) -> list[str]:
    rows = SubjectEnrolment.objects.filter(term_enrolment__student=student, result=result)
    return sorted(set(rows.values_list("subject__code", flat=True)))
