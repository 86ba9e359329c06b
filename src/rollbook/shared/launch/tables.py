"""The lines of the board as a table."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.shared.launch.board import Line

STATES = {
    "pass": State(_("Pass"), "good"),
    "warn": State(_("Warning"), "warn"),
    "fail": State(_("Fail"), "bad"),
    "error": State(_("Could not be evaluated"), "bad"),
    "skipped": State(_("Skipped"), "neutral"),
    "not_applicable": State(_("Does not apply"), "neutral"),
    "expired": State(_("Expired"), "wait"),
    "missing": State(_("Never evaluated"), "wait"),
}
SEVERITIES = {"blocker": _("Blocker"), "warning": _("Warning"), "info": _("Info")}


def row_of(line: Line, place: int) -> dict[str, Any]:
    """What stands in one row."""
    return {
        "id": f"{line.item.id}:{line.scope}",
        "place": place,
        "item": line.item.id,
        "title": line.item.title,
        "state": line.state,
        "severity": line.item.severity.value,
        "found": line.result.summary if line.result else "",
        "remedy": line.remedy if line.standing.is_red or line.state == "warn" else "",
        "taken_at": line.result.taken_at if line.result else None,
        "expires_at": line.result.expires_at if line.result else None,
        "stages": " ".join(line.item.stages),
        "is_red": line.standing.is_red,
    }


class BoardTable(Table):
    """Every item, the most urgent first."""

    name = "launch-board"
    title = _("Launch checklist")
    order = "place"
    columns: ClassVar[list[Column]] = [
        Column("place", _("Urgency"), "number", sortable=True, visible=False),
        Column("item", _("Item"), primary=True, sortable=True),
        Column("state", _("State"), "state", states=STATES),
        Column("title", _("What is checked")),
        Column("found", _("Found")),
        Column("remedy", _("What to do")),
        Column(
            "severity", _("Severity"), text=lambda row: SEVERITIES[row["severity"]], needs=("severity",), visible=False
        ),
        Column("taken_at", _("Checked"), "datetime", sortable=True, nullable=True, visible=False),
        Column("expires_at", _("Counts until"), "datetime", sortable=True, nullable=True, visible=False),
        Column("stages", _("Stages"), visible=False),
    ]
    row_link = "launch:item"
    row_link_args = ("item",)
    filters: ClassVar[list[Any]] = [
        TextFilter("find", _("Words"), lookups=("item__icontains", "title__icontains", "found__icontains")),
        BooleanFilter("is_red", _("Red")),
        ChoiceFilter("severity", _("Severity"), choices=list(SEVERITIES.items())),
        ChoiceFilter("state", _("State"), choices=[(value, state.label) for value, state in STATES.items()]),
    ]
    page_size = 100
    empty_title = _("No item is about your organisation")
    empty_text = _("The checklist of the installation itself is shown to the people who run it.")
    empty_icon = "list-checks"
