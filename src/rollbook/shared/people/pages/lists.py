"""Everybody on the roll."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core.web import PageRequest, page
from rollbook.core.web.tables import Column, Table, TextFilter
from rollbook.shared.people import permissions, rules, selectors
from rollbook.shared.people.models import Identifier


@dataclass(frozen=True)
class PersonFilter(TextFilter):
    """Name, number, telephone or e-mail, as every search box takes them."""

    def condition(self, value: Any) -> Q:
        return selectors.person_matches(value)


def _roll_name(row: Any) -> str:
    return rules.roll_name(rules.Name(row["family_name"], row["given_name"], row["middle_name"], row["suffix"]))


class PeopleTable(Table):
    """People of the organisation."""

    name = "people"
    title = _("People")
    columns = (
        Column(
            "search_key",
            _("Name"),
            sortable=True,
            primary=True,
            text=_roll_name,
            link="people:person",
            link_args=("id",),
        ),
        Column("numbers", _("Numbers"), text=lambda row: ", ".join(row["numbers"])),
        Column("birth_date", _("Born"), kind="date", sortable=True, nullable=True),
        Column("preferred_name", _("Called"), visible=False),
        Column("created_at", _("Added"), kind="datetime", sortable=True, visible=False),
    )
    filters = (PersonFilter("find", _("Name, number, telephone or e-mail")),)
    order = "search_key"


_NAMES = ("family_name", "given_name", "middle_name", "suffix")


@page(permission=permissions.VIEW_PEOPLE)
def people(request: PageRequest) -> HttpResponse:
    """Everybody on the roll, by name."""
    numbers = Identifier.objects.filter(person=OuterRef("pk")).order_by("kind", "value_key").values("value")
    rows = selectors.people(request.actor).annotate(numbers=ArraySubquery(numbers))
    table = PeopleTable(request, rows.values(*PeopleTable.fields(), *_NAMES))
    return table.respond("people/people.html", {"may_add": request.actor.may(permissions.ADD_PEOPLE)})
