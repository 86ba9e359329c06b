"""A timetable read from a file: tried line by line and taken back, then made in the same way."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Subject, Term
from rollbook.systems.college.catalogue.selectors import get_term
from rollbook.systems.college.records.reading import read_list
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import TimetableCannotMove, TimetableHasErrors, TimetableNotFound
from rollbook.systems.college.scheduling.models import Block, Component, Faculty, Room, Section, TimetableImport
from rollbook.systems.college.scheduling.reading import COLUMNS, NEEDED, read_day, read_span
from rollbook.systems.college.scheduling.services.assignments import assign_professor
from rollbook.systems.college.scheduling.services.meetings import MeetingPlan, add_meeting
from rollbook.systems.college.scheduling.services.sections import add_section, open_term

MOST_LINES = 2_000


class _TakenBack(Exception):
    """Ends a trial so that nothing of it stays."""


@dataclass(slots=True)
class _Made:
    """What the lines of a file made, and what was wrong with them."""

    sections: int = 0
    meetings: int = 0
    standing: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def check_timetable(actor: Actor, *, term_id: UUID, file_name: str, content: bytes) -> TimetableImport:
    """Read a timetable and try every line of it. Nothing is changed; what would be made, and what is wrong, is kept."""
    actor.require(permissions.ASSIGN)
    actor.require(permissions.MANAGE_SECTIONS)
    term = get_term(actor, term_id)
    rows = _rows(file_name, content)
    made = _tried(actor, term, rows)
    run: TimetableImport = TimetableImport.objects.create(
        term=term, file_name=file_name[:200], file_sha256=hashlib.sha256(content).hexdigest(), rows=rows,
        errors=made.errors, counts=_counts(rows, made), started_by_id=actor.acting_user_id(), created_at=clock.now(),
    )  # fmt: skip
    record(actor, "college.timetable_checked", run, term=term.code, **run.counts)
    return run


@transaction.atomic
def import_timetable(actor: Actor, *, run_id: UUID) -> TimetableImport:
    """Make the sections and hours of a file that was checked. All of it or nothing."""
    actor.require(permissions.ASSIGN)
    actor.require(permissions.MANAGE_SECTIONS)
    run: TimetableImport | None = TimetableImport.objects.select_for_update(of=("self",)).filter(id=run_id).first()
    if run is None:
        raise TimetableNotFound
    if run.state != TimetableImport.State.CHECKED:
        raise TimetableCannotMove
    term = open_term(run.term_id)
    made = _make(actor, term, run.rows)
    if made.errors:
        first = _("Line %(line)s: %(message)s") % {"line": made.errors[0]["line"], "message": made.errors[0]["message"]}
        raise TimetableHasErrors(count=len({error["line"] for error in made.errors}), first=first)
    run.state, run.committed_at = TimetableImport.State.COMMITTED, clock.now()
    run.errors, run.counts = [], _counts(run.rows, made)
    run.save(update_fields=["state", "committed_at", "errors", "counts"])
    record(actor, "college.timetable_imported", run, term=term.code, **run.counts)
    return run


def _rows(file_name: str, content: bytes) -> list[dict[str, Any]]:
    lines = read_list(file_name, content)
    missing = [column for column in NEEDED if column not in lines[0].values]
    if missing:
        raise Invalid.field(
            "file",
            _("The heading lacks %(missing)s. It names: %(columns)s.")
            % {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)},
        )
    if len(lines) > MOST_LINES:
        raise Invalid.field("file", _("The file has more than %(most)s lines. Split it.") % {"most": f"{MOST_LINES:,}"})
    return [
        {"line": line.number, **{column: line.values.get(column, "") for column in COLUMNS if line.values.get(column)}}
        for line in lines
    ]


def _counts(rows: list[dict[str, Any]], made: _Made) -> dict[str, int]:
    wrong = len({error["line"] for error in made.errors})
    return {"lines": len(rows), "sections": made.sections, "meetings": made.meetings, "standing": made.standing,
            "wrong": wrong}  # fmt: skip


def _tried(actor: Actor, term: Term, rows: list[dict[str, Any]]) -> _Made:
    """What the very same acts would do; afterwards they never happened."""
    made = _Made()
    try:
        with transaction.atomic():
            made = _make(actor, term, rows)
            raise _TakenBack
    except _TakenBack:
        return made


def _make(actor: Actor, term: Term, rows: list[dict[str, Any]]) -> _Made:
    made, lookup = _Made(), _Lookup(term)
    for row in rows:
        try:
            with transaction.atomic():
                _make_line(actor, term, row, lookup, made)
        except Invalid as refusal:
            made.errors += [{"line": row["line"], **error} for error in refusal.errors]
        except Refusal as refusal:
            made.errors.append({"line": row["line"], "field": "", "message": refusal.detail})
    return made


def _make_line(actor: Actor, term: Term, row: dict[str, Any], lookup: "_Lookup", made: _Made) -> None:
    subject_id = lookup.subject(row)
    professor_id, room_id = lookup.professor(row), lookup.room(row)
    start_min, end_min = read_span(row.get("start", ""), row.get("end", ""))
    plan = MeetingPlan(
        component=_component(row), weekday=read_day(row.get("day", "")), room_id=room_id, professor_id=professor_id,
        start_min=start_min, end_min=end_min, from_date=_day(row, "from"), to_date=_day(row, "to"),
    )  # fmt: skip
    section, is_new = _section(actor, term, row, subject_id, professor_id, lookup)
    if _stands(section, plan):
        made.standing += 1
    else:
        if professor_id is not None and not is_new:
            _name_professor(actor, section, plan.component, professor_id)
        add_meeting(actor, section_id=section.id, plan=plan)
        made.meetings += 1
    made.sections += is_new


def _section(
    actor: Actor, term: Term, row: dict[str, Any], subject_id: UUID, professor_id: UUID | None, lookup: "_Lookup"
) -> tuple[Section, bool]:
    code = row.get("section", "")
    found = Section.objects.filter(term=term, subject_id=subject_id, code__iexact=code).first()
    if found is not None:
        return found, False
    sizes = {name: _whole(row, name) for name in ("capacity", "waitlist_capacity") if row.get(name)}
    section = add_section(
        actor, term_id=term.id, subject_id=subject_id, code=code, professor_id=professor_id,
        block_id=lookup.block(code), **sizes,
    )  # fmt: skip
    return section, True


def _name_professor(actor: Actor, section: Section, component: str, professor_id: UUID) -> None:
    """The first professor that a line names owns the grades; who is named for a laboratory teaches beside."""
    assignments = section.assignments.all()
    owner = next(row for row in assignments if row.role == "PRIMARY")
    if any(row.professor_id == professor_id and row.component == component for row in assignments):
        return
    role = "PRIMARY" if owner.professor_id is None and owner.component == component else "CO"
    assign_professor(actor, section_id=section.id, professor_id=professor_id, component=component, role=role)


def _stands(section: Section, plan: MeetingPlan) -> bool:
    same = {
        "component": plan.component, "weekday": plan.weekday, "start_min": plan.start_min, "end_min": plan.end_min,
        "room": plan.room_id,
    }  # fmt: skip
    if plan.professor_id is not None:
        same["professor"] = plan.professor_id
    return bool(section.meetings.filter(**same).exists())


class _Lookup:
    """What a file names by code."""

    def __init__(self, term: Term) -> None:
        self._subjects = _by_code(Subject.objects.filter(is_active=True).values_list("code", "id"))
        self._rooms = _by_code(Room.objects.values_list("code", "id"))
        self._faculty = _by_code(Faculty.objects.values_list("employee_number", "id"))
        self._blocks = _by_code(Block.objects.filter(term=term).values_list("code", "id"))

    def subject(self, row: dict[str, Any]) -> UUID:
        found = self._subjects.get(row.get("subject", "").lower())
        if found is None:
            raise Invalid.field("subject", _("No subject of the catalogue has this code."))
        return found

    def room(self, row: dict[str, Any]) -> UUID | None:
        return _named(self._rooms, row.get("room", ""), "room", _("No room has this code. Add it first."))

    def professor(self, row: dict[str, Any]) -> UUID | None:
        message = _("Nobody on the faculty has this employee number. Add the profile first.")
        return _named(self._faculty, row.get("professor", ""), "professor", message)

    def block(self, code: str) -> UUID | None:
        return self._blocks.get(code.lower())


def _by_code(rows: Any) -> dict[str, UUID]:
    return {code.lower(): row_id for code, row_id in rows}


def _named(known: dict[str, UUID], code: str, column: str, message: str) -> UUID | None:
    if not code:
        return None
    if code.lower() not in known:
        raise Invalid.field(column, message)
    return known[code.lower()]


def _component(row: dict[str, Any]) -> str:
    return row.get("component", "").upper() or Component.LEC


def _whole(row: dict[str, Any], column: str) -> int:
    number: int = _read(row, column, int, _("Enter a whole number."))
    return number


def _day(row: dict[str, Any], column: str) -> date | None:
    return _read(row, column, date.fromisoformat, _("Write the day as 2026-08-31.")) if row.get(column) else None


def _read(row: dict[str, Any], column: str, reader: Callable[[str], Any], message: str) -> Any:
    try:
        return reader(row[column])
    except ValueError as error:
        raise Invalid.field(column, message) from error
