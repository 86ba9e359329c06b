"""Where the catalogue stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue import permissions


def _works_with_curricula(actor: Actor) -> bool:
    """Whoever keeps them, and deans and heads of programmes; everybody else finds them in the command palette."""
    return actor.may(permissions.VIEW_DRAFTS) or roles.PROGRAM_HEAD in actor.roles


register_navigation(
    NavigationItem(
        _("Terms"), "catalogue:terms", "calendar-days", permissions.MANAGE_TERMS, group="records", order=40,
        systems=("college",), keywords=_("semester summer enrolment windows"),
    ),
    NavigationItem(
        _("Programmes"), "catalogue:programmes", "graduation-cap", permissions.VIEW_CATALOGUE, group="records",
        order=50, systems=("college",), keywords=_("courses degrees curricula"), in_rail_for=_works_with_curricula,
    ),
    NavigationItem(
        _("Subjects"), "catalogue:subjects", "book-open", permissions.MANAGE_SUBJECTS, group="records", order=52,
        systems=("college",), keywords=_("courses prerequisites units"),
    ),
    NavigationItem(
        _("Equivalencies"), "catalogue:equivalencies", "handshake", permissions.MANAGE_SUBJECTS, group="records",
        order=54, systems=("college",), in_rail=False, keywords=_("substitutes credits"),
    ),
    NavigationItem(
        _("Curriculum from a file"), "catalogue:upload_curriculum", "upload", permissions.DRAFT_CURRICULA,
        group="records", order=56, systems=("college",), in_rail=False, keywords=_("import csv"),
    ),
    NavigationItem(
        _("Grade scales"), "catalogue:grade_scales", "scale", permissions.MANAGE_GRADE_SCALES, group="records",
        order=58, systems=("college",), in_rail=False, keywords=_("marks grades"),
    ),
)  # fmt: skip
