"""The catalogue in words: terms of a plan, prerequisites, states."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.systems.college.catalogue.models import Curriculum, Term
from rollbook.systems.college.catalogue.prerequisites import (
    AllMajor,
    AllOf,
    AnyOf,
    Corequisite,
    Group,
    Node,
    PercentUnits,
    Permission,
    Specific,
    YearStanding,
)

CURRICULUM_STATES = {
    Curriculum.State.DRAFT.value: State(_("Draft"), "wait", "pencil"),
    Curriculum.State.APPROVED.value: State(_("Approved"), "info", "check"),
    Curriculum.State.ACTIVE.value: State(_("In force"), "good", "badge-check"),
    Curriculum.State.RETIRED.value: State(_("Retired"), "neutral", "archive"),
}
SUBJECT_STATES = {
    True: State(_("Taught"), "good"),
    False: State(_("Not taught any more"), "neutral", "archive"),
}
_KINDS = dict(Term.Kind.choices)


def term_name(year_level: int, semester: str) -> str:
    """A term of a plan: "Year 2 · First semester"."""
    return now("Year %(year)s · %(semester)s") % {"year": year_level, "semester": _KINDS[semester]}


def semester_name(semester: str) -> str:
    """A semester in words."""
    return str(_KINDS[semester])


def in_words(node: Node | None, codes: Mapping[UUID, str]) -> str:  # noqa: C901, PLR0911 — one case per kind of node
    """What must come before, as a sentence of few words; nothing where nothing is asked for."""
    match node:
        case None:
            return ""
        case AllOf(parts):
            return now(" and ").join(_inside(part, codes) for part in parts)
        case AnyOf(parts):
            return now(" or ").join(_inside(part, codes) for part in parts)
        case Specific(subject_id, None):
            return codes.get(subject_id, "?")
        case Specific(subject_id, grade):
            words = {"code": codes.get(subject_id, "?"), "grade": grade}
            return now("%(code)s with %(grade)s or better") % words
        case Corequisite(subject_id):
            return now("%(code)s before or in the same term") % {"code": codes.get(subject_id, "?")}
        case YearStanding(year_level):
            return now("year %(year)s standing") % {"year": year_level}
        case Group(tag, min_subjects):
            return now("%(count)s subjects of %(tag)s") % {"count": min_subjects, "tag": tag}
        case PercentUnits(percent):
            return now("%(percent)s%% of the units") % {"percent": percent}
        case AllMajor():
            return now("all other majors")
        case Permission(role):
            return now("permission of %(role)s") % {"role": role.replace("_", " ")}


def _inside(part: Node, codes: Mapping[UUID, str]) -> str:
    text = in_words(part, codes)
    return f"({text})" if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 else text
