"""A professor's classes and their grade sheets: a grid that is typed, pasted or filled from a file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.errors import Invalid, NotFound, Refusal
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.rendering import done
from rollbook.core.web.sentences import refusal_sentence
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.forms import GradeFileForm
from rollbook.systems.college.grading.models import Component, GradeSheet
from rollbook.systems.college.grading.rules.entry import is_open_to_grades
from rollbook.systems.college.grading.scales import scale_in_force
from rollbook.systems.college.grading.services import files, sheets
from rollbook.systems.college.grading.services.sheets import RowTyped, basis_of
from rollbook.systems.college.grading.words import COMPONENTS, SHEET_STATES
from rollbook.systems.college.lists import MOST_BYTES, FileRefused

SUBJECT = gettext_lazy("Grade")


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the grid: what is typed, what is wrong with it."""

    row: dict[str, Any]
    grade: str
    work: str
    error: str = ""
    is_saved: bool = False


@page(permission=permissions.ENTER_GRADES)
def my_sheets(request: PageRequest) -> HttpResponse:
    """My classes with their midterm and final sheets, the latest term first."""
    rows = selectors.grade_sheets(request.actor, own_only=True)
    terms: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        terms.setdefault(row["term"], []).append(_line(row))
    waiting = [line for line in (_line(row) for row in rows) if line["needs_me"]]
    return render(request, "college/grading/my_sheets.html", {"terms": list(terms.items()), "waiting": waiting[:3]})


def _line(row: dict[str, Any]) -> dict[str, Any]:
    today = organisation_in_scope().local_date(clock.now())
    is_open = is_open_to_grades(row["opens_on"], row["closes_on"], row["opened_until"], today)
    return {
        **row, "url": reverse("grading:sheet", args=[row["section_id"], row["component"]]),
        "component_name": COMPONENTS[row["component"]], "badge": SHEET_STATES[row["state"]], "is_open": is_open,
        "needs_me": is_open and row["state"] in GradeSheet.WRITABLE and row["students"] > 0,
    }  # fmt: skip


@page(permission=SIGNED_IN)
def sheet(request: PageRequest, section_id: UUID, component: str) -> HttpResponse:
    """The grade sheet of a class. What is sent is saved wholly, or not at all."""
    shown = _sheet(request, section_id, component)
    if request.method == "POST":
        return _save(request, shown)
    return _grid(request, shown, _cells(shown))


def _sheet(request: PageRequest, section_id: UUID, component: str) -> dict[str, Any]:
    if component not in Component.values:
        raise NotFound
    return selectors.sheet_of_class(request.actor, section_id, component)


def _cells(shown: dict[str, Any], typed: Mapping[UUID, RowTyped] | None = None, **errors: Any) -> list[Cell]:
    wrong: dict[str, str] = errors.get("wrong", {})
    cells = []
    for row in selectors.roster(shown["section_id"], shown["component"]):
        said = (typed or {}).get(row["subject_enrolment_id"])
        cells.append(
            Cell(
                row, row["symbol"] if said is None else said.grade,
                row["required_work"] if said is None or said.required_work is None else said.required_work,
                wrong.get(str(row["subject_enrolment_id"]), ""),
            )
        )  # fmt: skip
    return cells


def _grid(
    request: PageRequest, shown: dict[str, Any], cells: list[Cell], *, problems: list[str] | None = None,
    status: int = 200, filled: int | None = None,
) -> HttpResponse:  # fmt: skip
    line = _line(shown)
    may_write = shown["owner_id"] is not None and shown["owner_id"] == request.actor.membership_id
    may_write = may_write and line["is_open"] and shown["state"] in GradeSheet.WRITABLE and not request.actor.stands_in
    scale = scale_in_force(organisation_in_scope().local_date(clock.now()))
    values = scale.for_basis(basis_of(shown["section_id"]))
    context = {
        "sheet": line, "cells": cells, "may_write": may_write, "problems": problems or [], "filled": filled,
        "has_errors": bool(problems) or any(cell.error for cell in cells),
        "allowed": [value.symbol for value in values], "chart": _distribution(cells, values),
        "missing": sum(1 for cell in cells if not cell.row["symbol"] or cell.row["symbol"] == "NG"),
        "file_form": GradeFileForm(request=request), "may_finalise": request.actor.may(permissions.FINALISE),
        "may_change": shown["state"] == "FINALIZED" and request.actor.may(permissions.PROPOSE_CHANGE),
    }  # fmt: skip
    return render(request, "college/grading/sheet.html", context, status=status)


def _distribution(cells: list[Cell], values: Any) -> Chart:
    """How many have which grade: the histogram, with its numbers behind."""
    counts = Counter(cell.row["symbol"] for cell in cells if cell.row["symbol"])
    symbols = [value.symbol for value in values]
    symbols += sorted(symbol for symbol in counts if symbol not in symbols)
    return Chart(
        kind="bar", title=_("Distribution"), labels=symbols, label_heading=SUBJECT,
        series=[Series(_("Students"), [counts.get(symbol, 0) for symbol in symbols])],
    )  # fmt: skip


