"""The lists of grade changes and incompletes."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import ChoiceFilter, Column, Table, TextFilter
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.models import IncompleteCase
from rollbook.systems.college.grading.words import CASE_STATES, CHANGE_STATES, DANGERS
from rollbook.systems.college.records.tables import NAMES, StudentFilter, name_of, programme_choices


class ChangeTable(Table):
    """Requests to change grades, the newest first."""

    name = "grade-changes"
    title = _("Grade changes")
    columns = (
        Column("number", _("Number"), sortable=True),
        Column("name", _("Student"), text=name_of, export=name_of, needs=(*NAMES, "request_id"), primary=True,
               link="approvals:request", link_args=("request_id",)),
        Column("subject", _("Subject"), sortable=True),
        Column("term", _("Term")),
        Column("from_symbol", _("Is")),
        Column("to_symbol", _("Would be")),
        Column("reason", _("Reason"), visible=False),
        Column("created_at", _("Asked"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=CHANGE_STATES),
    )  # fmt: skip
    filters = (
        TextFilter("find", _("Subject"), lookups=("subject__icontains",)),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in CHANGE_STATES.items()],
            lookup="state", multiple=True,
        ),
    )  # fmt: skip
    order = "-created_at"
    empty_title = _("Nobody asked for a change")
    empty_text = _("A change of a finalised grade is asked for on the student's grades, and stands here.")
    empty_icon = "pencil"


class CaseTable(Table):
    """Incompletes, the nearest deadline first."""

    name = "incompletes"
    title = _("Incompletes")
    columns = (
        Column("number", _("Number"), sortable=True),
        Column("name", _("Student"), text=name_of, export=name_of, needs=(*NAMES, "id"), primary=True,
               link="grading:incomplete"),
        Column("subject", _("Subject"), sortable=True),
        Column("term", _("Term")),
        Column("required_work", _("Required work"), visible=False),
        Column("deadline", _("Deadline"), kind="date", sortable=True, nullable=True),
        Column("state", _("State"), kind="state", states=CASE_STATES),
    )  # fmt: skip
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="student_id__in"),
        ChoiceFilter("state", _("State"), choices=IncompleteCase.State.choices, multiple=True),
    )
    order = "deadline"
    empty_title = _("No incompletes")
    empty_text = _("When a sheet with an INC is finalised, the work that is still required stands here.")
    empty_icon = "hourglass"


class RiskTable(Table):
    """Students whose studies are in danger, a line for each reason."""

    name = "at-risk"
    title = _("Students at risk")
    columns = (
        Column("name", _("Student"), primary=True, sortable=("name", "number"), link="students:student",
               link_args=("record_id",)),
        Column("number", _("Number"), sortable=True),
        Column("programme_code", _("Programme"), sortable=True),
        Column("reason", _("Reason"), kind="state", states=DANGERS, sortable=True),
        Column("why", _("Why")),
        Column("until", _("Until"), kind="date", sortable=True, nullable=True),
        Column("url", _("Next step"), kind="link", text=lambda row: row["next_step"], needs=("url", "next_step")),
    )  # fmt: skip
    filters = (
        TextFilter("find", _("Name or number"), lookups=("name__icontains", "number__icontains")),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme_code", multiple=True),
        ChoiceFilter(
            "reason", _("Reason"), choices=[(key, state.label) for key, state in DANGERS.items()], multiple=True
        ),
    )
    order = "name"
    export_permission = permissions.SEE_AT_RISK
    empty_title = _("Nobody is at risk")
    empty_text = _("Students on probation, with a weak average, an incomplete that ends soon or a hold stand here.")
    empty_icon = "shield-check"
