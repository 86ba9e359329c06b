"""One's own notices over JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.shared.messaging import selectors, services

router = Router(tags=["Notices"])


class NoticeOut(Schema):
    """Something one was told; `times` counts what was folded into it."""

    id: UUID
    kind: str
    title: str
    sentence: str
    address: str
    told_at: datetime
    times: int
    is_unread: bool


class NoticesQuery(Schema):
    """How many to answer, and after which one to go on."""

    limit: int = Field(20, ge=1, le=100)
    before: UUID | None = None


class NoticesOut(Schema):
    """One's notices, the newest first; `next` is asked for as `before`."""

    unread: int
    items: list[NoticeOut]
    next: UUID | None


class UnreadOut(Schema):
    """How many notices wait to be read."""

    unread: int


class PreferencesOut(Schema):
    """Of which kinds one gets mail."""

    by_mail: dict[str, bool]


class PreferencesIn(Schema):
    """Of which kinds one wants mail; kinds that are not named stay as they are."""

    by_mail: dict[str, bool] = Field(max_length=50)


@router.get("", permission=SIGNED_IN, response=NoticesOut)
def notices(request: ApiRequest, page: Query[NoticesQuery]) -> dict[str, Any]:
    """What I was told."""
    limit = page.limit
    shown = selectors.own_notices(request.actor, most=limit + 1, before=page.before)
    return {
        "unread": selectors.unread_count(request.actor),
        "items": [notice_out(one) for one in shown[:limit]],
        "next": shown[limit - 1].id if len(shown) > limit else None,
    }


def notice_out(one: selectors.NoticeShown) -> dict[str, Any]:
    """A notice as JSON, in the caller's language."""
    return {
        "id": one.id,
        "kind": one.kind.key,
        "title": str(one.kind.label),
        "sentence": one.sentence,
        "address": one.address,
        "told_at": one.told_at,
        "times": one.times,
        "is_unread": one.is_unread,
    }


@router.post("/read", permission=SIGNED_IN, response=UnreadOut)
def mark_all_read(request: ApiRequest) -> dict[str, int]:
    """Note that I have read everything."""
    services.mark_all_read(request.actor)
    return {"unread": 0}


@router.post("/{uuid:notice_id}/read", permission=SIGNED_IN, response=UnreadOut)
def mark_read(request: ApiRequest, notice_id: UUID) -> dict[str, int]:
    """Note that I have read this one."""
    services.mark_read(request.actor, notice_id)
    return {"unread": selectors.unread_count(request.actor)}


@router.get("/preferences", permission=SIGNED_IN, response=PreferencesOut)
def preferences(request: ApiRequest) -> dict[str, Any]:
    """Of which kinds I get mail."""
    return {"by_mail": selectors.own_preferences(request.actor)}


@router.put("/preferences", permission=SIGNED_IN, response=PreferencesOut)
def choose(request: ApiRequest, body: PreferencesIn) -> dict[str, Any]:
    """Say of which kinds I want mail."""
    services.choose_mail(request.actor, body.by_mail)
    return {"by_mail": selectors.own_preferences(request.actor)}
