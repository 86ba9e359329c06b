"""What a registrar does with submitted sheets: return them, open them late, finalise them (R48, R49)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock, ids
from rollbook.core.audit.services import record, record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.errors import Invalid
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.enrolment.services.results import ResultSet, set_results
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.errors import (
    GradeFinalized,
    NobodyToGrade,
    NotWhileStandingIn,
    SheetCannotMove,
    SheetNotComplete,
    SheetNotFound,
    TermArchived,
)
from rollbook.systems.college.grading.events import GradesPosted, GradesReturned
from rollbook.systems.college.grading.models import Component, GradeEvent, GradeRecord, GradeSheet
from rollbook.systems.college.grading.policies import FROM_SUBMITTED, FROM_TERM_END, INC_CLOCK_START
from rollbook.systems.college.grading.rules.scales import INC, outcome
from rollbook.systems.college.grading.scales import scales_by_id
from rollbook.systems.college.grading.services.deadlines import NewCase, open_cases
from rollbook.systems.college.grading.services.results import recompute
from rollbook.systems.college.grading.services.sheets import named_class
from rollbook.systems.college.grading.services.writing import Line, move_records
from rollbook.systems.college.grading.sql import execute, named, sheets
from rollbook.systems.college.records.services import checked_reason

#: Longer than this nobody keeps a sheet open for one professor.
LONGEST_OPENING_DAYS = 60
#: How long a returned sheet stays open when the grading window is over and nobody says otherwise.
RETURNED_OPEN_DAYS = 3


@dataclass(frozen=True, slots=True)
class Finalised:
    """What was finalised together."""

    sheet_ids: list[UUID]
    student_ids: list[UUID]
    cases: int


@transaction.atomic
def return_sheet(actor: Actor, *, sheet_id: UUID, reason: str, open_until: date | None = None) -> GradeSheet:
    """Give a submitted sheet back to its professor with a reason. After the window it stays open for some days."""
    actor.require(permissions.FINALISE)
    text = checked_reason(reason)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    shown = selectors.get_sheet(actor, sheet_id)
    sheet = selectors.get_sheet_for_update(sheet_id)
    _must_move(sheet, shown, GradeSheet.State.RETURNED, "returned")
    _must_be_near(open_until, today)
    if open_until is None and (shown["closes_on"] is None or shown["closes_on"] < today):
        open_until = today + timedelta(days=RETURNED_OPEN_DAYS)
    submitted = GradeRecord.objects.filter(sheet=sheet.id, state=GradeRecord.State.SUBMITTED).order_by("id")
    lines = [Line(row.id, row.symbol, row.numeric, row.symbol, row.numeric) for row in submitted]
    move_records(
        actor,
        GradeEvent.Kind.RETURN,
        lines,
        to=GradeRecord.State.RETURNED,
        came_from=["SUBMITTED"],
        at=now,
        reason=text,
    )
    sheet.state, sheet.returned_reason, sheet.version = GradeSheet.State.RETURNED, text, sheet.version + 1
    sheet.opened_until = open_until or sheet.opened_until
    sheet.save(update_fields=["state", "returned_reason", "opened_until", "version"])
    record(
        actor, "college.sheet_returned", sheet, reason=text, before={"state": "SUBMITTED"},
        after={"state": sheet.state, "opened_until": sheet.opened_until},
    )  # fmt: skip
    publish(GradesReturned(actor, sheet.id, sheet.section_id, sheet.version))
    return sheet


@transaction.atomic
def open_late(actor: Actor, *, sheet_id: UUID, until: date, reason: str) -> GradeSheet:
    """Let the owner of a sheet write on it after the window, until a day. It is logged with its reason."""
    actor.require(permissions.OPEN_LATE)
    text = checked_reason(reason)
    today = organisation_in_scope().local_date(clock.now())
    _must_be_near(until, today)
    shown = selectors.get_sheet(actor, sheet_id)
    sheet = selectors.get_sheet_for_update(sheet_id)
    if sheet.state not in GradeSheet.WRITABLE:
        raise SheetCannotMove(section=named_class(shown), state=sheet.get_state_display().lower(), wanted="opened late")
    before, sheet.opened_until, sheet.version = sheet.opened_until, until, sheet.version + 1
    sheet.save(update_fields=["opened_until", "version"])
    record(
        actor, "college.sheet_opened_late", sheet, reason=text, before={"opened_until": before},
        after={"opened_until": until},
    )  # fmt: skip
    return sheet


@transaction.atomic
def finalise(actor: Actor, *, sheet_ids: Iterable[UUID]) -> Finalised:
    """Finalise submitted sheets, one or many at once: whole or not at all, in a fixed number of statements.

    Rows are locked for good, results of the subjects are set, clocks of incompletes start, averages follow, and each
    student is told once.
    """
    actor.require(permissions.FINALISE)
    if actor.stands_in or actor.user_id is None:
        raise NotWhileStandingIn
    now = clock.now()
    wanted = sorted(set(sheet_ids))
    rows = _lock_and_read(wanted)
    lines = [Line(row["record_id"], row["symbol"], row["numeric"], row["symbol"], row["numeric"]) for row in rows]
    move_records(
        actor, GradeEvent.Kind.FINALIZE, lines, to=GradeRecord.State.FINALIZED, came_from=["SUBMITTED"], at=now
    )
    final = [row for row in rows if row["component"] == Component.FINAL]
    cases = _follow(actor, final, now) if final else 0
    execute(
        sheets.FINALISE_SHEETS, at=now, user=actor.user_id, sheets=array_of(wanted),
        hashes=array_of(roster_hash([row for row in rows if row["sheet_id"] == each]) for each in wanted),
    )  # fmt: skip
    by_sheet = defaultdict(list)
    for row in rows:
        by_sheet[row["sheet_id"]].append(row)
    record_many(
        actor, "college.sheet_finalised", "college_grading.gradesheet", wanted,
        facts=[{"rows": len(by_sheet[each]), "component": by_sheet[each][0]["component"]} for each in wanted],
    )  # fmt: skip
    students = sorted({row["student_id"] for row in rows})
    cause_id = wanted[0] if len(wanted) == 1 else ids.new_id()
    subjects = tuple(sorted({row["subject"] for row in rows}))
    publish(GradesPosted(actor, cause_id, "FINALIZED", tuple(students), subjects))
    return Finalised(wanted, students, cases)


def _lock_and_read(sheet_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Lock the sheets in one order, then read who is on them; refuse what is not submitted or not whole."""
    found = list(
        GradeSheet.objects.select_for_update(of=("self",))
        .select_related("section__subject", "section__term")
        .filter(id__in=sheet_ids)
        .order_by("id")
    )
    if not found or len(found) != len(sheet_ids):
        raise SheetNotFound
    for sheet in found:
        shown = {"subject": sheet.section.subject.code, "section": sheet.section.code}
        if sheet.section.term.state == "ARCHIVED":
            raise TermArchived(term=sheet.section.term.code)
        _must_move(sheet, shown, GradeSheet.State.FINALIZED, "finalised")
    rows = [
        row
        for row in named(sheets.TO_FINALISE, sheets=array_of(sheet_ids))
        if row["state"] != GradeRecord.State.FINALIZED
    ]
    missing = [row for row in rows if row["state"] != GradeRecord.State.SUBMITTED]
    if missing:
        joined = _("%(student_number)s joined the class after it was submitted. Return the sheet.")
        raise SheetNotComplete(
            errors=[
                {"field": f"rows.{row['student_number']}", "row": str(row["subject_enrolment_id"]),
                 "message": joined % {"student_number": row["student_number"]}}
                for row in missing
            ]
        )  # fmt: skip
    empty = set(sheet_ids) - {row["sheet_id"] for row in rows}
    if empty:
        bare = next(sheet for sheet in found if sheet.id in empty)
        raise NobodyToGrade(section=f"{bare.section.subject.code} {bare.section.code}")
    return rows


