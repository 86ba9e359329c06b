"""The lists of the catalogue."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.systems.college.catalogue.models import Programme, Term

TERM_STATES = {
    Term.State.SETUP.value: State(_("Being set up"), "wait", "wrench"),
    Term.State.ENROLMENT_OPEN.value: State(_("Enrolment open"), "good", "door-open"),
    Term.State.IN_PROGRESS.value: State(_("In progress"), "info", "play"),
    Term.State.GRADING.value: State(_("Grading"), "warn", "notebook-pen"),
    Term.State.CLOSED.value: State(_("Closed"), "neutral", "lock"),
    Term.State.ARCHIVED.value: State(_("Archived"), "neutral", "archive"),
}
ACTIVE_STATES = {
    True: State(_("Takes students"), "good"),
    False: State(_("Takes nobody new"), "neutral", "pause"),
}
_LEVELS = dict(Programme.Level.choices)
_KINDS = dict(Term.Kind.choices)


def level_of(row: Any) -> str:
    """The level in words."""
    return str(_LEVELS[row["level"]])


def kind_of(row: Any) -> str:
    """The kind of term in words, and whether it is the current one."""
    kind = str(_KINDS[row["kind"]])
    return f"{kind} · {_('current')}" if row["is_current"] else kind


class ProgrammeTable(Table):
    """Programmes by code."""

    name = "programmes"
    title = _("Programmes")
    columns = (
        Column("code", _("Code"), sortable=True, primary=True, link="catalogue:programme"),
        Column("name", _("Name"), sortable=True),
        Column("department", _("Department"), visible=False),
        Column("level", _("Level"), text=level_of, export=level_of),
        Column("duration_years", _("Years"), kind="number"),
        Column("total_units_required", _("Units"), kind="number"),
        Column("is_active", _("State"), kind="state", states=ACTIVE_STATES),
    )
    filters = (
        TextFilter("find", _("Code or name"), ("code__istartswith", "name__icontains")),
        ChoiceFilter("level", _("Level"), choices=Programme.Level.choices, multiple=True),
        BooleanFilter("active", _("Takes students"), lookup={"is_active": True}),
    )
    order = "code"
    empty_title = _("No programmes yet")
    empty_text = _("Add the first one, or import students from a file that names them.")
    empty_icon = "graduation-cap"


class TermTable(Table):
    """Terms, the latest first."""

    name = "terms"
    title = _("Terms")
    columns = (
        Column("code", _("Term"), sortable=True, primary=True, link="catalogue:term"),
        Column("kind", _("Kind"), text=kind_of, needs=("kind", "is_current"), export=kind_of),
        Column("academic_year", _("Academic year"), sortable=True),
        Column("starts_on", _("First day"), kind="date", sortable=True),
        Column("ends_on", _("Last day"), kind="date", sortable=True),
        Column("state", _("State"), kind="state", states=TERM_STATES),
    )
    filters = (
        ChoiceFilter("state", _("State"), choices=Term.State.choices, multiple=True),
        ChoiceFilter("kind", _("Kind"), choices=Term.Kind.choices, multiple=True),
    )
    order = "-starts_on"
    empty_title = _("No terms yet")
    empty_text = _("Plan the first term; its exams come with it.")
    empty_icon = "calendar-days"
