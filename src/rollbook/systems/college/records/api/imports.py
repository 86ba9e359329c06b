"""Files of students over JSON: check, import, take back."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import File, Form, Path, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.lists import FileRefused
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.importing import enroller_in_use
from rollbook.systems.college.records.models import ImportRun
from rollbook.systems.college.records.reading import MOST_BYTES
from rollbook.systems.college.schemas import Body

router = Router(tags=["College student files"])

_RUN = (
    "id", "file_name", "file_sha256", "creates_missing", "state", "rows_total", "rows_with_errors", "rows_standing",
    "missing", "made", "created_at", "committed_at", "taken_back_at",
)  # fmt: skip


class ImportOut(Schema):
    """A file of students and what became of it."""

    id: UUID
    file_name: str
    file_sha256: str
    creates_missing: bool
    state: Literal["CHECKED", "COMMITTED", "TAKEN_BACK"]
    rows_total: int
    rows_with_errors: int
    rows_standing: int
    missing: dict[str, list[str]]
    made: dict[str, int]
    created_at: datetime
    committed_at: datetime | None
    taken_back_at: datetime | None


class RowProblem(Schema):
    """One field of a row that needs another look."""

    field: str
    message: str


class ImportRowOut(Schema):
    """One line of the file."""

    line: int
    outcome: Literal["READY", "ERROR", "STANDING", "IMPORTED"]
    values: dict[str, str]
    errors: list[RowProblem]
    student_id: UUID | None


class FileOptions(Schema):
    """How a file is read."""

    create_missing: bool = Field(False, description="Open programmes and terms that do not stand yet.")


class CommitIn(Body):
    """How a checked file is imported."""

    valid_only: bool = Field(False, description="Import the rows that are right although others have errors.")


class TakeBackIn(Body):
    """Why an import is taken back."""

    reason: str = Field(max_length=500)


class RowsQuery(PageQuery):
    """Which rows."""

    only_errors: bool = False


@router.get("/student-imports", permission=permissions.IMPORT_STUDENTS, response=Page[ImportOut])
def imports(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Files of students, the newest first."""
    return page_of(selectors.imports(request.actor).values(*_RUN), page, order=("-created_at", "-id"))


@router.post("/student-imports", permission=permissions.IMPORT_STUDENTS, response={201: ImportOut})
def check_file(request: ApiRequest, options: Form[FileOptions], file: File[UploadedFile]) -> Status[ImportRun]:
    """Rehearse an import of a CSV or XLSX file: every row with what is wrong with it, nothing else is changed."""
    if (file.size or 0) > MOST_BYTES:
        raise FileRefused.because(_("The file is larger than 5 MB. Split it and import the parts one after the other."))
    run = services.check_file(
        request.actor,
        file_name=file.name or "",
        content=file.read(),
        create_missing=options.create_missing,
        enroller=enroller_in_use(),
    )
    return Status(201, run)


@router.get("/student-imports/{import_id}", permission=permissions.IMPORT_STUDENTS, response=ImportOut)
def one_import(request: ApiRequest, import_id: Path[UUID]) -> ImportRun:
    """One file of students."""
    return selectors.get_import(request.actor, import_id)


@router.get("/student-imports/{import_id}/rows", permission=permissions.IMPORT_STUDENTS, response=Page[ImportRowOut])
def rows(request: ApiRequest, import_id: Path[UUID], page: Query[RowsQuery]) -> dict[str, Any]:
    """The lines of a file in its order."""
    run = selectors.get_import(request.actor, import_id)
    found = selectors.import_rows(run, only_errors=page.only_errors)
    return page_of(found.values("id", "line", "outcome", "values", "errors", "student_id"), page, order=("line", "id"))


@router.post("/student-imports/{import_id}/commit", permission=permissions.IMPORT_STUDENTS, response=ImportOut)
def commit_import(request: ApiRequest, import_id: Path[UUID], body: CommitIn) -> ImportRun:
    """Import a file that was checked."""
    return services.commit_import(
        request.actor, run_id=import_id, valid_only=body.valid_only, enroller=enroller_in_use()
    )


@router.post("/student-imports/{import_id}/take-back", permission=permissions.IMPORT_STUDENTS, response=ImportOut)
def take_back_import(request: ApiRequest, import_id: Path[UUID], body: TakeBackIn) -> ImportRun:
    """Undo an import on which nothing rests yet."""
    return services.take_back_import(request.actor, run_id=import_id, reason=body.reason, enroller=enroller_in_use())