def _follow(actor: Actor, rows: Sequence[dict[str, Any]], now: datetime) -> int:
    """What final grades mean: the result of each subject, incompletes that begin, averages."""
    today = organisation_in_scope().local_date(now)
    scales = scales_by_id({row["scale_id"] for row in rows})
    values = {row["record_id"]: scales[row["scale_id"]].find(row["symbol"]) for row in rows}
    begins = policies.get(INC_CLOCK_START)
    cases = [
        NewCase(
            subject_enrolment_id=row["subject_enrolment_id"], record_id=row["record_id"],
            student_id=row["student_id"], category=row["category"], started_on=_start(row, begins, today),
            required_work=row["required_work"],
        )
        for row in rows
        if (value := values[row["record_id"]]) is not None and value.kind == INC
    ]  # fmt: skip
    deadlines = open_cases(actor, cases, at=now)
    results = [
        ResultSet(
            row["subject_enrolment_id"], outcome(value), row["symbol"], row["numeric"], row["scale_id"], today,
            deadlines.get(row["subject_enrolment_id"]),
        )
        for row in rows
        if (value := values[row["record_id"]]) is not None
    ]  # fmt: skip
    set_results(actor, results)
    recompute(actor, {row["student_id"] for row in rows}, at=now)
    return len(cases)


def _start(row: dict[str, Any], begins: str, today: date) -> date:
    if begins == FROM_SUBMITTED:
        return organisation_in_scope().local_date(row["submitted_at"])
    if begins == FROM_TERM_END:
        ends_on: date = row["ends_on"]
        return ends_on
    return today


def roster_hash(rows: Iterable[dict[str, Any]]) -> str:
    """What was finalised, so that it can be compared with a printed sheet."""
    lines = sorted(f"{row['subject_enrolment_id']}|{row['symbol']}" for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _must_move(sheet: GradeSheet, shown: dict[str, Any], to: str, wanted: str) -> None:
    if sheet.state == GradeSheet.State.FINALIZED:
        raise GradeFinalized(section=named_class(shown))
    if not sheet.may_become(to):
        raise SheetCannotMove(section=named_class(shown), state=sheet.get_state_display().lower(), wanted=wanted)


def _must_be_near(until: date | None, today: date) -> None:
    if until is not None and not today <= until <= today + timedelta(days=LONGEST_OPENING_DAYS):
        raise Invalid.field(
            "until", _("Enter a day from today to %(most)s days from now.") % {"most": LONGEST_OPENING_DAYS}
        )
