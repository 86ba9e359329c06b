"""Anonymising a person whose years of keeping have passed: how they are reached goes, what was done stays (R63).

Two people decide, because it cannot be undone. The trail says which kinds of data went and how many of each, never what
they said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core import clock, events
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import Change, Description, propose, register_kind
from rollbook.core.audit.policies import RETENTION_YEARS
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.identity.models import Membership
from rollbook.core.identity.services.forgetting import forget_accounts
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import permissions, rules, selectors
from rollbook.shared.people.errors import KeptStill, NothingToErase
from rollbook.shared.people.events import ErasureConsidered, PersonErased
from rollbook.shared.people.models import Address, ContactPoint, HouseholdMember, Identifier, Person, Relationship
from rollbook.shared.people.services import indexing
from rollbook.shared.people.services.locking import people_for_update, person_for_update

ERASURE = "people.erasure"
LEAST_REASON = 10
#: Numbers of these kinds are a government's, not ours.
GOVERNMENT = "government."


@dataclass(frozen=True, slots=True)
class Erasure:
    """What would go, by kind with the number of each, and what stands in the way."""

    kinds: dict[str, int]
    obstacles: list[str] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return bool(self.kinds) and not self.obstacles


def consider_erasure(actor: Actor, *, person_id: UUID) -> Erasure:
    """Say what anonymising somebody would take away, and why it may not be done yet. Nothing is changed."""
    if not actor.may(permissions.ERASE_PEOPLE):
        actor.require(permissions.CHANGE_PEOPLE)
    return _considered(selectors.person(actor, person_id))


@transaction.atomic
def request_erasure(actor: Actor, *, person_id: UUID, reason: str) -> ApprovalRequest:
    """Ask a second person to let somebody be anonymised."""
    actor.require(permissions.CHANGE_PEOPLE)
    text = rules.tidy(reason)
    if not LEAST_REASON <= len(text) <= 500:
        raise Invalid.field(
            "reason", _("Say in %(least)s to 500 characters why they are anonymised.") % {"least": LEAST_REASON}
        )
    person = person_for_update(person_id)
    found = _possible(person)
    return propose(actor, kind=ERASURE, target=person, reason=text, payload={"kinds": found.kinds})


def carry_out_erasure(actor: Actor, request: ApprovalRequest) -> Person:
    """Anonymise whom it was asked for, after looking once more; called by the approvals room, in its transaction."""
    actor.require(permissions.ERASE_PEOPLE)
    person = person_for_update(request.target_id)
    found = _possible(person)
    entries = selectors.entries_of(person.pk)
    kin = _kin_of_nobody_else(person.pk)
    people_for_update(*entries, *kin)
    photo_id = person.photo_id
    _blank([*entries, *kin])
    _end_ties(person.pk)
    forget_accounts(actor, person_ids=[*entries, *kin])
    now = clock.now()
    person.preferred_name, person.version, person.updated_at = "", person.version + 1, now
    person.save(update_fields=["preferred_name", "version", "updated_at"])
    indexing.index_name_again(person)
    record(actor, "people.erased", person, reason=request.reason, kinds=found.kinds, relatives=len(kin))
    events.publish(PersonErased(actor, person.pk, photo_id))
    return person


def describe_erasure(request: ApprovalRequest) -> Description:
    """The card of it: how much of each kind would go."""
    person = Person.objects.get(pk=request.target_id)
    return Description(
        title=_("Anonymise %(full_name)s") % {"full_name": person.full_name},
        changes=[Change(kind, str(count), "0") for kind, count in request.payload["kinds"].items()],
        effect=_("Name, birth date, numbers of the house, grades and money stay. This cannot be undone."),
        url=reverse("people:person", args=[person.pk]),
    )


def register_all() -> None:
    """Name the decision, who decides it and what it does."""
    register_kind(
        ERASURE, "Anonymise a person", permissions.ERASE_PEOPLE, execute=carry_out_erasure, describe=describe_erasure
    )


def _possible(person: Person) -> Erasure:
    found = _considered(person)
    if found.obstacles:
        raise KeptStill(because=" ".join(found.obstacles))
    if not found.kinds:
        raise NothingToErase(name=person.full_name)
    return found


def _considered(person: Person) -> Erasure:
    today = organisation_in_scope().local_date(clock.now())
    event = _asked_everywhere(person.pk, today)
    obstacles = list(event.obstacles)
    kept_until = event.kept_until or _usual_end(person)
    if kept_until >= today:
        obstacles.append(_("What is written down of them is kept until %(day)s.") % {"day": kept_until.isoformat()})
    others = Relationship.objects.filter(relative=person.pk, ended_on__isnull=True).count()
    if others:
        obstacles.append(_("They are the guardian or relative of somebody here."))
    return Erasure(_kinds(person), obstacles)


def _asked_everywhere(person_id: UUID, today: date) -> ErasureConsidered:
    """What speaks against it, and until when the rooms keep them."""
    event = ErasureConsidered(person_id, today)
    if Membership.objects.filter(person_id=person_id, is_active=True).exists():
        event.obstacles.append(_("Somebody signs in as them; take the access away first."))
    events.publish(event)
    return event


def _usual_end(person: Person) -> date:
    """The last day of keeping of somebody of whom nobody here says more: counted from the last change of the entry."""
    touched = max(person.created_at, person.updated_at or person.created_at)
    return organisation_in_scope().local_date(touched) + relativedelta(years=policies.get(RETENTION_YEARS))


def _kinds(person: Person) -> dict[str, int]:
    entries = [*selectors.entries_of(person.pk), *_kin_of_nobody_else(person.pk)]
    counted = {
        "contact points": ContactPoint.objects.filter(person__in=entries).count(),
        "addresses": Address.objects.filter(person__in=entries).count(),
        "government numbers": Identifier.objects.filter(person__in=entries, kind__startswith=GOVERNMENT).count(),
        "households": HouseholdMember.objects.filter(person__in=entries).count(),
        "relatives": Relationship.objects.filter(person=person.pk, ended_on__isnull=True).count(),
        "accounts": Membership.objects.filter(
            person_id__in=entries, is_active=False, forgotten_at__isnull=True
        ).count(),
        "photos": 1 if person.photo_id else 0,
        "preferred names": 1 if person.preferred_name else 0,
    }
    return {kind: count for kind, count in counted.items() if count}


def _kin_of_nobody_else(person_id: UUID) -> list[UUID]:
    """Guardians and relatives who stand here for this person alone, and of whom no room knows anything else."""
    ties = Relationship.objects.filter(person=person_id, ended_on__isnull=True, relative__merged_into__isnull=True)
    found, today = [], organisation_in_scope().local_date(clock.now())
    for relative_id in sorted(set(ties.values_list("relative_id", flat=True))):
        others = Relationship.objects.filter(Q(relative=relative_id) | Q(person=relative_id), ended_on__isnull=True)
        event = _asked_everywhere(relative_id, today)
        if not others.exclude(person=person_id).exists() and not event.obstacles and event.kept_until is None:
            found.append(relative_id)
    return found


def _blank(person_ids: Sequence[UUID]) -> None:
    ContactPoint.objects.filter(person__in=person_ids).delete()
    Address.objects.filter(person__in=person_ids).delete()
    Identifier.objects.filter(person__in=person_ids, kind__startswith=GOVERNMENT).delete()
    HouseholdMember.objects.filter(person__in=person_ids).delete()
    for person_id in person_ids:
        indexing.index_contacts_again(person_id)
        indexing.index_numbers_again(person_id)


def _end_ties(person_id: UUID) -> None:
    today = organisation_in_scope().local_date(clock.now())
    Relationship.objects.filter(person=person_id, ended_on__isnull=True).update(ended_on=today, note="")
