"""People and actors as tests and demonstrations need them."""

from datetime import date
from uuid import UUID

from rollbook.core import ids
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people import permissions, services
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.models import Person

ALL_RIGHTS = frozenset(
    {permissions.VIEW_PEOPLE, permissions.ADD_PEOPLE, permissions.CHANGE_PEOPLE, permissions.MERGE_PEOPLE}
)


def a_clerk(organisation_id: UUID, *rights: str) -> Actor:
    """Somebody who keeps the roll; with all rights unless some are named."""
    return Actor(
        organisation_id=organisation_id,
        user_id=ids.new_id(),
        membership_id=ids.new_id(),
        name="Rosa Clerk",
        permissions=frozenset(rights) or ALL_RIGHTS,
    )


def a_stranger(organisation_id: UUID) -> Actor:
    """A member without any right."""
    return Actor(organisation_id=organisation_id, user_id=ids.new_id(), name="Nobody Special")


def a_person(actor: Actor, **changes: object) -> Person:
    """Somebody on the roll: Maria Clara Santos Dela Peña unless the test says otherwise."""
    facts: dict[str, object] = {
        "family_name": "Dela Peña",
        "given_name": "Maria Clara",
        "middle_name": "Santos",
        "birth_date": date(2012, 3, 9),
    }
    return services.add_person(actor, NewPerson(**(facts | changes)))  # type: ignore[arg-type]
