"""The graduation of a student as a decision of two people, and what its card says."""

from django.utils.translation import gettext as _

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import Change, Description, register_kind
from rollbook.systems.college.credentials import permissions
from rollbook.systems.college.credentials.services import graduating
from rollbook.systems.college.records.models import Student


def register_all() -> None:
    """Name the decision, who makes it and what it does."""
    register_kind(
        graduating.KIND, "Let a student graduate", permissions.CONFIRM_GRADUATION,
        execute=graduating.carry_out, describe=describe,
    )  # fmt: skip


def describe(request: ApprovalRequest) -> Description:
    """The card of a graduation."""
    student = Student.objects.select_related("person", "programme").get(id=request.target_id)
    return Description(
        title=f"{student.student_number} {student.person.roll_name}: {student.programme.name}",
        changes=[
            Change(_("Status"), student.get_status_display(), str(Student.Status.GRADUATED.label)),
            Change(
                _("Units earned"),
                "",
                _("%(earned)s of %(required)s")
                % {"earned": request.payload["earned_units"], "required": request.payload["required_units"]},
            ),
        ],
        effect=_("The record is checked once more when you approve. From then on the student has graduated."),
    )
