"""An hour that was carried to another place of the week: where it would stand, before anybody saves it."""

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from rollbook.core.web import PageRequest
from rollbook.systems.college.scheduling import services
from rollbook.systems.college.scheduling.models import Meeting
from rollbook.systems.college.scheduling.services import MeetingPlan
from rollbook.systems.college.scheduling.words import meeting_in_words

PLAN = tuple(MeetingPlan.__dataclass_fields__)


def plan_of(meeting: Meeting) -> MeetingPlan:
    """An hour as it stands."""
    return MeetingPlan(**{name: getattr(meeting, name) for name in PLAN})


def carried_to(request: PageRequest, meeting: Meeting) -> MeetingPlan:
    """The plan of an hour with what the address says of its new place; its length stays."""
    plan = plan_of(meeting)
    asked: dict[str, Any] = {name: _number(request, name) for name in ("weekday", "start_min")}
    asked |= {name: _id(request, name) for name in ("room_id", "professor_id")}
    moved = replace(plan, **{name: value for name, value in asked.items() if value is not None})
    if moved.start_min is None or plan.start_min is None or plan.end_min is None:
        return moved
    return replace(moved, end_min=moved.start_min + plan.end_min - plan.start_min)


def looked_ahead(request: PageRequest, meeting: Meeting, plan: MeetingPlan) -> dict[str, Any]:
    """What a screen says of a place that nobody has saved yet: from where to where, and what is in the way."""
    if plan == plan_of(meeting):
        return {}
    then, refusal = services.try_change(request.actor, meeting_id=meeting.id, plan=plan)
    return {"now": meeting_in_words(meeting), "then": then, "ahead": refusal}


def initial_of(plan: MeetingPlan) -> dict[str, Any]:
    """The plan as a form begins with it."""
    return asdict(plan)


def back_to_week(request: PageRequest, meeting: Meeting) -> str:
    """The week from which the hour was carried; empty for whoever came from the class."""
    by = request.GET.get("by", "")
    if not by:
        return ""
    asked = {"term": str(meeting.section.term_id), "by": by, "of": request.GET.get("of", "")}
    return f"{reverse('schedule:matrix')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _number(request: PageRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _id(request: PageRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
