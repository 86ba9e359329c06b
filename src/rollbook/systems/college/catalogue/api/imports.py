"""A curriculum from a file over JSON: rehearsed, or drafted whole."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import File, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.catalogue import permissions, services
from rollbook.systems.college.lists import MOST_BYTES, FileRefused

router = Router(tags=["College curricula"])


class ImportOptions(Schema):
    """What is done with the file."""

    dry_run: bool = Field(False, description="Only say what would happen.")


class LineProblem(Schema):
    """What is wrong at a line of the file; line 0 is the file as a whole."""

    line: int
    field: str
    message: str


class TermUnits(Schema):
    """The units of one term."""

    year_level: int
    semester: str
    units: Decimal


class CurriculumImportOut(Schema):
    """What a file says, and what became of it."""

    programme: str
    name: str
    academic_year: str
    subjects_read: int
    new_codes: list[str]
    errors: list[LineProblem]
    warnings: list[str]
    total_units: Decimal
    units_by_term: list[TermUnits]
    curriculum_id: UUID | None


@router.post("/curricula/import", permission=permissions.DRAFT_CURRICULA, response=CurriculumImportOut)
def import_curriculum(request: ApiRequest, options: Query[ImportOptions], file: File[UploadedFile]) -> dict[str, Any]:
    """Draft a curriculum from a file, all or nothing. A dry run answers what is wrong; else errors are refused."""
    if file.size is None or file.size > MOST_BYTES:
        raise FileRefused.because(_("The file is larger than 5 MB. A curriculum is a list of a few hundred lines."))
    found = services.import_curriculum(
        request.actor, file_name=file.name or "", content=file.read(), dry_run=options.dry_run
    )
    if found.errors and not options.dry_run:
        raise found.refuse()
    shown = {name: getattr(found, name) for name in CurriculumImportOut.model_fields if name != "units_by_term"}
    terms = [
        {"year_level": year, "semester": semester, "units": units} for year, semester, units in found.units_by_term
    ]
    return {**shown, "units_by_term": terms}
