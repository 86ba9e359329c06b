"""The actor: who performs an act, in which organisation, with which rights."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from rollbook.core.errors import Forbidden

Kind = Literal["user", "token", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts. Services ask it for a permission in their first line."""

    organisation_id: UUID
    kind: Kind = "user"
    user_id: UUID | None = None
    membership_id: UUID | None = None
    #: The person on the organisation's roll that this user is, if any.
    person_id: UUID | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    #: The member of staff behind an impersonation.
    impersonator_id: UUID | None = None
    request_id: str = ""
    ip: str = ""
    user_agent: str = ""
    job: str = ""
    #: A system actor may do everything within its organisation.
    is_system: bool = field(default=False)

    @classmethod
    def system(cls, organisation_id: UUID, *, job: str) -> "Actor":
        """The actor of background work; `job` names it in the audit."""
        return cls(organisation_id=organisation_id, kind="system", job=job, name="SYSTEM", is_system=True)

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds a permission."""
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse the act unless the actor holds the permission."""
        if not self.may(permission):
            raise Forbidden(permission=permission)
