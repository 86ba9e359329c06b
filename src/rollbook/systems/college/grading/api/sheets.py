"""Grade sheets: list, rows, submit, return, finalise."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Path, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from rollbook.core.api.preconditions import etag
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.services import files, finalising, sheets
from rollbook.systems.college.lists import MOST_BYTES, FileRefused
from rollbook.systems.college.schemas import Body

router = Router(tags=["College grades"])

ComponentName = Literal["MIDTERM", "FINAL"]
SheetState = Literal["OPEN", "SUBMITTED", "RETURNED", "FINALIZED"]
RecordState = Literal["DRAFT", "SUBMITTED", "RETURNED", "FINALIZED"]


class SheetOut(Schema):
    """A class and its sheet. Without an id it was never opened; POST /grade-sheets opens it."""

    id: UUID | None
    section_id: UUID
    component: ComponentName
    term_id: UUID
    term: str
    subject: str
    title: str
    section: str
    state: SheetState
    version: int
    professor: str
    opens_on: date | None
    closes_on: date | None
    opened_until: date | None
    returned_reason: str
    submitted_at: datetime | None
    finalized_at: datetime | None
    students: int
    entered: int
    incompletes: int
    not_graded: int


class RowOut(Schema):
    """One student on a sheet."""

    subject_enrolment_id: UUID
    record_id: UUID | None
    student_number: str
    name: str
    programme: str
    grade: str = Field(validation_alias="symbol")
    required_work: str
    state: RecordState
    version: int


class SheetIn(Body):
    """The sheet of a class."""

    section_id: UUID
    component: ComponentName


class RowIn(Body):
    """What is typed for one student. An empty grade takes a draft back."""

    subject_enrolment_id: UUID
    grade: str = Field(max_length=20)
    required_work: str | None = Field(None, max_length=1000)
    version: int | None = Field(None, description="The row's version that was looked at.")


class RowsIn(Body):
    """Rows to save: all of them or none, unless only the valid ones are wanted."""

    rows: list[RowIn] = Field(min_length=1, max_length=1000)
    valid_only: bool = False


class RowError(Schema):
    """Why a row was not saved, and what would be."""

    field: str
    row: str
    message: str
    allowed: str = ""
    hint: str = ""


class SavedOut(Schema):
    """What became of the rows."""

    saved: list[UUID]
    errors: list[RowError]
    version: int


class ReturnIn(Body):
    """Why a sheet goes back, and until when it may be written on after the window."""

    reason: str = Field(max_length=500)
    open_until: date | None = None


class LateIn(Body):
    """Until when a sheet may be written on, and why."""

    until: date
    reason: str = Field(max_length=500)


class SheetsIn(Body):
    """Sheets that are finalised together, whole or not at all."""

    sheet_ids: list[UUID] = Field(min_length=1, max_length=200)


class FinalisedOut(Schema):
    """What was finalised."""

    sheet_ids: list[UUID]
    students: int
    incompletes_opened: int


class LineOut(Schema):
    """One line of a file of grades: what it says, or what is wrong with it."""

    line: int
    student_number: str
    grade: str
    message: str
    hint: str


class FileOut(Schema):
    """A rehearsal of a file: nothing is saved yet."""

    good: int
    lines: list[LineOut]


class SheetQuery(Schema):
    """Which sheets."""

    term_id: UUID | None = None
    state: SheetState | None = None


@router.get("/grade-sheets", permission=SIGNED_IN, response=list[SheetOut])
def grade_sheets(request: ApiRequest, wanted: Query[SheetQuery]) -> list[dict[str, Any]]:
    """The sheets one may see, every class with its midterm and its final: a professor's own, a registrar's all."""
    rows = selectors.grade_sheets(request.actor, term_id=wanted.term_id)
    return [row for row in rows if wanted.state in (None, row["state"])]


@router.post("/grade-sheets", permission=SIGNED_IN, response={201: SheetOut})
def open_sheet(request: ApiRequest, response: HttpResponse, body: SheetIn) -> Status[dict[str, Any]]:
    """Open the sheet of a class; the same sheet again when it is open already."""
    found = sheets.open_sheet(request.actor, section_id=body.section_id, component=body.component)
    return Status(201, _sheet(request, response, found.id))


@router.post("/grade-sheets/finalize", permission=permissions.FINALISE, response=FinalisedOut)
def finalise_many(request: ApiRequest, body: SheetsIn) -> dict[str, Any]:
    """Finalise many sheets at once, whole or not at all."""
    found = finalising.finalise(request.actor, sheet_ids=body.sheet_ids)
    return {
        "sheet_ids": found.sheet_ids,
        "students": len(found.student_ids),
        "incompletes_opened": found.cases,
    }


@router.get("/grade-sheets/{sheet_id}", permission=SIGNED_IN, response=SheetOut)
def one_sheet(request: ApiRequest, response: HttpResponse, sheet_id: Path[UUID]) -> dict[str, Any]:
    """One sheet."""
    return _sheet(request, response, sheet_id)


@router.get("/grade-sheets/{sheet_id}/rows", permission=SIGNED_IN, response=list[RowOut])
def rows(request: ApiRequest, response: HttpResponse, sheet_id: Path[UUID]) -> list[dict[str, Any]]:
    """The students of a sheet by name, with what stands there."""
    found = _sheet(request, response, sheet_id)
    return selectors.roster(found["section_id"], found["component"])


@router.put("/grade-sheets/{sheet_id}/rows", permission=permissions.ENTER_GRADES, response=SavedOut)
def save_rows(request: ApiRequest, sheet_id: Path[UUID], body: RowsIn) -> dict[str, Any]:
    """Enter grades; each wrong row is named with the allowed values."""
    saved = sheets.save_rows(
        request.actor,
        sheet_id=sheet_id,
        rows=[
            sheets.RowTyped(row.subject_enrolment_id, row.grade, row.required_work, row.version) for row in body.rows
        ],
        valid_only=body.valid_only,
    )
    return {"saved": saved.saved, "errors": saved.errors, "version": saved.sheet.version}


@router.post("/grade-sheets/{sheet_id}/files", permission=permissions.ENTER_GRADES, response=FileOut)
def check_file(request: ApiRequest, sheet_id: Path[UUID], file: File[UploadedFile]) -> dict[str, Any]:
    """Rehearse a CSV or XLSX file of grades, line by line. Nothing is saved."""
    if (file.size or 0) > MOST_BYTES:
        raise FileRefused.because(_("The file is larger than 5 MB. A sheet has no more than a few hundred rows."))
    found = files.read_file(request.actor, sheet_id=sheet_id, file_name=file.name or "", content=file.read())
    return {"good": len(found.rows), "lines": found.lines}


@router.post("/grade-sheets/{sheet_id}/submit", permission=permissions.ENTER_GRADES, response=SheetOut)
def submit(request: ApiRequest, response: HttpResponse, sheet_id: Path[UUID]) -> dict[str, Any]:
    """Hand the sheet to the registrar."""
    sheets.submit(request.actor, sheet_id=sheet_id)
    return _sheet(request, response, sheet_id)


@router.post("/grade-sheets/{sheet_id}/return", permission=permissions.FINALISE, response=SheetOut)
def return_sheet(request: ApiRequest, response: HttpResponse, sheet_id: Path[UUID], body: ReturnIn) -> dict[str, Any]:
    """Give a submitted sheet back to its professor."""
    finalising.return_sheet(request.actor, sheet_id=sheet_id, reason=body.reason, open_until=body.open_until)
    return _sheet(request, response, sheet_id)


@router.post("/grade-sheets/{sheet_id}/open-late", permission=permissions.OPEN_LATE, response=SheetOut)
def open_late(request: ApiRequest, response: HttpResponse, sheet_id: Path[UUID], body: LateIn) -> dict[str, Any]:
    """Let the owner of a sheet write on it after the window."""
    finalising.open_late(request.actor, sheet_id=sheet_id, until=body.until, reason=body.reason)
    return _sheet(request, response, sheet_id)


@router.post("/grade-sheets/{sheet_id}/finalize", permission=permissions.FINALISE, response=SheetOut)
def finalise(request: ApiRequest, response: HttpResponse, sheet_id: Path[UUID]) -> dict[str, Any]:
    """Finalise one sheet: results are set, incompletes start, averages follow, students are told."""
    finalising.finalise(request.actor, sheet_ids=[sheet_id])
    return _sheet(request, response, sheet_id)


def _sheet(request: ApiRequest, response: HttpResponse, sheet_id: UUID) -> dict[str, Any]:
    found = selectors.get_sheet(request.actor, sheet_id)
    response["ETag"] = etag(found["version"])
    return found
