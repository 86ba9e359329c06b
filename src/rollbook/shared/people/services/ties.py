"""Who belongs to whom: relationships and households."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import permissions, rules
from rollbook.shared.people.errors import NotRelatedAnyMore, SamePerson
from rollbook.shared.people.models import Household, HouseholdMember, Relationship
from rollbook.shared.people.services.locking import people_for_update, person_for_update


def relate(
    actor: Actor,
    *,
    person_id: UUID,
    relative_id: UUID,
    kind: str,
    is_primary: bool = False,
    started_on: date | None = None,
    note: str = "",
) -> Relationship:
    """Write down that `relative` is the guardian, parent, next of kin … of `person`.

    The same again changes nothing.
    """
    actor.require(permissions.CHANGE_PEOPLE)
    if kind not in Relationship.Kind.values:
        raise Invalid.field(
            "kind", gettext("Use one of %(choices)s.") % {"choices": ", ".join(Relationship.Kind.values)}
        )
    if person_id == relative_id:
        raise SamePerson
    people_for_update(person_id, relative_id)
    person = person_for_update(person_id)
    relative = person_for_update(relative_id)
    live = Relationship.objects.filter(person=person, kind=kind, ended_on__isnull=True)
    present = live.filter(relative=relative).first()
    if present and present.is_primary == is_primary:
        return present
    if is_primary:
        live.filter(is_primary=True).update(is_primary=False)
    if present:
        present.is_primary = is_primary
        present.save(update_fields=["is_primary"])
        made = present
    else:
        made = Relationship.objects.create(
            person=person,
            relative=relative,
            kind=kind,
            is_primary=is_primary,
            started_on=started_on,
            note=rules.tidy(note)[:200],
        )
    record(actor, "people.related", person, relative_id=relative_id, relation=kind, is_primary=is_primary)
    return made


def end_relationship(actor: Actor, *, relationship_id: UUID, reason: str, ended_on: date | None = None) -> Relationship:
    """Write down that a relationship is over, today unless a day is given. What was stays on record."""
    actor.require(permissions.CHANGE_PEOPLE)
    if not rules.tidy(reason):
        raise Invalid.field("reason", gettext("Say why the relationship ends."))
    relationship = Relationship.objects.select_for_update().filter(pk=relationship_id).first()
    if relationship is None:
        raise NotFound
    if relationship.ended_on is not None:
        raise NotRelatedAnyMore(ended_on=relationship.ended_on)
    day = ended_on or organisation_in_scope().local_date(clock.now())
    if relationship.started_on and day < relationship.started_on:
        raise Invalid.field("ended_on", gettext("A relationship cannot end before it began."))
    relationship.ended_on = day
    relationship.save(update_fields=["ended_on"])
    record(
        actor,
        "people.relationship_ended",
        ("people.person", relationship.person_id),
        reason=reason,
        relative_id=relationship.relative_id,
        relation=relationship.kind,
        ended_on=day,
    )
    return relationship


def make_household(actor: Actor, *, name: str, head_id: UUID) -> Household:
    """Start a household with the person to whom its letters are addressed."""
    actor.require(permissions.CHANGE_PEOPLE)
    tidy = rules.tidy(name)
    if not 0 < len(tidy) <= 120:
        raise Invalid.field("name", gettext("Give the household a name of at most 120 characters."))
    head = person_for_update(head_id)
    household = Household.objects.create(name=tidy)
    HouseholdMember.objects.create(household=household, person=head, is_head=True)
    record(actor, "people.household_made", household, name=tidy, head_id=head_id)
    return household


def join_household(actor: Actor, *, household_id: UUID, person_id: UUID, is_head: bool = False) -> HouseholdMember:
    """Add a person to a household. The same again changes nothing but who is its head."""
    actor.require(permissions.CHANGE_PEOPLE)
    household = Household.objects.select_for_update().filter(pk=household_id).first()
    if household is None:
        raise NotFound
    person = person_for_update(person_id)
    present = HouseholdMember.objects.filter(household=household, person=person).first()
    if present and (present.is_head or not is_head):
        return present
    if is_head:
        HouseholdMember.objects.filter(household=household, is_head=True).update(is_head=False)
    member = present or HouseholdMember(household=household, person=person)
    member.is_head = is_head
    member.save(force_insert=present is None)
    record(actor, "people.household_joined", household, person_id=person_id, is_head=is_head)
    return member


def leave_household(actor: Actor, *, household_id: UUID, person_id: UUID) -> None:
    """Take a person out of a household; who is not in it stays out."""
    actor.require(permissions.CHANGE_PEOPLE)
    household = Household.objects.select_for_update().filter(pk=household_id).first()
    if household is None:
        raise NotFound
    removed, _ = HouseholdMember.objects.filter(household=household, person=person_id).delete()
    if removed:
        record(actor, "people.household_left", household, person_id=person_id)
