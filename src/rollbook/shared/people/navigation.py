"""Where people stand in the house, and how they are found from anywhere."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.formatting import day_text
from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.core.web.search import SearchProvider, SearchRow, register_search
from rollbook.shared.people import permissions, selectors

register_navigation(
    NavigationItem(
        _("People"), "people:list", "users-round", permissions.VIEW_PEOPLE, group="work", order=60, in_rail=False
    ),
)


def _find(actor: Actor, text: str, limit: int) -> list[SearchRow]:
    rows = selectors.search_people(actor, text, limit=limit)
    return [
        SearchRow(
            title=row.roll_name,
            url=reverse("people:person", args=[row.id]),
            detail=" · ".join([*row.numbers, *([day_text(row.birth_date)] if row.birth_date else [])]),
        )
        for row in rows
    ]


register_search(SearchProvider("people", _("People"), permissions.VIEW_PEOPLE, _find, order=60))
