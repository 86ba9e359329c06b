"""The lists of this room."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import ChoiceFilter, Column, Table
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.words import PAPER_STATES
from rollbook.systems.college.credentials.kinds import KEYS


class ReleaseTable(Table):
    """Released papers, the newest first."""

    name = "releases"
    title = _("Released papers")
    columns = (
        Column("number", _("Number"), primary=True, link="credentials:paper"),
        Column("kind", _("Paper"), text=lambda row: str(KEYS[row["kind"]].label)),
        Column("student", _("Student")),
        Column("released_by", _("Released by")),
        Column("issued_at", _("Released"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=PAPER_STATES),
    )
    filters = (
        ChoiceFilter("kind", _("Paper"), choices=[(key, declared.label) for key, declared in KEYS.items()],
                     multiple=True),
        ChoiceFilter("state", _("State"), choices=Document.State.choices, multiple=True),
    )  # fmt: skip
    order = "-issued_at"
    empty_title = _("No paper was released yet")
    empty_text = _("Transcripts and certificates are released on a student's record, under Papers.")
    empty_icon = "stamp"
