"""How people are reached, and which numbers they carry."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people import permissions, rules
from rollbook.shared.people.checking import Problem, checked_contact, checked_number
from rollbook.shared.people.errors import IdentifierTaken
from rollbook.shared.people.models import Address, ContactPoint, Identifier, SearchToken
from rollbook.shared.people.selectors import home_country
from rollbook.shared.people.services import indexing
from rollbook.shared.people.services.locking import person_for_update

#: The parts of an address and how long each may be.
_ADDRESS_FIELDS = {
    **dict.fromkeys(("line1", "line2"), 200),
    **dict.fromkeys(("district", "city", "province", "region"), 120),
    "postal_code": 20,
    "country": 2,
    **dict.fromkeys(("district_code", "city_code", "province_code", "region_code"), 20),
}


def add_contact_point(
    actor: Actor, *, person_id: UUID, kind: str, value: str, label: str = "", is_primary: bool = False
) -> ContactPoint:
    """Write down how a person is reached; the same again changes nothing.

    The first of its kind becomes the primary one.
    """
    actor.require(permissions.CHANGE_PEOPLE)
    person = person_for_update(person_id)
    stored = _checked_contact(kind, value)
    points = list(ContactPoint.objects.filter(person=person, kind=kind))
    present = next((point for point in points if point.value == stored), None)
    if present:
        return present
    becomes_primary = is_primary or not points
    if becomes_primary:
        ContactPoint.objects.filter(person=person, kind=kind, is_primary=True).update(is_primary=False)
    point = ContactPoint.objects.create(
        person=person, kind=kind, value=stored, label=rules.tidy(label)[:40], is_primary=becomes_primary
    )
    indexing.index_contacts_again(person_id)
    record(actor, "people.contact_added", person, contact_kind=kind, value=stored, is_primary=becomes_primary)
    return point


def _checked_contact(kind: str, value: str) -> str:
    if kind not in ContactPoint.Kind.values:
        raise Invalid.field(
            "kind", gettext("Use one of %(choices)s.") % {"choices": ", ".join(ContactPoint.Kind.values)}
        )
    problems: list[Problem] = []
    stored = checked_contact(kind, value, home_country(), problems)
    if problems:
        raise Invalid(errors=[{**problem, "field": "value"} for problem in problems])
    return stored


def remove_contact_point(actor: Actor, *, contact_point_id: UUID) -> None:
    """Take away a way of reaching a person; the oldest one that is left becomes the primary one."""
    actor.require(permissions.CHANGE_PEOPLE)
    point = _contact_point(contact_point_id)
    point.delete()
    if point.is_primary:
        left = ContactPoint.objects.filter(person=point.person_id, kind=point.kind).order_by("id").first()
        if left:
            left.is_primary = True
            left.save(update_fields=["is_primary"])
    indexing.index_contacts_again(point.person_id)
    record(
        actor,
        "people.contact_removed",
        ("people.person", point.person_id),
        contact_kind=point.kind,
        value=point.value,
    )


def make_primary(actor: Actor, *, contact_point_id: UUID) -> ContactPoint:
    """Use this number or address first."""
    actor.require(permissions.CHANGE_PEOPLE)
    point = _contact_point(contact_point_id)
    if point.is_primary:
        return point
    others = ContactPoint.objects.filter(person=point.person_id, kind=point.kind, is_primary=True)
    others.update(is_primary=False)
    point.is_primary = True
    point.save(update_fields=["is_primary"])
    record(
        actor,
        "people.contact_made_primary",
        ("people.person", point.person_id),
        contact_kind=point.kind,
        value=point.value,
    )
    return point


def mark_verified(actor: Actor, *, contact_point_id: UUID) -> ContactPoint:
    """Note that the person proved to be reached there. The first proof stands."""
    actor.require(permissions.CHANGE_PEOPLE)
    point = _contact_point(contact_point_id)
    if point.verified_at is None:
        point.verified_at = clock.now()
        point.save(update_fields=["verified_at"])
        record(
            actor,
            "people.contact_verified",
            ("people.person", point.person_id),
            contact_kind=point.kind,
            value=point.value,
        )
    return point


def _contact_point(contact_point_id: UUID) -> ContactPoint:
    """The contact point, its person's row locked first."""
    person_id = ContactPoint.objects.filter(pk=contact_point_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound
    person_for_update(person_id)
    point = ContactPoint.objects.filter(pk=contact_point_id).first()
    if point is None:
        raise NotFound
    return point


def set_address(actor: Actor, *, person_id: UUID, kind: str, **fields: str) -> Address:
    """Write down where a person lives or gets post; one address of each kind."""
    actor.require(permissions.CHANGE_PEOPLE)
    person = person_for_update(person_id)
    stored = _checked_address(kind, fields)
    address = Address.objects.filter(person=person, kind=kind).first() or Address(person=person, kind=kind)
    is_new = address._state.adding
    before = {} if is_new else {name: getattr(address, name) for name in _ADDRESS_FIELDS}
    for name, value in stored.items():
        setattr(address, name, value)
    after = {name: getattr(address, name) for name in _ADDRESS_FIELDS}
    if before != after:
        address.save(force_insert=is_new)
        record(actor, "people.address_set", person, before=before, after=after, address_kind=kind)
    return address


def _checked_address(kind: str, fields: dict[str, str]) -> dict[str, str]:
    problems: list[Problem] = []
    if kind not in Address.Kind.values:
        problems.append(
            {
                "field": "kind",
                "message": gettext("Use one of %(choices)s.") % {"choices": ", ".join(Address.Kind.values)},
            }
        )
    stored: dict[str, str] = {}
    for name, text in fields.items():
        if name not in _ADDRESS_FIELDS:
            problems.append({"field": name, "message": gettext("An address has no such part.")})
            continue
        stored[name] = rules.tidy(text)
        longest = _ADDRESS_FIELDS[name]
        if len(stored[name]) > longest:
            problems.append({"field": name, "message": gettext("Use at most %(most)s characters.") % {"most": longest}})
    country = stored.get("country", "").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        problems.append({"field": "country", "message": gettext("Use the two letters of the country, such as PH.")})
    if "country" in stored:
        stored["country"] = country
    if problems:
        raise Invalid(errors=problems)
    return stored


def add_identifier(actor: Actor, *, person_id: UUID, kind: str, value: str) -> Identifier:
    """Write down a number that a person carries and is found by. The same again changes nothing."""
    actor.require(permissions.CHANGE_PEOPLE)
    person = person_for_update(person_id)
    problems: list[Problem] = []
    stored = checked_number(value, problems)
    if problems:
        raise Invalid(errors=problems)
    key = rules.number_key(stored)
    present = Identifier.objects.filter(kind=kind, value_key=key).select_related("person").first()
    if present and present.person_id == person_id:
        return present
    if present:
        raise IdentifierTaken(value=stored, kind=kind, holder=present.person.full_name)
    try:
        with transaction.atomic():
            identifier = Identifier.objects.create(person=person, kind=kind, value=stored, value_key=key)
    except IntegrityError as error:
        raise IdentifierTaken(value=stored, kind=kind, holder="somebody who got it a moment ago") from error
    indexing.index_numbers_again(person_id)
    record(actor, "people.identifier_added", person, identifier_kind=kind, value=stored)
    return identifier


def bulk_add_identifiers(actor: Actor, *, kind: str, numbers: Sequence[tuple[UUID, str]]) -> None:
    """Give many people a number of one kind at once: (person, number).

    For imports and for rooms whose own act gives the number.
    """
    actor.require(permissions.CHANGE_PEOPLE)
    rows = [
        Identifier(person_id=person_id, kind=kind, value=value, value_key=rules.number_key(value))
        for person_id, value in numbers
    ]
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create(rows, batch_size=2_000)
    except IntegrityError as error:
        raise IdentifierTaken(value=rows[0].value, kind=kind, holder="somebody else") from error
    indexing.store(
        token
        for person_id, value in numbers
        for token in indexing.index(person_id, SearchToken.Kind.NUMBER, rules.number_tokens(value))
    )
    record(actor, "people.identifiers_added", ("people.person", None), identifier_kind=kind, count=len(rows))


def bulk_remove_identifiers(actor: Actor, *, kinds: Sequence[str], person_ids: Sequence[UUID], reason: str) -> int:
    """Take every number of these kinds away from many people at once, as when an import is taken back."""
    actor.require(permissions.CHANGE_PEOPLE)
    if not rules.tidy(reason):
        raise Invalid.field("reason", gettext("Say why the numbers are taken away."))
    removed = 0
    for start in range(0, len(person_ids), 2_000):
        some = list(person_ids[start : start + 2_000])
        count, _ = Identifier.objects.filter(kind__in=list(kinds), person_id__in=some).delete()
        removed += count
        SearchToken.objects.filter(source_id__in=some, kind=SearchToken.Kind.NUMBER).delete()
        left = Identifier.objects.filter(person_id__in=some).values_list("person_id", "value")
        indexing.store(
            token
            for person_id, value in left
            for token in indexing.index(person_id, SearchToken.Kind.NUMBER, rules.number_tokens(value))
        )
    record(
        actor, "people.identifiers_removed", ("people.person", None), reason=reason, kinds=list(kinds), count=removed
    )
    return removed


def remove_identifier(actor: Actor, *, identifier_id: UUID, reason: str) -> None:
    """Take a number away from a person, such as that of a lost card."""
    actor.require(permissions.CHANGE_PEOPLE)
    if not rules.tidy(reason):
        raise Invalid.field("reason", gettext("Say why the number is taken away."))
    identifier = Identifier.objects.filter(pk=identifier_id).first()
    if identifier is None:
        raise NotFound
    person = person_for_update(identifier.person_id)
    identifier.delete()
    indexing.index_numbers_again(person.pk)
    record(
        actor,
        "people.identifier_removed",
        person,
        reason=reason,
        identifier_kind=identifier.kind,
        value=identifier.value,
    )
