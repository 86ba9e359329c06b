"""The week of a term: everything by room, professor or section, and one of them hour by hour."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.web import PageRequest, page, render
from rollbook.systems.college.scheduling import permissions, selectors
from rollbook.systems.college.scheduling.pages.around import around
from rollbook.systems.college.scheduling.rules import hours_text
from rollbook.systems.college.scheduling.selectors import Entry
from rollbook.systems.college.scheduling.weekgrid import week_grid
from rollbook.systems.college.scheduling.words import day_name, hours_in_words, short_day

#: By what the week can be looked at: the field of an entry that says which, and what it is called.
WAYS = {
    "section": ("section_id", "class_name", gettext_lazy("Section")),
    "professor": ("professor_id", "professor_name", gettext_lazy("Professor")),
    "room": ("room_id", "room_code", gettext_lazy("Room")),
}
MOST_LINES = 400
#: What changes when an hour is carried from one line to another; a class stays the class it is.
LINE_FIELDS = {"room": "room_id", "professor": "professor_id"}


@page(permission=permissions.VIEW_SCHEDULE)
def matrix(request: PageRequest) -> HttpResponse:
    """Who and what is busy when, in a term."""
    context = around(request, "schedule:matrix")
    by = request.GET.get("by", "")
    by = by if by in WAYS else "room"
    term = context["term"]
    entries = selectors.timetable(term.id) if term else []
    one = _asked(request)
    key, name, label = WAYS[by]
    mine = [entry for entry in entries if one is not None and getattr(entry, key) == one]
    context |= {
        "by": by,
        "by_label": label,
        "ways": [(way, words[2]) for way, words in WAYS.items()],
        "lines": [] if mine else lines_of(entries, key, name)[:MOST_LINES],
        "weekdays": _weekdays(entries),
        "chosen": getattr(mine[0], name) if mine else "",
        "of": one if mine else "",
        "may_move": request.actor.may(permissions.ASSIGN),
        "line_field": LINE_FIELDS.get(by, ""),
        "day_names": [day_name(day) for day in range(1, 8)],
        **week_of(mine),
    }
    return render(request, "college/scheduling/matrix.html", context)


def _asked(request: PageRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("of", ""))
    except ValueError:
        return None


def _weekdays(entries: list[Entry]) -> list[tuple[int, Any]]:
    used = {entry.weekday for entry in entries}
    return [(day, short_day(day)) for day in range(1, 8) if day <= 5 or day in used]


def lines_of(entries: list[Entry], key: str, name: str) -> list[dict[str, Any]]:
    """One line for each room, professor or section: its meetings day by day."""
    days = [day for day, _label in _weekdays(entries)]
    lines = []
    for of, meetings in selectors.grouped(entries, key).items():
        cells = [
            {
                "day": short_day(day),
                "weekday": day,
                "entries": [shown(entry) for entry in meetings if entry.weekday == day],
            }
            for day in days
        ]
        untimed = [shown(entry) for entry in meetings if entry.weekday is None]
        lines.append({"id": of, "name": getattr(meetings[0], name), "cells": cells, "untimed": untimed})
    return sorted(lines, key=lambda line: str(line["name"]))


def shown(entry: Entry) -> dict[str, Any]:
    """A meeting as the week shows it."""
    return {
        "meeting_id": entry.meeting_id,
        "weekday": entry.weekday,
        "start_min": entry.start_min,
        "section_id": entry.section_id,
        "class_name": entry.class_name,
        "title": entry.subject_title,
        "component": entry.component,
        "hours": hours_text(entry.start_min, entry.end_min),
        "when": hours_in_words(entry.weekday, entry.start_min, entry.end_min),
        "room": entry.room_code or _("room to be announced"),
        "professor": entry.professor_name or _("professor to be announced"),
        "is_excused": bool(entry.excused),
    }


def week_of(entries: list[Entry]) -> dict[str, Any]:
    """A week as a grid, and as the list of days that stands behind it and on telephones."""
    grid = week_grid(entries)
    days = [
        {"name": day_name(day), "entries": [shown(entry) for entry in entries if entry.weekday == day]}
        for day in range(1, 8)
        if any(entry.weekday == day for entry in entries)
    ]
    drawn = None
    if grid is not None:
        drawn = {
            "step": grid.step,
            "days": [day_name(day) for day in grid.weekdays],
            "rows": [
                {"label": row.label, "span": row.span,
                 "cells": [{"rows": cell.rows, "weekday": cell.weekday, "minute": cell.minute,
                            "entries": [shown(entry) for entry in cell.entries]} for cell in row.cells]}
                for row in grid.rows
            ],
        }  # fmt: skip
    untimed = [shown(entry) for entry in entries if entry.weekday is None]
    return {"grid": drawn, "days": days, "untimed": untimed}
