"""Writing grades and what happened to them: a fixed number of statements, whatever the number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from rollbook.core import ids
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.grading.models import GradeEvent
from rollbook.systems.college.grading.sql import execute, sheets


@dataclass(frozen=True, slots=True)
class Line:
    """What happens to one grade: what it was and what it is now. The same where only its state moves."""

    record_id: UUID
    old_symbol: str
    old_numeric: Decimal | None
    new_symbol: str
    new_numeric: Decimal | None
    case_id: UUID | None = None


def write_events(
    actor: Actor,
    kind: str,
    lines: Sequence[Line],
    *,
    at: datetime,
    event_ids: Sequence[UUID],
    reason: str = "",
    change_id: UUID | None = None,
) -> None:
    """Add to the history of grades. Nobody ever takes anything out of it."""
    execute(
        sheets.EVENTS,
        at=at,
        kind=kind,
        user=actor.user_id,
        job="" if actor.user_id else actor.job,
        reason=reason,
        change=change_id,
        ids=array_of(event_ids),
        records=array_of(line.record_id for line in lines),
        old_symbols=text_array_of(line.old_symbol for line in lines),
        old_numerics=array_of(line.old_numeric for line in lines),
        new_symbols=text_array_of(line.new_symbol for line in lines),
        new_numerics=array_of(line.new_numeric for line in lines),
        cases=array_of(line.case_id for line in lines),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft grade that is written on a sheet."""

    subject_enrolment_id: UUID
    sheet_id: UUID
    old_symbol: str
    old_numeric: Decimal | None
    new_symbol: str
    new_numeric: Decimal | None
    scale_id: UUID | None
    required_work: str = ""


def enter_grades(
    actor: Actor,
    kind: str,
    entries: Sequence[Entry],
    *,
    component: str,
    owner_id: UUID | None,
    at: datetime,
    reason: str = "",
) -> int:
    """Write drafts on sheets, each with its event. Two statements. What is submitted or finalised is left alone."""
    if not entries:
        return 0
    by_enrolment = {entry.subject_enrolment_id: (entry, ids.new_id()) for entry in entries}
    saved = execute(
        sheets.SAVE,
        at=at,
        component=component,
        owner=owner_id,
        ids=array_of(ids.new_id() for _ in entries),
        enrolments=array_of(by_enrolment),
        sheets=array_of(entry.sheet_id for entry in entries),
        symbols=text_array_of(entry.new_symbol for entry in entries),
        numerics=array_of(entry.new_numeric for entry in entries),
        scales=array_of(entry.scale_id for entry in entries),
        works=text_array_of(entry.required_work for entry in entries),
        events=array_of(event_id for _, event_id in by_enrolment.values()),
    )
    written = [(record_id, *by_enrolment[enrolment_id]) for enrolment_id, record_id in saved]
    lines = [
        Line(record_id, entry.old_symbol, entry.old_numeric, entry.new_symbol, entry.new_numeric)
        for record_id, entry, _ in written
    ]
    write_events(actor, kind, lines, at=at, event_ids=[event_id for _, _, event_id in written], reason=reason)
    return len(written)


def move_records(
    actor: Actor, kind: str, lines: Sequence[Line], *, to: str, came_from: Sequence[str], at: datetime, reason: str = ""
) -> int:
    """Move rows to another state together, each with its event. Two statements."""
    if not lines:
        return 0
    event_ids = [ids.new_id() for _ in lines]
    write_events(actor, kind, lines, at=at, event_ids=event_ids, reason=reason)
    moved = execute(
        sheets.MOVE,
        to=to,
        records=array_of(line.record_id for line in lines),
        events=array_of(event_ids),
        **{"from": list(came_from)},
    )
    return len(moved)


def replace_values(
    actor: Actor, kind: str, lines: Sequence[Line], *, at: datetime, reason: str = "", change_id: UUID | None = None
) -> int:
    """Give finalised grades another value, which only three kinds of acts may. Two statements."""
    if kind not in {GradeEvent.Kind.CHANGE, GradeEvent.Kind.INC_RESOLVED, GradeEvent.Kind.INC_EXPIRED}:
        raise ValueError(f"{kind} does not change a finalised grade.")
    if not lines:
        return 0
    event_ids = [ids.new_id() for _ in lines]
    write_events(actor, kind, lines, at=at, event_ids=event_ids, reason=reason, change_id=change_id)
    replaced = execute(
        sheets.REPLACE,
        records=array_of(line.record_id for line in lines),
        symbols=text_array_of(line.new_symbol for line in lines),
        numerics=array_of(line.new_numeric for line in lines),
        events=array_of(event_ids),
    )
    return len(replaced)