def _typed(request: PageRequest) -> list[RowTyped]:
    """Every row that came: grade_<row>, work_<row>, version_<row>."""
    rows = []
    for name, grade in request.POST.items():
        if not name.startswith("grade_"):
            continue
        key = name.removeprefix("grade_")
        version = str(request.POST.get(f"version_{key}", ""))
        try:
            row_id = UUID(key)
        except ValueError as error:
            raise Invalid.field(name, _("This is no row of the sheet.")) from error
        work = request.POST.get(f"work_{key}")
        rows.append(
            RowTyped(row_id, str(grade)[:20], None if work is None else str(work)[:1000],
                     int(version) if version.isdigit() and len(version) < 10 else None)
        )  # fmt: skip
    return rows


def _save(request: PageRequest, shown: dict[str, Any]) -> HttpResponse:
    rows = _typed(request)
    valid_only = request.POST.get("valid_only") == "1"
    try:
        opened = sheets.open_sheet(request.actor, section_id=shown["section_id"], component=shown["component"])
        saved = sheets.save_rows(request.actor, sheet_id=opened.id, rows=rows, valid_only=valid_only)
    except Invalid as refusal:
        vars(request)["refusal"] = refusal
        wrong = {error["row"]: error["message"] for error in refusal.errors if "row" in error}
        cells = _cells(shown, {row.subject_enrolment_id: row for row in rows}, wrong=wrong)
        return _grid(request, shown, cells, problems=[_("Nothing was saved. Look at the marked rows.")], status=422)
    if saved.errors:
        wrong = {error["row"]: error["message"] for error in saved.errors}
        typed = {row.subject_enrolment_id: row for row in rows if str(row.subject_enrolment_id) in wrong}
        message = _("%(n)s rows are saved; the marked ones are not.") % {"n": len(saved.saved)}
        # A refusing status would undo the rows that are good.
        return _grid(request, _again(request, shown), _cells(shown, typed, wrong=wrong), problems=[message])
    return done(request, _address(shown), message=_("Saved."))


def _again(request: PageRequest, shown: dict[str, Any]) -> dict[str, Any]:
    return selectors.sheet_of_class(request.actor, shown["section_id"], shown["component"])


def _address(shown: dict[str, Any]) -> str:
    return reverse("grading:sheet", args=[shown["section_id"], shown["component"]])


@require_POST
@page(permission=permissions.ENTER_GRADES)
def save_row(request: PageRequest, section_id: UUID, component: str, row_id: UUID) -> HttpResponse:
    """One row, saved as soon as it is left; a tick says so, or the cell says what is wrong."""
    shown = _sheet(request, section_id, component)
    typed = next((row for row in _typed(request) if row.subject_enrolment_id == row_id), None)
    if typed is None:
        raise NotFound
    error, status = "", 200
    try:
        opened = sheets.open_sheet(request.actor, section_id=section_id, component=component)
        sheets.save_rows(request.actor, sheet_id=opened.id, rows=[typed])
    except Invalid as refusal:
        vars(request)["refusal"] = refusal
        error, status = refusal.errors[0]["message"] if refusal.errors else refusal.detail, 422
    row = next((row for row in selectors.roster(section_id, component) if row["subject_enrolment_id"] == row_id), None)
    if row is None:
        raise NotFound
    work = row["required_work"] if typed.required_work is None else typed.required_work
    cell = Cell(row, typed.grade if error else row["symbol"], work, error, is_saved=not error)
    context = {"cell": cell, "sheet": _line(shown), "may_write": True}
    return render(request, "college/grading/parts/row.html", context, status=status)


@require_POST
@page(permission=permissions.ENTER_GRADES)
def fill_from_file(request: PageRequest, section_id: UUID, component: str) -> HttpResponse:
    """Put a file's grades into the grid, to be looked at. They are saved when the sheet is saved."""
    shown = _sheet(request, section_id, component)
    form = GradeFileForm(request.POST, request.FILES, request=request)
    try:
        if not form.is_valid():
            raise FileRefused.because(_("Choose a CSV or XLSX file."))
        upload = form.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise FileRefused.because(_("The file is larger than 5 MB. A sheet has no more than a few hundred rows."))
        opened = sheets.open_sheet(request.actor, section_id=section_id, component=component)
        found = files.read_file(request.actor, sheet_id=opened.id, file_name=upload.name, content=upload.read())
    except Refusal as refusal:
        vars(request)["refusal"] = refusal
        return _grid(request, shown, _cells(shown), problems=[refusal_sentence(refusal)], status=422)
    problems = [
        _("Line %(line)s, %(number)s: %(message)s")
        % {"line": line["line"], "number": line["student_number"] or "—", "message": line["message"]}
        for line in found.lines
        if line["message"]
    ]
    cells = _cells(shown, {row.subject_enrolment_id: row for row in found.rows})
    return _grid(request, shown, cells, problems=problems, filled=len(found.rows))


@require_POST
@page(permission=permissions.ENTER_GRADES)
def submit(request: PageRequest, section_id: UUID, component: str) -> HttpResponse:
    """Hand the sheet to the registrar."""
    shown = _sheet(request, section_id, component)
    try:
        opened = sheets.open_sheet(request.actor, section_id=section_id, component=component)
        sheets.submit(request.actor, sheet_id=opened.id)
    except Invalid as refusal:
        vars(request)["refusal"] = refusal
        wrong = {error["row"]: error["message"] for error in refusal.errors if "row" in error}
        cells = _cells(shown, wrong=wrong)
        return _grid(request, shown, cells, problems=[_("Not submitted yet. Look at the marked rows.")], status=422)
    return done(request, _address(shown), message=_("Submitted. The registrar finalises it."))
