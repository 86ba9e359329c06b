"""The lists of the schedule."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.scheduling.models import Room, Section
from rollbook.systems.college.scheduling.words import FACULTY_STATES, ROOM_STATES, SECTION_STATES, TIMETABLE_STATES

_KINDS = dict(Room.Kind.choices)
_NAME = ("person__family_name", "person__given_name", "person__middle_name", "person__suffix")


def kind_of(row: Any) -> str:
    """The kind of room in words."""
    return str(_KINDS[row["kind"]])


def name_of(row: Any) -> str:
    """Family name first, as rolls are kept."""
    return roll_name(Name(*(row[field] for field in _NAME)))


def term_choices() -> Sequence[tuple[Any, str]]:
    """The latest terms."""
    return list(Term.objects.order_by("-starts_on").values_list("code", "code")[:12])


class SectionTable(Table):
    """Classes of a term."""

    name = "sections"
    title = _("Sections")
    columns = (
        Column("code", _("Section"), sortable=("subject_code", "code"), primary=True, link="schedule:section",
               text=lambda row: f"{row['subject_code']} {row['code']}", needs=("subject_code", "code")),
        Column("title", _("Subject"), sortable=True),
        Column("term_code", _("Term"), sortable=True),
        Column("block_code", _("Block"), visible=False),
        Column("taught_by", _("Professor"), sortable=True, nullable=True),
        Column("hours", _("Hours set"), kind="number"),
        Column("capacity", _("Seats"), kind="number", sortable=True, total=True),
        Column("state", _("State"), kind="state", states=SECTION_STATES),
    )  # fmt: skip
    filters = (
        TextFilter("find", _("Section or subject"), ("code__istartswith", "subject_code__istartswith",
                                                     "title__icontains")),
        ChoiceFilter("term", _("Term"), choices=term_choices, lookup="term_code"),
        ChoiceFilter("state", _("State"), choices=Section.State.choices, multiple=True),
        BooleanFilter("tba", _("Without hours"), lookup={"hours": 0}),
        BooleanFilter("unassigned", _("Without professor"), lookup={"taught_by__isnull": True}),
    )  # fmt: skip
    order = "code"
    empty_title = _("No sections yet")
    empty_text = _("Generate them from the students expected, copy an earlier term, or add one.")
    empty_icon = "layout-grid"


class RoomTable(Table):
    """Rooms by code."""

    name = "rooms"
    title = _("Rooms")
    columns = (
        Column("code", _("Room"), sortable=True, primary=True, link="schedule:room"),
        Column("building", _("Building"), sortable=True),
        Column("kind", _("Kind"), text=kind_of, export=kind_of),
        Column("capacity", _("Seats"), kind="number", sortable=True),
        Column("is_active", _("State"), kind="state", states=ROOM_STATES),
    )
    filters = (
        TextFilter("find", _("Room or building"), ("code__istartswith", "building__icontains")),
        ChoiceFilter("kind", _("Kind"), choices=Room.Kind.choices, multiple=True),
        BooleanFilter("active", _("In use"), lookup={"is_active": True}),
    )
    order = "code"
    empty_title = _("No rooms yet")
    empty_text = _("Add the rooms where classes meet, online ones too.")
    empty_icon = "building-2"


class FacultyTable(Table):
    """Those who teach."""

    name = "faculty"
    title = _("Faculty")
    columns = (
        Column("employee_number", _("Number"), sortable=True, link="schedule:professor"),
        Column("name", _("Name"), text=name_of, export=name_of, needs=_NAME, primary=True, link="schedule:professor"),
        Column("department", _("Department"), sortable=True),
        Column("max_weekly_units", _("Most units"), kind="number"),
        Column("is_active", _("State"), kind="state", states=FACULTY_STATES),
    )
    filters = (
        TextFilter("find", _("Name or number"), ("employee_number__istartswith", "person__family_name__istartswith",
                                                 "person__given_name__istartswith")),
        BooleanFilter("active", _("Teaching"), lookup={"is_active": True}),
    )  # fmt: skip
    order = "employee_number"
    empty_title = _("Nobody teaches here yet")
    empty_text = _("Add a profile for each professor: when they can teach, and how much.")
    empty_icon = "users-round"


class TimetableTable(Table):
    """Timetable files, the newest first."""

    name = "timetable_files"
    title = _("Timetable files")
    columns = (
        Column("file_name", _("File"), primary=True, link="schedule:file"),
        Column("term_code", _("Term")),
        Column("created_at", _("Checked"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=TIMETABLE_STATES),
    )
    order = "-created_at"
    empty_title = _("No files yet")
    empty_text = _("Choose a timetable; it is tried line by line before anything is changed.")
    empty_icon = "file-spreadsheet"
