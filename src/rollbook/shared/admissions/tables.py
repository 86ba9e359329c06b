"""The list of applications."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import BooleanFilter, BulkAction, ChoiceFilter, Column, DateRangeFilter, Table, TextFilter
from rollbook.shared.admissions import permissions
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.words import APPLICATION_STATES, FLAGGED, READY
from rollbook.shared.people.rules import Name, roll_name

NAMES = ("family_name", "given_name", "middle_name", "suffix")


def name_of(row: Any) -> str:
    """Family name first, as rolls are kept."""
    return roll_name(Name(*(row[part] for part in NAMES)))


def _kind_choices() -> list[tuple[str, Any]]:
    return [(kind.key, kind.label) for kind in scheme_in_scope().kinds]


def _choice_choices() -> list[tuple[str, Any]]:
    return [(choice.code, choice.code) for choice in scheme_in_scope().choices()]


def _note(row: Any) -> Any:
    if row["is_flagged"]:
        return FLAGGED.label
    return READY.label if row["is_ready"] else ""


class ApplicationTable(Table):
    """Applications, the newest first."""

    name = "applications"
    title = _("Applications")
    columns = (
        Column("reference", _("Reference"), sortable=True),
        Column("name", _("Name"), text=name_of, export=name_of, needs=NAMES, primary=True,
               link="admissions:application"),
        Column("kind", _("Comes as"), text=lambda row: str(dict(_kind_choices()).get(row["kind"], row["kind"]))),
        Column("choice_code", _("For")),
        Column("intake_code", _("When")),
        Column("papers", _("Documents"), needs=("verified", "wanted"),
               text=lambda row: f"{row['verified']} / {row['wanted']}"),
        Column("notes", _("Note"), needs=("is_ready", "is_flagged"), text=_note),
        Column("state", _("State"), kind="state", states=APPLICATION_STATES),
        Column("submitted_at", _("Sent"), kind="datetime", sortable=True),
    )  # fmt: skip
    filters = (
        TextFilter("find", _("Name or reference"), (
            "family_name__icontains", "given_name__icontains", "reference__icontains", "email__icontains",
        )),
        ChoiceFilter("state", _("State"), choices=[
            (value, label) for value, label in Application.State.choices if value != Application.State.DRAFT
        ], multiple=True),
        ChoiceFilter("kind", _("Comes as"), choices=_kind_choices, multiple=True),
        ChoiceFilter("choice", _("For"), choices=_choice_choices, lookup="choice_code", multiple=True),
        BooleanFilter("ready", _("Ready to decide"), lookup={"is_ready": True}),
        BooleanFilter("flagged", _("Possible double"), lookup={"is_flagged": True}),
        DateRangeFilter("submitted_at", _("Sent"), moments=True),
    )  # fmt: skip
    order = "-submitted_at"
    bulk_actions = (
        BulkAction("incomplete", _("Say what is missing"), "admissions:many_incomplete",
                   permissions.REVIEW_APPLICATIONS, icon="mail"),
        BulkAction("reject", _("Reject"), "admissions:many_reject", permissions.DECIDE_APPLICATIONS, icon="x"),
    )  # fmt: skip
    export_permission = permissions.VIEW_APPLICATIONS
    empty_title = _("No applications yet")
    empty_text = _("They stand here as soon as the first is sent. Until then, look at your public page.")
    empty_icon = "inbox"
