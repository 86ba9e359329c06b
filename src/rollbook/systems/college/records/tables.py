"""The lists of the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.records import permissions, selectors
from rollbook.systems.college.records.models import (
    Hold,
    ProgrammeTransfer,
    StatusRequest,
    Student,
    TransferCreditRequest,
)
from rollbook.systems.college.records.words import (
    CREDIT_REQUEST_STATES,
    HOLD_STATES,
    IMPORT_STATES,
    REQUEST_STATES,
    ROW_STATES,
    STUDENT_STATES,
    TRANSFER_STATES,
)

NAMES = ("family", "given", "middle", "suffix")
_HOLD_KINDS = dict(Hold.Kind.choices)
_REQUEST_KINDS = dict(StatusRequest.Kind.choices)
_BLOCKS = dict(Hold.Blocks.choices)


def name_of(row: Any) -> str:
    """Family name first, as rolls are kept."""
    return roll_name(Name(row["family"], row["given"], row["middle"], row["suffix"]))


def programme_choices() -> Sequence[tuple[Any, str]]:
    """The programmes of the organisation in scope."""
    return list(Programme.objects.order_by("code").values_list("code", "code"))


@dataclass(frozen=True)
class StudentFilter(TextFilter):
    """Name, number or barcode, as every search box takes them."""

    field: str = "id__in"

    def condition(self, value: Any) -> Q:
        return Q(**{self.field: selectors.student_ids_found(value)})


class StudentTable(Table):
    """Students by number."""

    name = "students"
    title = _("Students")
    columns = (
        Column("student_number", _("Number"), sortable=True, link="students:student"),
        Column("name", _("Name"), text=name_of, export=name_of, needs=NAMES, primary=True, link="students:student"),
        Column("programme_code", _("Programme"), sortable=True),
        Column("kind", _("Came as"), visible=False),
        Column("academic_standing", _("Standing"), visible=False),
        Column("status", _("Status"), kind="state", states=STUDENT_STATES),
        Column("created_at", _("Added"), kind="datetime", visible=False),
    )
    filters = (
        StudentFilter("find", _("Name, number or barcode")),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme_code", multiple=True),
        ChoiceFilter("status", _("Status"), choices=Student.Status.choices, multiple=True),
    )
    order = "student_number"
    export_permission = permissions.VIEW_STUDENTS
    empty_title = _("No students yet")
    empty_text = _("Add the first one, or import them from a file.")
    empty_icon = "users-round"


class HoldTable(Table):
    """Holds, the newest first."""

    name = "holds"
    title = _("Holds")
    columns = (
        Column("number", _("Number"), sortable=True, link="students:holds_of", link_args=("student_id",)),
        Column("name", _("Student"), text=name_of, export=name_of, needs=(*NAMES, "student_id"), primary=True,
               link="students:holds_of", link_args=("student_id",)),
        Column("kind", _("Kind"), text=lambda row: str(_HOLD_KINDS[row["kind"]])),
        Column("blocks", _("Keeps from"), text=lambda row: ", ".join(str(_BLOCKS[each]) for each in row["blocks"])),
        Column("shown_reason", _("Reason")),
        Column("placed_at", _("Placed"), kind="datetime", sortable=True),
        Column("is_live", _("State"), kind="state", states=HOLD_STATES),
    )  # fmt: skip
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="student_id__in"),
        ChoiceFilter("kind", _("Kind"), choices=Hold.Kind.choices, multiple=True),
        BooleanFilter("live", _("In force"), lookup={"is_live": True}),
    )
    order = "-placed_at"
    empty_title = _("Nobody is held")
    empty_text = _("What keeps a student from enrolling, graduating or getting papers will stand here.")
    empty_icon = "lock-open"


class CreditRequestTable(Table):
    """Requests for credits from elsewhere, the newest first."""

    name = "credit_requests"
    title = _("Credits from elsewhere")
    columns = (
        Column("name", _("Student"), text=name_of, export=name_of, needs=NAMES, primary=True, link="students:credits"),
        Column("number", _("Number"), sortable=True),
        Column("institution", _("Institution")),
        Column("subjects", _("Subjects"), kind="number"),
        Column("created_at", _("Written down"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=CREDIT_REQUEST_STATES),
    )
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="student_id__in"),
        ChoiceFilter("state", _("State"), choices=TransferCreditRequest.State.choices, multiple=True),
    )
    order = "-created_at"
    export_permission = permissions.VIEW_CREDITS
    empty_title = _("Nobody asks for credits")
    empty_text = _("What transferees passed elsewhere is written down on their record, under Credits.")
    empty_icon = "scale"


class StatusRequestTable(Table):
    """Requests for leave, return and withdrawal, the newest first."""

    name = "status_requests"
    title = _("Leave and withdrawal")
    columns = (
        Column("name", _("Student"), text=name_of, export=name_of, needs=NAMES, primary=True,
               link="students:status_request"),
        Column("number", _("Number"), sortable=True),
        Column("kind", _("Asks for"), text=lambda row: str(_REQUEST_KINDS[row["kind"]])),
        Column("from_date", _("From"), kind="date", sortable=True),
        Column("to_date", _("Last day"), kind="date"),
        Column("shown_reason", _("Reason"), visible=False),
        Column("created_at", _("Asked"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=REQUEST_STATES),
    )  # fmt: skip
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="student_id__in"),
        ChoiceFilter("kind", _("Asks for"), choices=StatusRequest.Kind.choices, multiple=True),
        ChoiceFilter("state", _("State"), choices=StatusRequest.State.choices, multiple=True),
    )
    order = "-created_at"
    export_permission = permissions.VIEW_REQUESTS
    empty_title = _("Nobody asks for a leave")
    empty_text = _("What students ask for on their page, and what is written down at the desk, will stand here.")
    empty_icon = "door-open"


class TransferTable(Table):
    """Transfers between programmes, the newest first."""

    name = "programme_transfers"
    title = _("Transfers between programmes")
    columns = (
        Column("name", _("Student"), text=name_of, export=name_of, needs=NAMES, primary=True,
               link="students:transfer"),
        Column("number", _("Number"), sortable=True),
        Column("from_code", _("From")),
        Column("to_code", _("To"), sortable=True),
        Column("term_code", _("In effect from")),
        Column("created_at", _("Asked"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=TRANSFER_STATES),
    )  # fmt: skip
    filters = (
        StudentFilter("find", _("Name, number or barcode"), field="student_id__in"),
        ChoiceFilter("programme", _("To"), choices=programme_choices, lookup="to_code", multiple=True),
        ChoiceFilter("state", _("State"), choices=ProgrammeTransfer.State.choices, multiple=True),
    )
    order = "-created_at"
    export_permission = permissions.VIEW_TRANSFERS
    empty_title = _("Nobody asks for another programme")
    empty_text = _("What students ask for on their page, and what is written down at the desk, will stand here.")
    empty_icon = "refresh-cw"


class ImportTable(Table):
    """Files of students, the newest first."""

    name = "student_files"
    title = _("Student files")
    columns = (
        Column("file_name", _("File"), primary=True, link="students:file"),
        Column("created_at", _("Checked"), kind="datetime", sortable=True),
        Column("rows_total", _("Rows"), kind="number"),
        Column("rows_with_errors", _("With errors"), kind="number"),
        Column("state", _("State"), kind="state", states=IMPORT_STATES),
    )
    order = "-created_at"
    empty_title = _("No files yet")
    empty_text = _("Choose a list of students; it is checked before anything is changed.")
    empty_icon = "file-spreadsheet"


class ImportRowTable(Table):
    """The lines of a file."""

    name = "student_file_rows"
    title = _("Rows of a student file")
    columns = (
        Column("line", _("Line"), kind="number", sortable=True),
        Column("who", _("Student"), text=lambda row: " ".join(filter(None, (
            row["values"].get("student_number", ""), row["values"].get("family_name", ""),
            row["values"].get("given_name", ""),
        ))), needs=("values",), primary=True),
        Column("what", _("Says"), needs=("values", "errors"), text=lambda row: "; ".join(
            f"{error['field']}: {error['message']}" for error in row["errors"]
        ) or " · ".join(filter(None, (row["values"].get(name, "") for name in ("programme", "term", "plan_total"))))),
        Column("outcome", _("Outcome"), kind="state", states=ROW_STATES),
    )  # fmt: skip
    filters = (
        ChoiceFilter("outcome", _("Outcome"), choices=[(key, state.label) for key, state in ROW_STATES.items()],
                     multiple=True),
    )  # fmt: skip
    order = "line"
