"""The lists of enrolment."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import ChoiceFilter, Column, Table
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.words import ENROLMENT_STATES
from rollbook.systems.college.records.tables import NAMES, StudentFilter, name_of, programme_choices

_REGULARITIES = dict(TermEnrolment.Regularity.choices)

#: What the tables read of a student in a term; a prefix leads to the term enrolment.
_PARTS = {
    "family": "student__person__family_name", "given": "student__person__given_name",
    "middle": "student__person__middle_name", "suffix": "student__person__suffix",
    "number": "student__student_number", "programme_code": "programme__code", "term_code": "term__code",
    "taken_by": "student_id",
}  # fmt: skip


def parts(prefix: str = "") -> dict[str, F]:
    """Name, number, programme and term of a student in a term, as the tables read them."""
    return {part: F(f"{prefix}{field}") for part, field in _PARTS.items()}


def _again(row: Any) -> str:
    return str(_("takes it again")) if row["is_retake"] else ""


class RosterTable(Table):
    """Who is in a class, in the order of the roll."""

    name = "roster"
    title = _("Class list")
    columns = (
        Column("name", _("Name"), text=name_of, export=name_of, needs=NAMES, primary=True,
               sortable=("family", "given")),
        Column("number", _("Number"), sortable=True),
        Column("programme_code", _("Programme"), sortable=True),
        Column("level", _("Year"), kind="number"),
        Column("is_retake", _("Attempt"), text=_again, export=_again),
    )  # fmt: skip
    order = "name"
    page_size = 100
    export_permission = permissions.SEE_ROSTER
    empty_title = _("Nobody is in this class yet")
    empty_text = _("Students stand here as soon as they are enrolled.")
    empty_icon = "users"


class TakenTable(Table):
    """Classes that students take in terms that run, for whoever may withdraw them."""

    name = "classes_taken"
    title = _("Withdraw from a class")
    columns = (
        Column("name", _("Student"), text=name_of, export=name_of, needs=NAMES, primary=True,
               sortable=("family", "given"), link="enrolment:withdraw"),
        Column("number", _("Number"), sortable=True),
        Column("subject_code", _("Subject"), sortable=True),
        Column("section_code", _("Section")),
        Column("programme_code", _("Programme"), visible=False),
        Column("term_code", _("Term")),
    )  # fmt: skip
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="taken_by__in"),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme_code", multiple=True),
    )
    order = "name"
    export_permission = permissions.WITHDRAW_STUDENTS
    empty_title = _("Nobody takes a class now")
    empty_text = _("Once classes of a term have begun, the students of your programmes and their classes stand here.")
    empty_icon = "log-out"


class LoadTable(Table):
    """Students in terms that are open or run, and how many units each may take."""

    name = "loads"
    title = _("Units allowed")
    columns = (
        Column("name", _("Student"), text=name_of, export=name_of, needs=NAMES, primary=True,
               sortable=("family", "given"), link="enrolment:ask_overload"),
        Column("number", _("Number"), sortable=True),
        Column("programme_code", _("Programme"), visible=False),
        Column("term_code", _("Term")),
        Column("year_level", _("Year"), kind="number", sortable=True),
        Column("max_units", _("Units allowed"), kind="number", sortable=True),
        Column("regularity", _("Standing"), text=lambda row: str(_REGULARITIES[row["regularity"]]), visible=False),
        Column("state", _("State"), kind="state", states=ENROLMENT_STATES),
    )  # fmt: skip
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="taken_by__in"),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme_code", multiple=True),
    )
    order = "name"
    export_permission = permissions.REQUEST_OVERLOAD
    empty_title = _("Nobody of your programmes is in a term now")
    empty_text = _("Students who graduate with more units than usual are found here.")
    empty_icon = "layers"
