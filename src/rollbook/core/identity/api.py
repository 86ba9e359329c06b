"""Identity over JSON: who one is, sessions, tokens, members, roles, and who acted for whom."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Status

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import IF_MATCH, etag, expected_version
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.identity import permissions, schemas, selectors
from rollbook.core.identity.models import Membership, Session
from rollbook.core.identity.services import links, members, passwords, sessions, sign_in, standing_in, tokens
from rollbook.core.permissions import permissions as role_permissions
from rollbook.core.permissions import selectors as role_selectors
from rollbook.core.permissions import services as role_services
from rollbook.core.permissions.models import RoleBundle

router = Router(tags=["Identity"])

_TOKEN = (
    "id", "name", "ending", "owner", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at",
)  # fmt: skip
_MEMBER = ("id", "name", "email", "login_name", "person_id", "roles", "is_active", "version")


# --- Oneself ---


@router.get("/me", permission=SIGNED_IN, response=schemas.MeOut)
def me(request: ApiRequest) -> dict[str, Any]:
    """Who asks, in which organisation, with which rights."""
    return selectors.me(request.actor)


@router.get("/sessions", permission=SIGNED_IN, response=list[schemas.SessionOut])
def own_sessions(request: ApiRequest) -> list[dict[str, Any]]:
    """The browsers in which the caller is signed in."""
    found = selectors.own_sessions(request.actor)
    return [_session(session, request.actor.session_id) for session in found]


@router.delete("/sessions/{session_id}", permission=SIGNED_IN, response={204: None})
def revoke_session(request: ApiRequest, session_id: UUID) -> HttpResponse:
    """Sign out of one browser from afar."""
    sessions.revoke_session(actor=request.actor, session_id=session_id)
    return HttpResponse(status=204)


@router.get("/login-events", permission=SIGNED_IN, response=list[schemas.LoginEventOut])
def login_events(request: ApiRequest) -> list[Any]:
    """What happened lately at the door with the caller's account."""
    return selectors.own_login_events(request.actor)


@router.post("/password", permission=SIGNED_IN, response={204: None})
def change_password(request: ApiRequest, body: schemas.PasswordIn) -> HttpResponse:
    """Change one's own password. Needs a session in which the old one, or a second factor, was given lately."""
    membership = passwords.change_password(actor=request.actor, password=body.password)
    sign_in.keep_after_password_change(request.session, membership.user)
    return HttpResponse(status=204)


# --- Tokens ---


