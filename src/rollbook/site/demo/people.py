"""The demonstration's staff and students with a sign-in."""

from uuid import UUID

from rollbook.core.identity.models import Membership
from rollbook.core.identity.services.members import invite_member
from rollbook.core.identity.services.passwords import set_password
from rollbook.core.permissions import register
from rollbook.core.permissions.actor import Actor
from rollbook.site.demo import logins

STAFF = [
    ("administrator", "Andres Lim", "admin"),
    ("cashier", "Carlo Reyes", "cashier"),
    ("cashier", "Luz Dimaculangan", "cashier2"),
    ("cashier", "Noel Mangubat", "cashier3"),
    ("cashier", "Ines Peñaflor", "cashier4"),
    ("cashier_supervisor", "Teresita Montemayor", "supervisor"),
    ("registrar", "Rosario Villanueva", "registrar"),
    ("head_registrar", "Helena Concepcion", "headregistrar"),
    ("professor", "Mateo Salonga", "professor"),
    ("auditor", "Pilar Evangelista", "auditor"),
]


def join(actor: Actor, *, role: str, name: str, sign_in: str, person_id: UUID | None = None) -> dict[str, str]:
    """Make somebody a member with a password that is made here and printed once."""
    is_mail = "@" in sign_in
    membership = invite_member(
        actor=actor, display_name=name, roles=[role], email=sign_in if is_mail else "",
        login_name="" if is_mail else sign_in, person_id=person_id,
    )  # fmt: skip
    password = logins.new_password()
    set_password(membership, password)
    return {"role": role, "name": sign_in, "password": password, "membership": str(membership.id)}


def actor_of(membership_id: UUID) -> Actor:
    """The member as an actor with the rights of the roles."""
    membership = Membership.objects.select_related("user").get(id=membership_id)
    keys = membership.roles
    return Actor(
        organisation_id=membership.organisation_id,
        user_id=membership.user_id,
        membership_id=membership.id,
        person_id=membership.person_id,
        name=membership.name or membership.user.display_name,
        roles=frozenset(keys),
        permissions=frozenset().union(*(register.permissions_of(key) for key in keys)),
    )
