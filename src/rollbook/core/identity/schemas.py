"""What identity says and hears over JSON."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

RoleKey = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[a-z][a-z0-9_]*$")]
PermissionName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_.]*$")]
Reason = Annotated[str, Field(min_length=10, max_length=500, description="What somebody else reads later.")]


class Body(Schema):
    """A body in which unknown fields are refused, because a mistyped one would be ignored in silence."""

    model_config = ConfigDict(extra="forbid")


class MeOut(Schema):
    """Who asks, in which organisation, with which rights."""

    organisation_id: UUID
    kind: Literal["user", "token", "system"]
    user_id: UUID | None
    membership_id: UUID | None
    person_id: UUID | None
    name: str
    roles: list[str]
    permissions: list[str]
    impersonator_id: UUID | None
    support_access_id: UUID | None
    stands_in_until: datetime | None


class SessionOut(Schema):
    """A browser in which the caller is signed in."""

    id: UUID
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str
    is_present: bool


class LoginEventOut(Schema):
    """Something that happened at the door with the caller's account."""

    id: UUID
    kind: str
    happened_at: datetime
    ip: str | None
    user_agent: str


class PasswordIn(Body):
    """A new password of one's own."""

    password: str = Field(min_length=1, max_length=200)


class TokenOut(Schema):
    """An API token. Its secret is not kept."""

    id: UUID
    name: str
    ending: str
    owner: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenIn(Body):
    """What a new token is for and what it may do."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[PermissionName] = Field(min_length=1, max_length=200)
    lasts_days: int = Field(90, ge=1, le=366)


class NewTokenOut(Schema):
    """A new token with its secret, which is shown this once."""

    id: UUID
    secret: str
    expires_at: datetime


class MemberOut(Schema):
    """A member of the organisation."""

    id: UUID
    name: str
    email: str | None
    login_name: str | None
    person_id: UUID | None
    roles: list[str]
    is_active: bool
    version: int


class MemberIn(Body):
    """Somebody to invite; an e-mail address or a number is needed."""

    display_name: str = Field(min_length=1, max_length=200)
    email: str = Field("", max_length=254)
    login_name: str = Field("", max_length=60)
    roles: list[RoleKey] = Field(max_length=50)
    person_id: UUID | None = None


class MemberChange(Body):
    """How a member is called here."""

    name: str = Field(min_length=1, max_length=200)
    login_name: str = Field("", max_length=60)
    person_id: UUID | None = None


class RolesIn(Body):
    """The roles a member is to have."""

    roles: list[RoleKey] = Field(max_length=50)


class ReasonIn(Body):
    """Why."""

    reason: Reason


class RoleOut(Schema):
    """What a role means in the organisation."""

    key: str
    label: str
    permissions: list[str]
    grants: list[str]
    needs_second_factor: bool
    is_staff: bool
    version: int


class RoleIn(Body):
    """A new role."""

    key: RoleKey
    label: str = Field(min_length=1, max_length=100)
    permissions: list[PermissionName] = Field(max_length=1000)
    needs_second_factor: bool = False
    is_staff: bool = True


class RoleChange(Body):
    """What a role is to mean."""

    label: str = Field(min_length=1, max_length=100)
    permissions: list[PermissionName] = Field(max_length=1000)
    needs_second_factor: bool
    is_staff: bool


class ImpersonationOut(Schema):
    """Who acted for whom, why and how long."""

    id: UUID
    impersonator_name: str
    member_name: str
    reason: str
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None


class SupportAccessOut(Schema):
    """When platform staff looked into the organisation, and why."""

    id: UUID
    user_name: str
    reason: str
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None
