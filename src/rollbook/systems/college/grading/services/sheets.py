"""What a professor does on a grade sheet: open it, enter grades, submit it (R48, R49)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.db.arrays import array_of
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.errors import (
    GradeFinalized,
    GradingClosed,
    NobodyToGrade,
    NoGradingWindow,
    NotGradeOwner,
    NotWhileStandingIn,
    RowsRefused,
    SheetCannotMove,
    SheetChangedMeanwhile,
    SheetNotComplete,
    SheetNotFound,
    TermArchived,
)
from rollbook.systems.college.grading.models import Component, GradeEvent, GradeRecord, GradeSheet
from rollbook.systems.college.grading.rules.entry import (
    LONGEST_WORK,
    Problem,
    is_open_to_grades,
    must_be_complete,
    read_grade,
)
from rollbook.systems.college.grading.rules.scales import INC, Scale, Value
from rollbook.systems.college.grading.scales import scale_in_force, scales_by_id
from rollbook.systems.college.grading.services.writing import Entry, Line, enter_grades, move_records
from rollbook.systems.college.grading.sql import execute, sheets
from rollbook.systems.college.scheduling.models import Faculty, Section

RowError = dict[str, str]


@dataclass(frozen=True, slots=True)
class RowTyped:
    """What somebody typed for one student."""

    subject_enrolment_id: UUID
    grade: str
    required_work: str | None = None
    #: The row's version that they were looking at; None when they do not say.
    version: int | None = None


@dataclass(slots=True)
class Saved:
    """What became of typed rows."""

    sheet: GradeSheet
    saved: list[UUID] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: dict[str, Any]
    value: Value | None
    required_work: str


@transaction.atomic
def open_sheet(actor: Actor, *, section_id: UUID, component: str) -> GradeSheet:
    """Make the sheet of a class, or answer the one that is there."""
    if component not in Component.values:
        raise Invalid.field("component", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Component.values)})
    shown = selectors.sheet_of_class(actor, section_id, component)
    if shown["id"] is None:
        made = execute(
            sheets.OPEN_SHEETS, at=clock.now(), component=component, ids=array_of([ids.new_id()]),
            sections=array_of([section_id]),
        )  # fmt: skip
        if made:
            record(actor, "college.sheet_opened", ("college_grading.gradesheet", made[0][0]), component=component)
    return GradeSheet.objects.get(section=section_id, component=component)


@transaction.atomic
def save_rows(
    actor: Actor,
    *,
    sheet_id: UUID,
    rows: Sequence[RowTyped],
    valid_only: bool = False,
    expected_version: int | None = None,
) -> Saved:
    """Enter grades. Everything typed is checked first; one error and nothing is saved, unless valid rows are wanted."""
    actor.require(permissions.ENTER_GRADES)
    now = clock.now()
    sheet, shown = sheet_of_owner(actor, sheet_id, today=organisation_in_scope().local_date(now))
    if expected_version is not None and expected_version != sheet.version:
        raise SheetChangedMeanwhile(section=named_class(shown))
    scale = scale_in_force(organisation_in_scope().local_date(now))
    roster = {row["subject_enrolment_id"]: row for row in selectors.roster(sheet.section_id, sheet.component)}
    wanted, errors = _read(rows, roster, scale, basis=basis_of(sheet.section_id))
    if errors and not valid_only:
        raise RowsRefused(errors=errors, saved=0)
    changed = [each for each in wanted if _differs(each)]
    if changed:
        _write(actor, sheet, changed, scale, now)
        sheet.version += 1
        sheet.save(update_fields=["version"])
        record(
            actor, "college.grades_entered", sheet, rows=len(changed),
            before={str(each.row["subject_enrolment_id"]): each.row["symbol"] for each in changed},
            after={str(each.row["subject_enrolment_id"]): each.value.symbol if each.value else "" for each in changed},
        )  # fmt: skip
    return Saved(sheet, [each.row["subject_enrolment_id"] for each in wanted], errors)


@transaction.atomic
def submit(actor: Actor, *, sheet_id: UUID, expected_version: int | None = None) -> GradeSheet:
    """Hand the sheet to the registrar. Every row has a grade by then, and every INC the work that is required."""
    actor.require(permissions.ENTER_GRADES)
    now = clock.now()
    sheet, shown = sheet_of_owner(actor, sheet_id, today=organisation_in_scope().local_date(now))
    if expected_version is not None and expected_version != sheet.version:
        raise SheetChangedMeanwhile(section=named_class(shown))
    roster = [row for row in selectors.roster(sheet.section_id, sheet.component) if row["state"] != "FINALIZED"]
    if not roster:
        raise NobodyToGrade(section=named_class(shown))
    _must_be_whole(roster, needs_work=sheet.component == Component.FINAL)
    lines = [
        Line(row["record_id"], row["symbol"], row["numeric"], row["symbol"], row["numeric"])
        for row in roster
        if row["record_id"] is not None
    ]
    move_records(
        actor, GradeEvent.Kind.SUBMIT, lines, to=GradeRecord.State.SUBMITTED, came_from=["DRAFT", "RETURNED"], at=now
    )
    before, sheet.state, sheet.submitted_at = sheet.state, GradeSheet.State.SUBMITTED, now
    sheet.submitted_by_id, sheet.returned_reason, sheet.version = actor.acting_user_id(), "", sheet.version + 1
    sheet.save(update_fields=["state", "submitted_at", "submitted_by", "returned_reason", "version"])
    record(
        actor, "college.sheet_submitted", sheet, before={"state": before}, after={"state": sheet.state}, rows=len(lines)
    )
    return sheet


def sheet_of_owner(actor: Actor, sheet_id: UUID, *, today: date) -> tuple[GradeSheet, dict[str, Any]]:
    """The sheet, locked, for the professor who owns its grades and may write on it today; refused to everybody else."""
    if actor.stands_in:
        raise NotWhileStandingIn
    shown = selectors.get_sheet(actor, sheet_id)
    sheet = selectors.get_sheet_for_update(sheet_id)
    if shown["owner_id"] is None or shown["owner_id"] != actor.membership_id:
        raise NotGradeOwner(section=named_class(shown))
    if sheet.state == GradeSheet.State.FINALIZED:
        raise GradeFinalized(section=named_class(shown))
    if sheet.state not in GradeSheet.WRITABLE:
        raise SheetCannotMove(section=named_class(shown), state=sheet.get_state_display().lower(), wanted="written on")
    must_be_in_window(sheet, shown, today)
    return sheet, shown


def must_be_in_window(sheet: GradeSheet, shown: dict[str, Any], today: date) -> None:
    """Refuse outside the grading window of the term, unless the registrar opened this sheet for some days."""
    if Term.objects.filter(id=shown["term_id"], state=Term.State.ARCHIVED).exists():
        raise TermArchived(term=shown["term"])
    if is_open_to_grades(shown["opens_on"], shown["closes_on"], sheet.opened_until, today):
        return
    if shown["opens_on"] is None:
        raise NoGradingWindow(term=shown["term"], component=sheet.get_component_display().lower())
    raise GradingClosed(term=shown["term"], opens_on=shown["opens_on"], closes_on=shown["closes_on"])


def named_class(shown: dict[str, Any]) -> str:
    """How refusals name a class: IT101 A."""
    return f"{shown['subject']} {shown['section']}"


def basis_of(section_id: UUID) -> str:
    """How the subject of a class is graded: by numbers, or passed and failed."""
    found = Section.objects.filter(id=section_id).values_list("subject__grading_basis", flat=True).first()
    if found is None:
        raise SheetNotFound
    return str(found)


def _read(
    rows: Sequence[RowTyped], roster: dict[UUID, dict[str, Any]], scale: Scale, *, basis: str
) -> tuple[list[_Wanted], list[RowError]]:
    wanted: list[_Wanted] = []
    errors: list[RowError] = []
    seen: set[UUID] = set()
    for number, typed in enumerate(rows):
        problem = _problem_of(typed, roster, seen)
        seen.add(typed.subject_enrolment_id)
        found = read_grade(typed.grade, scale, basis=basis)
        if problem is None and isinstance(found, Problem):
            problem = {"message": found.message, "allowed": ", ".join(found.allowed), "hint": found.hint}
        if problem is not None or isinstance(found, Problem):
            errors.append(
                {
                    "field": f"rows.{number}.grade",
                    "row": str(typed.subject_enrolment_id),
                    "message": "",
                    **(problem or {}),
                }
            )
            continue
        each = _wanted(typed, roster[typed.subject_enrolment_id], found.value)
        # What stands there already was saved as its cell was left, a moment before the whole sheet: no change is
        # overwritten by it.
        if typed.version not in {None, each.row["version"]} and _differs(each):
            message = _("Somebody changed this row meanwhile. Reload the sheet to see it.")
            errors.append({"field": f"rows.{number}.grade", "row": str(typed.subject_enrolment_id), "message": message})
            continue
        wanted.append(each)
    return wanted, errors


def _wanted(typed: RowTyped, row: dict[str, Any], value: Value | None) -> _Wanted:
    work = row["required_work"] if typed.required_work is None else " ".join(typed.required_work.split())
    return _Wanted(row, value, work if value is not None and value.kind == INC else "")


def _problem_of(typed: RowTyped, roster: dict[UUID, dict[str, Any]], seen: set[UUID]) -> RowError | None:
    row = roster.get(typed.subject_enrolment_id)
    if row is None:
        return {"message": _("Nobody with this row is enrolled in the class.")}
    if typed.subject_enrolment_id in seen:
        return {"message": _("%(number)s stands here twice. Keep one of the rows.") % {"number": row["student_number"]}}
    if row["state"] not in {"DRAFT", "RETURNED"}:
        return {"message": _("This grade is no longer a draft.")}
    if typed.required_work is not None and len(typed.required_work) > LONGEST_WORK:
        return {"message": _("Write the required work in at most %(most)s characters.") % {"most": LONGEST_WORK}}
    return None


def _differs(wanted: _Wanted) -> bool:
    symbol = wanted.value.symbol if wanted.value else ""
    return bool((symbol, wanted.required_work) != (wanted.row["symbol"], wanted.row["required_work"]))


def _write(actor: Actor, sheet: GradeSheet, changed: Sequence[_Wanted], scale: Scale, now: datetime) -> None:
    entries = [
        Entry(
            each.row["subject_enrolment_id"], sheet.id, each.row["symbol"], each.row["numeric"],
            each.value.symbol if each.value else "", each.value.numeric if each.value else None,
            scale.id if each.value else None, each.required_work,
        )
        for each in changed
    ]  # fmt: skip
    owner = Faculty.objects.filter(member=actor.membership_id).values_list("id", flat=True).first()
    enter_grades(actor, GradeEvent.Kind.ENTER, entries, component=sheet.component, owner_id=owner, at=now)


def _must_be_whole(roster: Sequence[dict[str, Any]], *, needs_work: bool) -> None:
    scales = scales_by_id({row["scale_id"] for row in roster if row["scale_id"] is not None})
    errors = []
    for number, row in enumerate(roster):
        value = scales[row["scale_id"]].find(row["symbol"]) if row["scale_id"] else None
        message = must_be_complete(value, required_work=row["required_work"], needs_work=needs_work)
        if message:
            errors.append(
                {
                    "field": f"rows.{number}.grade", "row": str(row["subject_enrolment_id"]),
                    "message": f"{row['student_number']}: {message}",
                }
            )  # fmt: skip
    if errors:
        raise SheetNotComplete(errors=errors)
