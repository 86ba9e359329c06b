"""Proposing, deciding and withdrawing.

Locks: the request's row comes before every record that the approved act touches.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.errors import (
    AlreadyDecided,
    AlreadyProposed,
    DecisionWhileImpersonating,
    OnlyProposerWithdraws,
    RequestExpired,
    SelfApproval,
)
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import Change, Description, kind_of, register_kind
from rollbook.core.approvals.selectors import get_request_for_update
from rollbook.core.audit.rules import plain_facts
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

__all__ = ["Change", "Description", "decide", "expire_overdue", "propose", "register_kind", "withdraw"]

State = ApprovalRequest.State
_UNIQUE_VIOLATION = "23505"


def propose(
    actor: Actor,
    *,
    kind: str,
    target: Model | tuple[str, UUID],
    reason: str,
    payload: dict[str, Any],
    expires_at: datetime | None = None,
) -> ApprovalRequest:
    """Ask for a second person's decision. Whether the actor may propose is the caller's first line."""
    declared = kind_of(kind)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why, so that the person who decides can judge it."))
    target_type, target_id = (target._meta.label_lower, target.pk) if isinstance(target, Model) else target
    moment = clock.now()
    request = ApprovalRequest(
        created_at=moment,
        kind=kind,
        target_type=target_type,
        target_id=target_id,
        reason=reason.strip(),
        payload=plain_facts(payload),
        proposed_by_id=actor.user_id,
        proposed_job="" if actor.user_id else actor.job,
        proposed_impersonator_id=actor.impersonator_id,
        is_exclusive=declared.is_exclusive,
        expires_at=expires_at or moment + declared.expires_after,
    )
    _insert(request)
    record(
        actor,
        "approvals.proposed",
        request,
        reason=request.reason,
        kind=kind,
        about=target_id,
        **request.payload,
    )
    return request


def _insert(request: ApprovalRequest) -> None:
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == _UNIQUE_VIOLATION:
            raise AlreadyProposed(target_id=request.target_id) from error
        raise


def decide(actor: Actor, request_id: UUID, *, approve: bool, note: str = "") -> ApprovalRequest:
    """Approve a request, which performs its act at once, or return it to its proposer with a note."""
    request = get_request_for_update(actor, request_id)
    declared = kind_of(request.kind)
    actor.require(declared.approve_permission)
    moment = clock.now()
    _may_decide(actor, request, moment)
    if not approve and not note.strip():
        raise Invalid.field("note", _("Say why it is returned, so that the person who asked knows what to do."))
    _settle(request, State.APPROVED if approve else State.RETURNED, actor, moment, note)
    if approve:
        declared.execute(actor, request)
    record(
        actor,
        "approvals.approved" if approve else "approvals.returned",
        request,
        reason=note.strip() or request.reason,
        kind=request.kind,
        about=request.target_id,
        proposed_by=request.proposed_by_id,
    )
    return request


def _may_decide(actor: Actor, request: ApprovalRequest, moment: datetime) -> None:
    about = {"target_type": request.target_type, "target_id": request.target_id, "request_id": request.id}
    if actor.stands_in:
        raise DecisionWhileImpersonating(**about)
    if not request.may_become(State.APPROVED):
        raise AlreadyDecided(state=request.get_state_display().lower(), **about)
    if actor.user_id is None or request.is_of(actor.user_id):
        raise SelfApproval(**about)
    if moment >= request.expires_at:
        raise RequestExpired(expired_on=f"{request.expires_at:%Y-%m-%d}", **about)


def _settle(request: ApprovalRequest, state: str, actor: Actor | None, moment: datetime, note: str) -> None:
    request.state = state
    request.decided_by_id = actor.user_id if actor else None
    request.decided_at = moment
    request.note = note.strip()
    request.save(update_fields=["state", "decided_by", "decided_at", "note"])


def withdraw(actor: Actor, request_id: UUID, *, note: str = "") -> ApprovalRequest:
    """Take back one's own request while it waits."""
    request = get_request_for_update(actor, request_id)
    if not request.may_become(State.WITHDRAWN):
        raise AlreadyDecided(state=request.get_state_display().lower(), request_id=request.id)
    if actor.user_id is None or actor.user_id != request.proposed_by_id:
        raise OnlyProposerWithdraws(request_id=request.id)
    _settle(request, State.WITHDRAWN, actor, clock.now(), note)
    record(actor, "approvals.withdrawn", request, reason=request.note, kind=request.kind, about=request.target_id)
    return request


def expire_overdue(organisation_id: UUID) -> int:
    """Close the requests whose time is over; they have to be asked for again."""
    moment = clock.now()
    actor = Actor.system(organisation_id, job="approvals.expire_overdue")
    with tenant_scope(organisation_id):
        overdue = list(
            ApprovalRequest.objects.select_for_update(skip_locked=True).filter(
                state=State.PROPOSED, expires_at__lte=moment
            )
        )
        for request in overdue:
            _settle(request, State.EXPIRED, None, moment, "")
            record(actor, "approvals.expired", request, kind=request.kind, about=request.target_id)
    return len(overdue)
