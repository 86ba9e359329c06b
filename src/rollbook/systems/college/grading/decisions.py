"""The decision about grades that takes two people, and what its card says."""

from django.utils.translation import gettext as _

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import Change, Description, register_kind
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.models import GradeChange
from rollbook.systems.college.grading.services import changes


def register_all() -> None:
    """Name the decision, who makes it and what it does."""
    register_kind(
        changes.KIND, "Change a finalised grade", permissions.APPROVE_CHANGE,
        execute=changes.carry_out, describe=describe,
    )  # fmt: skip


def describe(request: ApprovalRequest) -> Description:
    """The card of a grade change."""
    change = (
        GradeChange.objects.select_related(
            "record__subject_enrolment__subject", "record__subject_enrolment__term_enrolment__student__person",
            "record__subject_enrolment__term_enrolment__term",
        ).get(request=request.id)
    )  # fmt: skip
    taken = change.record.subject_enrolment
    student = taken.term_enrolment.student
    subject = f"{taken.subject.code}, {taken.term_enrolment.term.code}"
    return Description(
        title=f"{student.student_number} {student.person.roll_name}: {subject}",
        changes=[Change(_("Grade"), change.from_symbol, change.to_symbol)],
        effect=_(
            "The old grade stays in the history. The averages are computed anew at once, and the student is told."
        ),
    )
