"""Adding people to the roll and changing what is written about them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.errors import Invalid, VersionConflict
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import permissions, rules
from rollbook.shared.people.checking import (
    Checked,
    NewPerson,
    check_new,
    checked_changes,
    refuse_unconfirmed,
)
from rollbook.shared.people.errors import IdentifierTaken
from rollbook.shared.people.models import ContactPoint, Identifier, Person, SearchToken
from rollbook.shared.people.selectors import home_country
from rollbook.shared.people.services import indexing
from rollbook.shared.people.services.locking import person_for_update

_BATCH = 2_000
#: Imports bring many people, so they are written over arrays.
_INSERT_PEOPLE = """
INSERT INTO people_person (organisation_id, id, created_at, family_name, given_name, middle_name, suffix,
                           preferred_name, birth_date, sex, is_private, search_key, version)
SELECT %(organisation)s, p.id, %(at)s, p.family_name, p.given_name, p.middle_name, p.suffix, p.preferred_name,
       p.birth_date, p.sex, p.is_private, p.search_key, 1
  FROM unnest(%(ids)s::uuid[], %(family_name)s::text[], %(given_name)s::text[], %(middle_name)s::text[],
              %(suffix)s::text[], %(preferred_name)s::text[], %(births)s::date[], %(sex)s::text[],
              %(private)s::boolean[], %(search_key)s::text[])
       AS p(id, family_name, given_name, middle_name, suffix, preferred_name, birth_date, sex, is_private, search_key)
RETURNING 1
"""
_INSERT_NUMBERS = """
INSERT INTO people_identifier (organisation_id, id, created_at, person_id, kind, value, value_key)
SELECT %(organisation)s, n.id, %(at)s, n.person_id, n.kind, n.value, n.value_key
  FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(kinds)s::text[], %(values)s::text[], %(keys)s::text[])
       AS n(id, person_id, kind, value, value_key)
