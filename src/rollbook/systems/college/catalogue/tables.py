"""The lists of the catalogue."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.systems.college.catalogue.models import Curriculum, GradeScale, Programme, Subject, Term
from rollbook.systems.college.catalogue.words import CURRICULUM_STATES, SUBJECT_STATES

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
_CATEGORIES = dict(Subject.Category.choices)
_DIRECTIONS = dict(GradeScale.Direction.choices)


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


class CurriculumTable(Table):
    """Curricula of a programme, the latest year first."""

    name = "curricula"
    title = _("Curricula")
    columns = (
        Column("name", _("Curriculum"), sortable=True, primary=True, link="catalogue:curriculum"),
        Column("effective_academic_year", _("From"), sortable=True),
        Column("state", _("State"), kind="state", states=CURRICULUM_STATES),
    )
    filters = (ChoiceFilter("state", _("State"), choices=Curriculum.State.choices, multiple=True),)
    order = "-effective_academic_year"
    empty_title = _("No curriculum yet")
    empty_text = _("Draft the first one, or take it from a file.")
    empty_icon = "layers"


def category_of(row: Any) -> str:
    """The category in words."""
    return str(_CATEGORIES[row["category"]])


class SubjectTable(Table):
    """Subjects by code."""

    name = "subjects"
    title = _("Subjects")
    columns = (
        Column("code", _("Code"), sortable=True, primary=True, link="catalogue:subject"),
        Column("title", _("Title"), sortable=True),
        Column("all_units", _("Units"), kind="number"),
        Column("lecture_units", _("Lecture"), kind="number", visible=False),
        Column("lab_units", _("Laboratory"), kind="number", visible=False),
        Column("category", _("Category"), text=category_of, export=category_of),
        Column("is_active", _("State"), kind="state", states=SUBJECT_STATES),
    )
    filters = (
        TextFilter("find", _("Code or title"), ("code__istartswith", "title__icontains")),
        ChoiceFilter("category", _("Category"), choices=Subject.Category.choices, multiple=True),
        BooleanFilter("taught", _("Taught"), lookup={"is_active": True}),
        BooleanFilter("practicum", _("Practicum"), lookup={"is_practicum": True}),
    )
    order = "code"
    empty_title = _("No subjects yet")
    empty_text = _("Add the first one, or take a whole curriculum from a file.")
    empty_icon = "book-open"


def ways_of(row: Any) -> str:
    """One way or both."""
    return str(_("both ways") if row["is_two_way"] else _("one way"))


class EquivalencyReading(Table):
    """Equivalencies, the latest first, for whoever may read them."""

    name = "equivalencies"
    title = _("Equivalencies")
    columns = (
        Column("subject__code", _("Whoever passed"), sortable=True, primary=True),
        Column("satisfies__code", _("needs not take"), sortable=True),
        Column("is_two_way", _("Ways"), text=ways_of, export=ways_of),
        Column("curriculum__name", _("Only in"), nullable=True),
        Column("effective_from", _("From"), kind="date", sortable=True),
        Column("effective_to", _("Last day"), kind="date", nullable=True),
        Column("reason", _("Why"), visible=False),
    )
    filters = (
        TextFilter("find", _("Code"), ("subject__code__istartswith", "satisfies__code__istartswith")),
        BooleanFilter("open", _("Until further notice"), lookup={"effective_to__isnull": True}),
    )
    order = "-effective_from"
    empty_title = _("No equivalencies yet")
    empty_text = _("Say that whoever passed one subject needs not take another.")
    empty_icon = "handshake"


class EquivalencyTable(EquivalencyReading):
    """The same for whoever may end one: a row leads there."""

    row_link = "catalogue:end_equivalency"


def direction_of(row: Any) -> str:
    """The order of grades in words."""
    return str(_DIRECTIONS[row["direction"]])


class ScaleTable(Table):
    """Grade scales with their versions."""

    name = "grade-scales"
    title = _("Grade scales")
    columns = (
        Column("code", _("Scale"), sortable=True, primary=True, link="catalogue:grade_scale"),
        Column("version_number", _("Version"), kind="number"),
        Column("name", _("Name")),
        Column("direction", _("Order"), text=direction_of, export=direction_of),
        Column("minimum_pass", _("Least pass"), kind="number"),
        Column("effective_from", _("For grades from"), kind="date", nullable=True),
    )
    order = "code"
    empty_title = _("No grade scales yet")
    empty_text = _("They come with the first grade sheet.")
    empty_icon = "scale"
