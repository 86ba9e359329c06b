"""Meetings of a class: set, moved, taken off, and single days on which it does not meet."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import MeetingNotFound, NotThatDay
from rollbook.systems.college.scheduling.events import ScheduleChanged
from rollbook.systems.college.scheduling.models import (
    CancelledClass,
    Component,
    Faculty,
    Meeting,
    Room,
    Section,
    TeachingAssignment,
)
from rollbook.systems.college.scheduling.rules import wrong_hours
from rollbook.systems.college.scheduling.selectors import get_section_for_update, is_published, slot_of
from rollbook.systems.college.scheduling.services.faculty import get_faculty_for_update
from rollbook.systems.college.scheduling.services.placing import (
    clashes_of,
    must_not_surprise_students,
    refusal_of,
    settle_clashes,
)
from rollbook.systems.college.scheduling.services.rooms import get_room_for_update
from rollbook.systems.college.scheduling.services.saving import (
    EXCLUSION_VIOLATION,
    must_be_version,
    values_of,
)
from rollbook.systems.college.scheduling.services.sections import must_be_open, must_not_be_cancelled
from rollbook.systems.college.scheduling.words import class_name, meeting_in_words

MEETING_FIELDS = (
    "component", "weekday", "start_min", "end_min", "room_id", "professor_id", "from_date", "to_date", "excused",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """When, where and by whom. Days that are not given are those of the term; no professor is the assigned one."""

    component: str = Component.LEC
    weekday: int | None = None
    start_min: int | None = None
    end_min: int | None = None
    room_id: UUID | None = None
    professor_id: UUID | None = None
    from_date: date | None = None
    to_date: date | None = None


@transaction.atomic
def add_meeting(
    actor: Actor,
    *,
    section_id: UUID,
    plan: MeetingPlan,
    override_reason: str = "",
    in_spite_of_students: bool = False,
) -> Meeting:
    """Put a weekly hour of a class on the schedule."""
    actor.require(permissions.ASSIGN)
    section = _section_to_change(section_id)
    meeting = Meeting(section=section)
    _fill(meeting, section, plan)
    _settle(actor, meeting, section, override_reason=override_reason, in_spite_of_students=in_spite_of_students)
    _save(meeting, is_new=True)
    record(actor, "college.meeting_added", meeting, after=values_of(meeting, MEETING_FIELDS), section_id=section.id)
    tell_students(actor, section, before="", after=meeting_in_words(meeting))
    return meeting


@transaction.atomic
def change_meeting(
    actor: Actor,
    *,
    meeting_id: UUID,
    plan: MeetingPlan,
    override_reason: str = "",
    in_spite_of_students: bool = False,
    expected_version: int | None = None,
) -> Meeting:
    """Move a weekly hour of a class to another time, room or professor."""
    actor.require(permissions.ASSIGN)
    meeting, section = meeting_to_change(meeting_id)
    must_be_version(meeting.version, expected_version)
    before, was = values_of(meeting, MEETING_FIELDS), meeting_in_words(meeting)
    _move(actor, meeting, section, plan, override_reason=override_reason, in_spite_of_students=in_spite_of_students)
    meeting.version += 1
    _save(meeting)
    record(actor, "college.meeting_changed", meeting, before=before, after=values_of(meeting, MEETING_FIELDS))
    tell_students(actor, section, before=was, after=meeting_in_words(meeting))
    return meeting


@transaction.atomic
def try_change(actor: Actor, *, meeting_id: UUID, plan: MeetingPlan) -> tuple[str, Refusal | None]:
    """Say where a weekly hour would stand, and what is in the way of it, before anything is saved."""
    actor.require(permissions.ASSIGN)
    meeting, section = meeting_to_change(meeting_id)
    try:
        _move(actor, meeting, section, plan)
    except Refusal as refusal:
        return meeting_in_words(meeting), refusal
    return meeting_in_words(meeting), None


@transaction.atomic
def remove_meeting(actor: Actor, *, meeting_id: UUID) -> None:
    """Take a weekly hour off the schedule; what it was stands in the audit."""
    actor.require(permissions.ASSIGN)
    meeting, section = meeting_to_change(meeting_id)
    before, was = values_of(meeting, MEETING_FIELDS), meeting_in_words(meeting)
    CancelledClass.objects.filter(meeting=meeting).delete()
    Meeting.objects.filter(id=meeting.id).delete()
    record(actor, "college.meeting_removed", meeting, before=before, section_id=section.id)
    tell_students(actor, section, before=was, after="")


@transaction.atomic
def cancel_class(actor: Actor, *, meeting_id: UUID, on_date: date, reason: str) -> CancelledClass:
    """Say that a class does not meet on one day; calendars show it, the weekly hour stays."""
    actor.require(permissions.ASSIGN)
    meeting, section = meeting_to_change(meeting_id)
    if meeting.weekday != on_date.isoweekday() or not meeting.from_date <= on_date <= meeting.to_date:
        raise NotThatDay(section=class_name(section), day=on_date.isoformat())
    text = " ".join(reason.split())
    if not 0 < len(text) <= 200:
        raise Invalid.field("reason", _("Say why in at most 200 characters."))
    cancelled, is_new = CancelledClass.objects.get_or_create(
        meeting=meeting, on_date=on_date, defaults={"reason": text, "cancelled_by_id": actor.acting_user_id()}
    )
    if is_new:
        record(actor, "college.class_cancelled", meeting, reason=text, on_date=on_date, section_id=section.id)
        tell_students(actor, section, before=f"{meeting_in_words(meeting)}, {on_date.isoformat()}", after="")
    found: CancelledClass = cancelled
    return found


def meeting_to_change(meeting_id: UUID) -> tuple[Meeting, Section]:
    """A meeting whose class is locked first, so that nobody enrols in hours that are about to move."""
    section_id = Meeting.objects.filter(id=meeting_id).values_list("section_id", flat=True).first()
    if section_id is None:
        raise MeetingNotFound
    section = _section_to_change(section_id)
    meeting: Meeting | None = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("room", "professor__person")
        .filter(id=meeting_id)
        .first()
    )
    if meeting is None:
        raise MeetingNotFound
    meeting.section = section
    return meeting, section


def tell_students(actor: Actor, section: Section, *, before: str, after: str) -> None:
    """Tell whoever listens that the published hours of a class changed (R17)."""
    if before == after or section.state not in Section.SHOWN or not is_published(section.term_id):
        return
    events.publish(
        ScheduleChanged(
            actor=actor, term_id=section.term_id, section_id=section.id, class_name=class_name(section),
            before=before, after=after,
        )
    )  # fmt: skip


def place_again(actor: Actor, meeting: Meeting, section: Section, professor: Faculty | None, reason: str) -> None:
    """Give a meeting to another professor; its hours and its room stay."""
    before, was = values_of(meeting, MEETING_FIELDS), meeting_in_words(meeting)
    meeting.professor = professor
    _settle(actor, meeting, section, override_reason=reason, in_spite_of_students=True)
    meeting.version += 1
    _save(meeting)
    record(actor, "college.meeting_changed", meeting, before=before, after=values_of(meeting, MEETING_FIELDS))
    tell_students(actor, section, before=was, after=meeting_in_words(meeting))


def _section_to_change(section_id: UUID) -> Section:
    section = get_section_for_update(section_id)
    must_be_open(section.term)
    must_not_be_cancelled(section)
    return section


def _move(
    actor: Actor,
    meeting: Meeting,
    section: Section,
    plan: MeetingPlan,
    *,
    override_reason: str = "",
    in_spite_of_students: bool = False,
) -> None:
    """Put a weekly hour where the plan says, if nothing is in the way; it is not saved yet."""
    before, slot_before = values_of(meeting, MEETING_FIELDS), slot_of(meeting)
    _fill(meeting, section, plan)
    if not _stays(before, meeting):
        is_moved = slot_of(meeting) != slot_before
        _settle(
            actor, meeting, section, override_reason=override_reason,
            in_spite_of_students=in_spite_of_students or not is_moved,
        )  # fmt: skip


def _stays(before: dict[str, Any], meeting: Meeting) -> bool:
    """Whether nothing that could clash is different."""
    return all(before[field] == getattr(meeting, field) for field in MEETING_FIELDS if field != "component")


def _fill(meeting: Meeting, section: Section, plan: MeetingPlan) -> None:
    errors = wrong_hours(plan.weekday, plan.start_min, plan.end_min)
    if plan.component not in Component.values:
        errors["component"] = _("Choose one of: %(choices)s.") % {"choices": ", ".join(Component.values)}
    from_date, to_date = plan.from_date or section.term.starts_on, plan.to_date or section.term.ends_on
    if not section.term.starts_on <= from_date <= to_date <= section.term.ends_on:
        span = f"{section.term.starts_on.isoformat()} to {section.term.ends_on.isoformat()}"
        errors["from_date"] = _("Choose days inside the term, %(span)s.") % {"span": span}
    if errors:
        raise Invalid(errors=[{"field": field, "message": message} for field, message in errors.items()])
    meeting.component, meeting.weekday = plan.component, plan.weekday
    meeting.start_min, meeting.end_min = plan.start_min, plan.end_min
    meeting.from_date, meeting.to_date = from_date, to_date
    # Locked in one order, section before room before professor, so that what is free stays free until it is saved.
    meeting.room = _room(plan.room_id, standing=meeting.room_id)
    meeting.professor = _professor(section, plan, standing=meeting.professor_id)
    meeting.is_in_person = meeting.room is None or meeting.room.is_in_person


def _room(room_id: UUID | None, *, standing: UUID | None) -> Room | None:
    if room_id is None:
        return None
    room = get_room_for_update(room_id)
    if not room.is_active and room.id != standing:
        raise Invalid.field("room_id", _("%(code)s is not in use. Choose another room.") % {"code": room.code})
    return room


def _professor(section: Section, plan: MeetingPlan, *, standing: UUID | None) -> Faculty | None:
    professor_id = plan.professor_id or assigned_to(section.id, plan.component)
    if professor_id is None:
        return None
    professor = get_faculty_for_update(professor_id)
    if not professor.is_active and professor.id != standing:
        raise Invalid.field(
            "professor_id",
            _("%(full_name)s does not teach now. Choose somebody else.") % {"full_name": professor.person.full_name},
        )
    return professor


def assigned_to(section_id: UUID, component: str) -> UUID | None:
    """Who teaches a part of a class, by its assignments."""
    rows = TeachingAssignment.objects.filter(section_id=section_id, component=component, professor__isnull=False)
    found: UUID | None = rows.order_by("-role", "id").values_list("professor_id", flat=True).first()
    return found


def _settle(
    actor: Actor, meeting: Meeting, section: Section, *, override_reason: str, in_spite_of_students: bool
) -> None:
    settle_clashes(actor, meeting, override_reason=override_reason)
    slot = slot_of(meeting)
    must_not_surprise_students(section, [slot] if slot else [], in_spite_of_students=in_spite_of_students)


def _save(meeting: Meeting, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            meeting.save(force_insert=is_new)
    except IntegrityError as error:
        # Whoever goes round the locks still meets the exclusion constraints.
        if getattr(error.__cause__, "sqlstate", "") != EXCLUSION_VIOLATION:
            raise
        raise refusal_of(clashes_of(meeting)) from error