@router.get("/tokens", permission=SIGNED_IN, response=Page[schemas.TokenOut])
def own_tokens(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The caller's own API tokens, the latest first."""
    return page_of(selectors.own_tokens(request.actor).values(*_TOKEN), page, order=("-created_at", "-id"))


@router.get("/tokens/all", permission=permissions.MANAGE_TOKENS, response=Page[schemas.TokenOut])
def all_tokens(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The API tokens of all members, the latest first."""
    return page_of(selectors.all_tokens(request.actor).values(*_TOKEN), page, order=("-created_at", "-id"))


@router.post("/tokens", permission=permissions.ISSUE_TOKENS, response={201: schemas.NewTokenOut})
def issue_token(request: ApiRequest, body: schemas.TokenIn) -> Status[dict[str, Any]]:
    """Make a token with a part of one's own permissions. The answer holds its secret, this once."""
    token, secret = tokens.issue_token(
        actor=request.actor, name=body.name, scopes=body.scopes, lasts=timedelta(days=body.lasts_days)
    )
    return Status(201, {"id": token.id, "secret": secret, "expires_at": token.expires_at})


@router.delete("/tokens/{token_id}", permission=SIGNED_IN, response={204: None})
def revoke_token(request: ApiRequest, token_id: UUID) -> HttpResponse:
    """Stop a token at once."""
    tokens.revoke_token(actor=request.actor, token_id=token_id)
    return HttpResponse(status=204)


# --- Members ---


@router.get("/members", permission=permissions.VIEW_MEMBERS, response=Page[schemas.MemberOut])
def list_members(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Everybody who is or was a member, by name."""
    return page_of(selectors.members(request.actor).values(*_MEMBER), page, order=("name", "id"))


@router.post("/members", permission=permissions.MANAGE_MEMBERS, response={201: schemas.MemberOut})
def invite_member(request: ApiRequest, response: HttpResponse, body: schemas.MemberIn) -> Status[dict[str, Any]]:
    """Make somebody a member; who has an e-mail address is sent a link."""
    membership = members.invite_member(actor=request.actor, **body.dict())
    return Status(201, _member(membership, response))


@router.get("/members/{member_id}", permission=permissions.VIEW_MEMBERS, response=schemas.MemberOut)
def get_member(request: ApiRequest, response: HttpResponse, member_id: UUID) -> dict[str, Any]:
    """One member."""
    return _member(selectors.member(request.actor, member_id), response)


@router.patch("/members/{member_id}", permission=permissions.MANAGE_MEMBERS, response=schemas.MemberOut)
def update_member(
    request: ApiRequest, response: HttpResponse, member_id: UUID, body: schemas.MemberChange
) -> dict[str, Any]:
    """Correct name, number and person of a member."""
    membership = members.update_member(actor=request.actor, membership_id=member_id, **body.dict())
    return _member(membership, response)


@router.put(
    "/members/{member_id}/roles",
    permission=permissions.MANAGE_MEMBERS,
    response=schemas.MemberOut,
    openapi_extra=IF_MATCH,
)
def change_roles(request: ApiRequest, response: HttpResponse, member_id: UUID, body: schemas.RolesIn) -> dict[str, Any]:
    """Give and take a member's roles. Send If-Match."""
    membership = members.change_roles(
        actor=request.actor,
        membership_id=member_id,
        roles=body.roles,
        expected_version=expected_version(request),
    )
    return _member(membership, response)


@router.post("/members/{member_id}/deactivate", permission=permissions.MANAGE_MEMBERS, response=schemas.MemberOut)
def deactivate_member(
    request: ApiRequest, response: HttpResponse, member_id: UUID, body: schemas.ReasonIn
) -> dict[str, Any]:
    """End a member's access at once."""
    membership = members.deactivate_member(actor=request.actor, membership_id=member_id, reason=body.reason)
    return _member(membership, response)


@router.post("/members/{member_id}/reactivate", permission=permissions.MANAGE_MEMBERS, response=schemas.MemberOut)
def reactivate_member(
    request: ApiRequest, response: HttpResponse, member_id: UUID, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Give a former member the access back."""
    membership = members.reactivate_member(actor=request.actor, membership_id=member_id, reason=body.reason)
    return _member(membership, response)


@router.post("/members/{member_id}/link", permission=permissions.MANAGE_MEMBERS, response={202: None})
def mail_link(request: ApiRequest, member_id: UUID) -> HttpResponse:
    """Send a member a fresh link that sets their password."""
    links.mail_link(actor=request.actor, membership_id=member_id)
    return HttpResponse(status=202)


# --- Roles ---


@router.get("/roles", permission=role_permissions.VIEW_ROLES, response=list[schemas.RoleOut])
def list_roles(request: ApiRequest) -> list[Any]:
    """What each role means here."""
    return list(role_selectors.role_bundles(request.actor))


@router.post("/roles", permission=role_permissions.MANAGE_ROLES, response={201: schemas.RoleOut})
def make_role(request: ApiRequest, response: HttpResponse, body: schemas.RoleIn) -> Status[RoleBundle]:
    """Make a role of the organisation's own."""
    bundle = role_services.make_role(
        actor=request.actor,
        key=body.key,
        label=body.label,
        permissions_held=body.permissions,
        needs_second_factor=body.needs_second_factor,
        is_staff=body.is_staff,
    )
    response["ETag"] = etag(bundle.version)
    return Status(201, bundle)


@router.get("/roles/{key}", permission=role_permissions.VIEW_ROLES, response=schemas.RoleOut)
def get_role(request: ApiRequest, response: HttpResponse, key: str) -> RoleBundle:
    """One role."""
    bundle = role_selectors.role_bundle(request.actor, key)
    response["ETag"] = etag(bundle.version)
    return bundle


@router.put(
    "/roles/{key}",
    permission=role_permissions.MANAGE_ROLES,
    response=schemas.RoleOut,
    openapi_extra=IF_MATCH,
)
def change_role(request: ApiRequest, response: HttpResponse, key: str, body: schemas.RoleChange) -> RoleBundle:
    """Change what a role means. Send If-Match."""
    bundle = role_services.change_role(
        actor=request.actor,
        key=key,
        label=body.label,
        permissions_held=body.permissions,
        needs_second_factor=body.needs_second_factor,
        is_staff=body.is_staff,
        expected_version=expected_version(request),
    )
    response["ETag"] = etag(bundle.version)
    return bundle


# --- Who acted for whom ---


@router.get("/impersonations", permission=permissions.VIEW_STAND_INS, response=Page[schemas.ImpersonationOut])
def impersonations(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Who acted for whom, the latest first."""
    names = ("id", "impersonator_name", "member_name", "reason", "began_at", "ends_at", "ended_at")
    rows = selectors.impersonations(request.actor).values(*names)
    return page_of(rows, page, order=("-began_at", "-id"))


@router.get("/support-accesses", permission=permissions.VIEW_STAND_INS, response=Page[schemas.SupportAccessOut])
def support_accesses(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """When platform staff looked in, the latest first."""
    names = ("id", "user_name", "reason", "began_at", "ends_at", "ended_at")
    rows = selectors.support_accesses(request.actor).values(*names)
    return page_of(rows, page, order=("-began_at", "-id"))


@router.post("/support-accesses/{access_id}/end", permission=SIGNED_IN, response={204: None})
def end_support_access(request: ApiRequest, access_id: UUID) -> HttpResponse:
    """End a support access at once."""
    standing_in.end_support_access(actor=request.actor, access_id=access_id)
    return HttpResponse(status=204)


def _member(membership: Membership, response: HttpResponse) -> dict[str, Any]:
    response["ETag"] = etag(membership.version)
    shown = {name: getattr(membership, name) for name in _MEMBER if name != "email"}
    return shown | {"email": membership.user.email}


def _session(session: Session, present: UUID | None) -> dict[str, Any]:
    names = ("id", "started_at", "last_seen_at", "expires_at", "ip", "user_agent")
    return {name: getattr(session, name) for name in names} | {"is_present": session.id == present}
