"""Finding people, and reading what is written about them.

Search compares words by range (`token >= 'cruz' AND token < 'cruz…'`), because under row security PostgreSQL
may use an index for such comparisons and not for LIKE or trigrams.
"""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from babel.core import get_global
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from rollbook.core.errors import NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import permissions, rules
from rollbook.shared.people.models import (
    Address,
    ContactPoint,
    HouseholdMember,
    Identifier,
    Person,
    Relationship,
    SearchToken,
)
from rollbook.shared.people.search import Term, exact_alternatives, search_terms

#: Nobody reads further down a list of hits; they type another letter.
MOST_HITS = 50

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """A person that a search found, with what tells two people apart."""

    id: UUID
    full_name: str
    roll_name: str
    birth_date: date | None
    numbers: tuple[str, ...]
    photo_id: UUID | None
    is_private: bool
    #: A whole number, telephone number or e-mail address was typed or scanned, and it is theirs.
    is_exact: bool


def person_matches(text: str, person: str = "id") -> Q:
    """A condition for any query: the person in that field is found by the text. Empty text finds nobody.

    `Student.objects.filter(person_matches("cruz 0917", "person"))` is one statement.
    """
    terms = search_terms(text)
    if not terms:
        return Q(**{f"{person}__in": []})
    condition = Q()
    for term in terms:
        tokens = SearchToken.objects.filter(_begins(term)).values("person")
        condition &= Q(**{f"{person}__in": tokens})
    return condition


def _begins(term: Term) -> Q:
    return reduce(or_, (Q(token__gte=start, token__lt=start + _LAST) for start in term))


def search_people(actor: Actor, text: str, *, limit: int = 20) -> list[Found]:
    """People found by name, number, telephone, e-mail or barcode, in one statement; whole numbers first."""
    actor.require(permissions.VIEW_PEOPLE)
    return find_people(text, limit=limit)


def find_people(text: str, *, limit: int = 20) -> list[Found]:
    """As `search_people`, for rooms that have asked for a permission of their own."""
    if not search_terms(text):
        return []
    whole = SearchToken.objects.filter(person=OuterRef("pk"), token__in=exact_alternatives(text)).exclude(
        kind=SearchToken.Kind.NAME
    )
    numbers = Identifier.objects.filter(person=OuterRef("pk")).order_by("kind", "value_key").values("value")
    rows = (
        Person.objects.filter(person_matches(text), merged_into__isnull=True)
        .annotate(is_exact=Exists(whole), numbers=ArraySubquery(numbers))
        .order_by("-is_exact", "search_key", "id")[: min(limit, MOST_HITS)]
    )
    return [_found(row) for row in rows]


def _found(row: Any) -> Found:
    return Found(
        id=row.pk,
        full_name=row.full_name,
        roll_name=row.roll_name,
        birth_date=row.birth_date,
        numbers=tuple(row.numbers),
        photo_id=row.photo_id,
        is_private=row.is_private,
        is_exact=row.is_exact,
    )


def people(actor: Actor) -> QuerySet[Person]:
    """Everybody on the roll, sorted by name, without merged entries."""
    actor.require(permissions.VIEW_PEOPLE)
    return Person.objects.filter(merged_into__isnull=True).order_by("search_key", "id")


def person(actor: Actor, person_id: UUID) -> Person:
    """One person; anybody may see their own entry."""
    if actor.person_id != person_id:
        actor.require(permissions.VIEW_PEOPLE)
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


_ENTRIES = """
WITH RECURSIVE entries AS (
    SELECT p.id FROM people_person p WHERE p.organisation_id = %(organisation)s AND p.id = %(person)s
    UNION ALL
    SELECT d.id FROM people_person d JOIN entries e ON d.merged_into_id = e.id
     WHERE d.organisation_id = %(organisation)s
)
SELECT id FROM entries
"""
_SURVIVOR = """
WITH RECURSIVE chain AS (
    SELECT p.id, p.merged_into_id FROM people_person p
     WHERE p.organisation_id = %(organisation)s AND p.id = %(person)s
    UNION ALL
    SELECT n.id, n.merged_into_id FROM people_person n JOIN chain c ON n.id = c.merged_into_id
     WHERE n.organisation_id = %(organisation)s
)
SELECT id FROM chain WHERE merged_into_id IS NULL
"""


def entries_of(person_id: UUID) -> list[UUID]:
    """The entry itself and every entry that was merged into it, directly or not."""
    return [row[0] for row in _rows(_ENTRIES, person_id)]


def survivor_of(person_id: UUID) -> UUID:
    """The entry that stands for a person today."""
    found = _rows(_SURVIVOR, person_id)
    if not found:
        raise NotFound
    survivor: UUID = found[0][0]
    return survivor


def _rows(statement: str, person_id: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), "person": person_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def contact_points(person_id: UUID) -> QuerySet[ContactPoint]:
    """How a person is reached, the first of each kind first; also by what is written on merged entries."""
    return ContactPoint.objects.filter(person__in=entries_of(person_id)).order_by("kind", "-is_primary", "id")


def identifiers(person_id: UUID) -> QuerySet[Identifier]:
    """The numbers that a person carries."""
    return Identifier.objects.filter(person__in=entries_of(person_id)).order_by("kind", "value_key")


def addresses(person_id: UUID) -> QuerySet[Address]:
    """Where a person lives or gets post."""
    return Address.objects.filter(person__in=entries_of(person_id)).order_by("kind", "id")


def relationships(person_id: UUID) -> QuerySet[Relationship]:
    """Who stands to a person in which relation today, whom to call first at the top."""
    live = Relationship.objects.filter(person__in=entries_of(person_id), ended_on__isnull=True)
    return live.select_related("relative").order_by("-is_primary", "kind", "id")


def related_to(person_id: UUID) -> QuerySet[Relationship]:
    """Whose guardian, parent or next of kin a person is today."""
    live = Relationship.objects.filter(relative__in=entries_of(person_id), ended_on__isnull=True)
    return live.select_related("person").order_by("kind", "id")


def household_members(household_id: UUID) -> QuerySet[HouseholdMember]:
    """Who belongs to a household, its head first."""
    members = HouseholdMember.objects.filter(household=household_id)
    return members.select_related("person").order_by("-is_head", "person__search_key", "id")


def possible_duplicates(
    name: rules.Name, birth_date: date | None = None, numbers: tuple[tuple[str, str], ...] = ()
) -> QuerySet[Person]:
    """People with the same normalised name and birth date (or one unknown), or one of the same numbers."""
    same_name = Q(search_key=rules.search_key(name))
    if birth_date is not None:
        same_name &= Q(birth_date=birth_date) | Q(birth_date__isnull=True)
    condition = same_name
    for kind, value in numbers:
        holders = Identifier.objects.filter(kind=kind, value_key=rules.number_key(value)).values("person")
        condition |= Q(pk__in=holders)
    return Person.objects.filter(condition, merged_into__isnull=True).order_by("search_key", "id")


def home_country() -> str:
    """The country whose telephone numbers need no +: the organisation's, else that of its time zone."""
    named = Organisation.objects.filter(pk=require_organisation_id()).values_list("country", flat=True).get()
    return named or str(get_global("zone_territories").get(organisation_in_scope().timezone, ""))
