"""The actor: who performs an act, in which organisation, with which rights."""

from dataclasses import dataclass, field
from datetime import datetime
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
    #: The user behind an impersonation, who acts as `user_id`. May approve nothing.
    impersonator_id: UUID | None = None
    impersonator_name: str = ""
    #: Platform staff looking into the organisation: the entry on its record of support access.
    support_access_id: UUID | None = None
    #: When an impersonation or a support access is over.
    stands_in_until: datetime | None = None
    session_id: UUID | None = None
    token_id: UUID | None = None
    #: When the person last proved in this session who they are, by password or second factor.
    proved_at: datetime | None = None
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

    @property
    def stands_in(self) -> bool:
        """Whether somebody acts here as, or for, somebody else."""
        return self.impersonator_id is not None or self.support_access_id is not None

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds a permission."""
        return self.is_system or permission in self.permissions

    def require_membership(self) -> UUID:
        """The actor's own membership; refuse who has none, such as background work or platform staff."""
        if self.membership_id is None:
            raise Forbidden(needed="membership")
        return self.membership_id

    def require(self, permission: str) -> None:
        """Refuse the act unless the actor holds the permission."""
        if not self.may(permission):
            raise Forbidden(permission=permission)

    def acting_user_id(self) -> UUID:
        """The user who acts, where only a person may; work of the system is refused."""
        if self.user_id is None:
            raise Forbidden
        return self.user_id
