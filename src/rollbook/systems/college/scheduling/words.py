"""How classes, hours and their states are put into words."""

from typing import Any

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.web.states import State, Words
from rollbook.systems.college.scheduling.models import Meeting, Section, TimetableImport
from rollbook.systems.college.scheduling.rules import hours_text

SECTION_STATES = {
    Section.State.DRAFT.value: State(gettext_lazy("Draft"), "wait", "pencil"),
    Section.State.OPEN.value: State(gettext_lazy("Open"), "good", "door-open"),
    Section.State.CLOSED.value: State(gettext_lazy("Closed"), "neutral", "lock"),
    Section.State.CANCELLED.value: State(gettext_lazy("Cancelled"), "bad"),
}
ROOM_STATES = {
    True: State(gettext_lazy("In use"), "good"),
    False: State(gettext_lazy("Not in use"), "neutral", "pause"),
}
FACULTY_STATES = {
    True: State(gettext_lazy("Teaching"), "good"),
    False: State(gettext_lazy("Not teaching"), "neutral", "pause"),
}
TIMETABLE_STATES = {
    TimetableImport.State.CHECKED.value: State(gettext_lazy("Checked"), "wait"),
    TimetableImport.State.COMMITTED.value: State(gettext_lazy("Imported"), "good"),
}


def day_name(weekday: int) -> Words:
    """Monday is 1."""
    name: Words = WEEKDAYS[weekday - 1]
    return name


def short_day(weekday: int) -> Words:
    """Mon is 1."""
    name: Words = WEEKDAYS_ABBR[weekday - 1]
    return name


def hours_in_words(weekday: int | None, start_min: int | None, end_min: int | None) -> str:
    """Such as "Mon 08:00–09:30"."""
    if weekday is None:
        return _("time to be announced")
    return f"{short_day(weekday)} {hours_text(start_min, end_min)}"


def meeting_in_words(meeting: Meeting) -> str:
    """Day, hours, room and professor of a meeting, as a notice says them."""
    room = meeting.room.code if meeting.room else _("room to be announced")
    professor = meeting.professor.person.full_name if meeting.professor else _("professor to be announced")
    return f"{hours_in_words(meeting.weekday, meeting.start_min, meeting.end_min)}, {room}, {professor}"


def class_name(section: Any) -> str:
    """Such as "IT101 BSIT-1A"."""
    return f"{section.subject.code} {section.code}"
