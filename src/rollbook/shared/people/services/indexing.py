"""Keeping the words by which people are found in step with what is written about them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core.ids import new_id
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.people import rules
from rollbook.shared.people.models import ContactPoint, Identifier, Person, SearchToken
from rollbook.shared.people.selectors import survivor_of

Kind = SearchToken.Kind

#: Who is found, whose word it is, its kind, the word.
Row = tuple[UUID, UUID, str, str]

_INSERT = """
INSERT INTO people_searchtoken (organisation_id, id, person_id, source_id, kind, token)
SELECT %s::uuid, t.id, t.person_id, t.source_id, t.kind, t.token
  FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS t(id, person_id, source_id, kind, token)
RETURNING 1
"""
_BATCH = 10_000
_LONGEST = 254


def name_tokens(person: Person) -> set[str]:
    """The words of a person's name, the preferred one included."""
    return rules.name_tokens(
        person.family_name, person.given_name, person.middle_name, person.suffix, person.preferred_name
    )


def index(person_id: UUID, kind: str, tokens: Iterable[str], *, found_id: UUID | None = None) -> Iterator[Row]:
    """The rows by which a person is found through these words."""
    for token in sorted(tokens):
        yield found_id or person_id, person_id, kind, token[:_LONGEST]


def store(rows: Iterable[Row]) -> None:
    """Write rows in as few statements as they need. Imports bring many, so this is plain SQL over arrays."""
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        found, sources, kinds, tokens = zip(*batch, strict=True)
        values: list[Any] = [
            require_organisation_id(),
            _ids(new_id() for _ in batch),
            _ids(found),
            _ids(sources),
            list(kinds),
            list(tokens),
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)


def _ids(values: Iterable[UUID]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def index_name_again(person: Person) -> None:
    """Replace the words of a changed name."""
    _replace(person.pk, Kind.NAME, name_tokens(person))


def index_numbers_again(person_id: UUID) -> None:
    """Replace the words of the numbers that a person carries."""
    values = Identifier.objects.filter(person=person_id).values_list("value", flat=True)
    _replace(person_id, Kind.NUMBER, set().union(*(rules.number_tokens(value) for value in values)))


def index_contacts_again(person_id: UUID) -> None:
    """Replace the words of telephone numbers and e-mail addresses."""
    points = list(ContactPoint.objects.filter(person=person_id).values_list("kind", "value"))
    _replace(
        person_id,
        Kind.PHONE,
        set().union(*(contact_tokens(kind, value) for kind, value in points if kind == "PHONE")),
    )
    _replace(person_id, Kind.EMAIL, {value for kind, value in points if kind == "EMAIL"})


def contact_tokens(kind: str, value: str) -> set[str]:
    """The words of one contact point."""
    return rules.phone_tokens(value) if kind == ContactPoint.Kind.PHONE else {value}


def _replace(person_id: UUID, kind: str, tokens: set[str]) -> None:
    SearchToken.objects.filter(source=person_id, kind=kind).delete()
    store(index(person_id, kind, tokens, found_id=survivor_of(person_id)))
