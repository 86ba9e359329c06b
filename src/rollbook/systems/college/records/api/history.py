"""Everything that happened to a student, over JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Path, Query, Schema
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, encode_cursor, place_after
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.audit.selectors import TimelineEvent
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.history import history_of

router = Router(tags=["College students"])


class ChangeOut(Schema):
    """A field that an act changed, in words."""

    field: str
    before: str
    after: str


class EventOut(Schema):
    """One act on a record of the student."""

    at: datetime
    title: str
    detail: str = Field(description="Which of several alike it is: the number of a paper, an amount.")
    who: str
    reason: str
    is_refused: bool
    changes: list[ChangeOut]


@router.get("/students/{student_id}/history", permission=permissions.VIEW_HISTORY, response=Page[EventOut])
def history(request: ApiRequest, student_id: Path[UUID], page: Query[PageQuery]) -> dict[str, Any]:
    """The acts on all records of a student, the latest first; of money only for whoever may see payments."""
    place = place_after(page, UUID)
    found = history_of(request.actor, student_id, before=place[0] if place else None, limit=page.limit)
    return {
        "items": [_shown(event) for event in found.events],
        "next_cursor": encode_cursor([found.older_than]) if found.older_than else None,
    }


def _shown(event: TimelineEvent) -> dict[str, Any]:
    changes = [{"field": field, "before": before, "after": after} for field, before, after in event.changes]
    return {
        "at": event.at, "title": event.title, "detail": event.detail, "who": event.who, "reason": event.reason,
        "is_refused": event.is_refused, "changes": changes,
    }  # fmt: skip
