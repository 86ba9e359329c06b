"""Hours of a class: set, moved, taken off, and days on which it does not meet."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.errors import ScheduleConflict, StudentsWouldConflict
from rollbook.systems.college.scheduling.forms import CancelClassForm, MeetingForm
from rollbook.systems.college.scheduling.models import Meeting, Section
from rollbook.systems.college.scheduling.pages.around import professor_choices, room_choices
from rollbook.systems.college.scheduling.pages.moving import PLAN, back_to_week, carried_to, initial_of, looked_ahead
from rollbook.systems.college.scheduling.rules import hours_text
from rollbook.systems.college.scheduling.services import MeetingPlan
from rollbook.systems.college.scheduling.words import class_name, meeting_in_words, short_day


def _form(request: PageRequest, meeting: Meeting | None = None, plan: MeetingPlan | None = None) -> MeetingForm:
    initial = initial_of(plan) | {"version": meeting.version} if meeting and plan else {}
    return MeetingForm.of(
        request,
        initial=initial,
        rooms=room_choices(meeting.room_id if meeting else None),
        professors=professor_choices(meeting.professor_id if meeting else None),
        may_override=request.actor.may(permissions.OVERRIDE_CONFLICTS),
    )


def _sent(form: MeetingForm) -> dict[str, Any]:
    """What was typed, as the services take it."""
    cleaned = form.cleaned_data
    return {
        "plan": MeetingPlan(**{name: cleaned[name] for name in PLAN}),
        "override_reason": cleaned.get("override_reason", ""),
        "in_spite_of_students": cleaned["in_spite_of_students"],
    }


def _in_the_way(refusal: Refusal) -> dict[str, Any]:
    """What the screen lists beside the sentence: the classes in the way, or the students who would have two."""
    if isinstance(refusal, ScheduleConflict):
        # One class may be in the way by its room and by its professor; it stands in the list once.
        return {"slots": list({slot["meeting_id"]: slot for slot in refusal.slots}.values())}
    if isinstance(refusal, StudentsWouldConflict):
        listed = [
            {**student, "hours": f"{short_day(student['weekday'])} "
             f"{hours_text(student['start_min'], student['end_min'])}"}
            for student in refusal.facts["students"]
        ]  # fmt: skip
        return {"students": listed}
    return {}


@page(permission=permissions.ASSIGN)
def new_meeting(request: PageRequest, section_id: UUID) -> HttpResponse:
    """Put a weekly hour of a class on the schedule."""
    section = selectors.get_section(request.actor, section_id)
    form, found = _form(request), {}
    if form.is_submitted_and_valid():
        try:
            services.add_meeting(request.actor, section_id=section.id, **_sent(form))
        except Refusal as refusal:
            form.refuse(refusal)
            found = _in_the_way(refusal)
        else:
            return done(request, "schedule:section", section.id, message=_("Set."))
    return _shown(request, form, section, _("Set an hour"), found)


@page(permission=permissions.ASSIGN)
def change_meeting(request: PageRequest, meeting_id: UUID) -> HttpResponse:
    """Move a weekly hour to another time, room or professor."""
    meeting = selectors.get_meeting(meeting_id)
    section = selectors.get_section(request.actor, meeting.section_id)
    plan = carried_to(request, meeting)
    form, back = _form(request, meeting, plan), back_to_week(request, meeting)
    found: dict[str, Any] = {}
    if not form.is_bound:
        found = looked_ahead(request, meeting, plan)
        found |= _in_the_way(found["ahead"]) if found.get("ahead") else {}
    if form.is_submitted_and_valid():
        try:
            services.change_meeting(
                request.actor, meeting_id=meeting.id, expected_version=form.cleaned_data["version"], **_sent(form)
            )
        except Refusal as refusal:
            form.refuse(refusal)
            found = _in_the_way(refusal)
        else:
            return done(request, back or reverse("schedule:section", args=[section.id]), message=_("Saved."))
    return _shown(request, form, section, _("Move an hour"), found, meeting=meeting, back=back)


def _shown(
    request: PageRequest, form: MeetingForm, section: Section, title: str, found: dict[str, Any], **context: Any
) -> HttpResponse:
    values = {"form": form, "section": section, "name": class_name(section), "title": title, **found, **context}
    return render(request, "college/scheduling/meeting_form.html", values, status=form.status)


@require_POST
@page(permission=permissions.ASSIGN)
def remove_meeting(request: PageRequest, meeting_id: UUID) -> HttpResponse:
    """Take a weekly hour off the schedule."""
    meeting = selectors.get_meeting(meeting_id)
    services.remove_meeting(request.actor, meeting_id=meeting.id)
    return done(request, "schedule:section", meeting.section_id, message=_("Taken off."))


@page(permission=permissions.ASSIGN)
def cancel_class(request: PageRequest, meeting_id: UUID) -> HttpResponse:
    """Say that a class does not meet on one day."""
    meeting = selectors.get_meeting(meeting_id)
    section = selectors.get_section(request.actor, meeting.section_id)
    form = CancelClassForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.cancel_class(request.actor, meeting_id=meeting.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:section", section.id, message=_("Calendars show it from now on."))
    context = {"form": form, "section": section, "name": class_name(section), "title": _("A day without this class"),
               "detail": meeting_in_words(meeting)}  # fmt: skip
    return render(request, "college/scheduling/section_form.html", context, status=form.status)