RETURNING 1
"""
_NAME_FIELDS = frozenset({"family_name", "given_name", "middle_name", "suffix", "preferred_name"})


def add_person(
    actor: Actor, new: NewPerson, *, ages: rules.AgeBounds | None = None, is_age_confirmed: bool = False
) -> Person:
    """Add somebody to the roll. An age outside `ages` needs to be confirmed."""
    actor.require(permissions.ADD_PEOPLE)
    today = organisation_in_scope().local_date(clock.now())
    checked = check_new(new, today=today, country=home_country(), ages=ages)
    if checked.problems:
        raise Invalid(errors=checked.problems)
    refuse_unconfirmed(new.birth_date, checked.unusual_age, is_confirmed=is_age_confirmed)
    person = _insert([checked.new])[0]
    record(actor, "people.person_added", person, after=_facts(person))
    return person


def check_rows(rows: Sequence[NewPerson], *, ages: rules.AgeBounds | None = None) -> list[Checked]:
    """What an import would store, row by row, with every problem named; nothing is written."""
    today = organisation_in_scope().local_date(clock.now())
    country = home_country()
    return [check_new(row, today=today, country=country, ages=ages) for row in rows]


def bulk_add(actor: Actor, rows: Sequence[NewPerson]) -> list[Person]:
    """Add many people at once, in the order given, with the same rows as one `add_person` each; all or none.

    Unusual ages are not asked about: whoever imports shows the verdicts of `check_rows` first.
    """
    actor.require(permissions.ADD_PEOPLE)
    checked = check_rows(rows)
    problems = [
        {"field": f"rows.{index}.{problem['field']}", "message": problem["message"]}
        for index, row in enumerate(checked)
        for problem in row.problems
    ]
    if problems:
        raise Invalid(errors=problems)
    return bulk_add_checked(actor, checked)


def bulk_add_checked(actor: Actor, checked: Sequence[Checked]) -> list[Person]:
    """As `bulk_add`, for whoever has asked `check_rows` already and shows its problems in another way."""
    actor.require(permissions.ADD_PEOPLE)
    if any(row.problems for row in checked):
        raise Invalid.field("rows", gettext("Some rows have problems; correct them first."))
    people = _insert([row.new for row in checked])
    record(
        actor,
        "people.people_added",
        ("people.person", None),
        count=len(people),
        ids=[row.pk for row in people],
    )
    return people


def change_person(
    actor: Actor,
    *,
    person_id: UUID,
    version: int,
    changes: Mapping[str, Any],
    ages: rules.AgeBounds | None = None,
    is_age_confirmed: bool = False,
) -> Person:
    """Change names, birth date, sex or privacy of somebody, unless another change came first."""
    actor.require(permissions.CHANGE_PEOPLE)
    now = clock.now()
    stored, unusual_age = checked_changes(changes, today=organisation_in_scope().local_date(now), ages=ages)
    person = person_for_update(person_id)
    if person.version != version:
        raise VersionConflict(version=person.version, now={name: getattr(person, name) for name in stored})
    refuse_unconfirmed(stored.get("birth_date"), unusual_age, is_confirmed=is_age_confirmed)
    before = _facts(person)
    for name, value in stored.items():
        setattr(person, name, value)
    if not person.family_name and not person.given_name:
        raise Invalid.field("given_name", gettext("Enter a name; for a single name use the given name."))
    if _facts(person) == before:
        return person
    person.search_key = rules.search_key(person.name)
    _save(person, now, *stored, "search_key")
    if _NAME_FIELDS & set(stored):
        indexing.index_name_again(person)
    record(actor, "people.person_changed", person, before=before, after=_facts(person))
    return person


def set_photo(actor: Actor, *, person_id: UUID, photo_id: UUID | None) -> Person:
    """Give somebody a stored photo, or take it away. The room of files checks the picture."""
    actor.require(permissions.CHANGE_PEOPLE)
    person = person_for_update(person_id)
    before = person.photo_id
    if before == photo_id:
        return person
    person.photo_id = photo_id
    _save(person, clock.now(), "photo_id")
    record(actor, "people.photo_set", person, before={"photo_id": before}, after={"photo_id": photo_id})
    return person


def _save(person: Person, now: Any, *fields: str) -> None:
    person.version += 1
    person.updated_at = now
    person.save(update_fields=[*fields, "version", "updated_at"])


def _insert(rows: Sequence[NewPerson]) -> list[Person]:
    people = [_row(new) for new in rows]
    for person in people:
        person.search_key = rules.search_key(person.name)
    _insert_people(people)
    pairs = list(zip(people, rows, strict=True))
    ContactPoint.objects.bulk_create(
        [point for person, new in pairs for point in _contact_points(person, new)], batch_size=_BATCH
    )
    _insert_identifiers(
        [
            Identifier(person=person, kind=kind, value=value, value_key=rules.number_key(value))
            for person, new in pairs
            for kind, value in new.identifiers
        ]
    )
    indexing.store(token for person, new in pairs for token in _tokens(person, new))
    return people


def _insert_people(people: Sequence[Person]) -> None:
    now = clock.now()
    texts = ("family_name", "given_name", "middle_name", "suffix", "preferred_name", "sex", "search_key")
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_PEOPLE,
            {
                "organisation": require_organisation_id(),
                "at": now,
                "ids": array_of(person.pk for person in people),
                "births": array_of(person.birth_date for person in people),
                "private": array_of(person.is_private for person in people),
                **{name: text_array_of(getattr(person, name) for person in people) for name in texts},
            },
        )
    for person in people:
        # As Django does after an insert: what follows is a change of a row that stands.
        person.created_at, person.organisation_id = now, require_organisation_id()
        person._state.adding, person._state.db = False, connection.alias


def _row(new: NewPerson) -> Person:
    return Person(
        family_name=new.family_name,
        given_name=new.given_name,
        middle_name=new.middle_name,
        suffix=new.suffix,
        preferred_name=new.preferred_name,
        birth_date=new.birth_date,
        sex=new.sex,
        is_private=new.is_private,
    )


def _contact_points(person: Person, new: NewPerson) -> list[ContactPoint]:
    kinds = ((ContactPoint.Kind.PHONE, new.phones), (ContactPoint.Kind.EMAIL, new.emails))
    return [
        ContactPoint(person=person, kind=kind, value=value, is_primary=index == 0)
        for kind, values in kinds
        for index, value in enumerate(values)
    ]


def _insert_identifiers(identifiers: list[Identifier]) -> None:
    try:
        with transaction.atomic():
            _insert_numbers(identifiers)
    except IntegrityError as error:
        raise _taken(identifiers) from error


def _insert_numbers(identifiers: Sequence[Identifier]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_NUMBERS,
            {
                "organisation": require_organisation_id(),
                "at": clock.now(),
                "ids": array_of(identifier.pk for identifier in identifiers),
                "people": array_of(identifier.person_id for identifier in identifiers),
                "kinds": text_array_of(identifier.kind for identifier in identifiers),
                "values": text_array_of(identifier.value for identifier in identifiers),
                "keys": text_array_of(identifier.value_key for identifier in identifiers),
            },
        )


def _taken(identifiers: list[Identifier]) -> IdentifierTaken:
    """Name the first number that somebody has already, or that stands twice among the new ones."""
    seen: set[tuple[str, str]] = set()
    kinds = {identifier.kind for identifier in identifiers}
    keys = {identifier.value_key for identifier in identifiers}
    present = Identifier.objects.filter(kind__in=kinds, value_key__in=keys).select_related("person")
    holders = {(row.kind, row.value_key): row.person.full_name for row in present}
    for identifier in identifiers:
        place = (identifier.kind, identifier.value_key)
        if place in holders or place in seen:
            holder = holders.get(place, "another new entry")
            return IdentifierTaken(value=identifier.value, kind=identifier.kind, holder=holder)
        seen.add(place)
    return IdentifierTaken(value=identifiers[0].value, kind=identifiers[0].kind, holder="somebody else")


def _tokens(person: Person, new: NewPerson) -> list[indexing.Row]:
    kinds = SearchToken.Kind
    numbers = set().union(*(rules.number_tokens(value) for _, value in new.identifiers))
    phones = set().union(*(rules.phone_tokens(value) for value in new.phones))
    by_kind = {
        kinds.NAME: indexing.name_tokens(person),
        kinds.NUMBER: numbers,
        kinds.PHONE: phones,
        kinds.EMAIL: set(new.emails),
    }
    return [token for kind, words in by_kind.items() for token in indexing.index(person.pk, kind, words)]


def _facts(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in (*sorted(_NAME_FIELDS), "birth_date", "sex", "is_private")}
