"""The schedule of a term as a whole: what is not right with it, publishing, copying, files."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import File, Form, Path, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.systems.college.catalogue.selectors import get_term
from rollbook.systems.college.records.reading import MOST_BYTES
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.checklist import findings_of
from rollbook.systems.college.scheduling.models import TermSchedule, TimetableImport
from rollbook.systems.college.scheduling.services.rollover import RolledOver
from rollbook.systems.college.schemas import Body

router = Router(tags=["College schedule"])


class FindingOut(Schema):
    """One thing that somebody should look at."""

    kind: Literal[
        "ROOM", "PROFESSOR", "STUDENTS", "NO_TIME", "NO_ROOM", "NO_PROFESSOR", "SMALL_ROOM", "UNAVAILABLE",
        "UNQUALIFIED", "OVERLOADED",
    ]  # fmt: skip
    what: str
    detail: str
    section_id: UUID | None
    is_excused: bool


class ScheduleOut(Schema):
    """Whether a term's schedule is published, and when classes are picked."""

    term_id: UUID
    is_published: bool
    published_at: datetime | None
    picking_opens_at: datetime | None
    picking_closes_at: datetime | None


class TermIn(Body):
    """Which term."""

    term_id: UUID


class FileOptions(Schema):
    """Of which term the file is."""

    term_id: UUID


class PublishIn(TermIn):
    """When classes are picked; without days from now on, for the hours of the setting."""

    picking_opens_on: date | None = None
    picking_closes_on: date | None = None
    in_spite_of_findings: bool = Field(False, description="Publish although the checklist is not empty.")


class CopyIn(Body):
    """From which term to which."""

    from_term_id: UUID
    to_term_id: UUID
    with_professors: bool = True
    with_rooms: bool = True


class CopiedOut(Schema):
    """What was copied; `unsettled` hours lost a room or professor that was taken."""

    blocks: int
    sections: int
    meetings: int
    unsettled: int


class LineProblem(Schema):
    """What is wrong with a line of a file."""

    line: int
    field: str
    message: str


class TimetableOut(Schema):
    """A timetable file and what became of it."""

    id: UUID
    term_id: UUID
    file_name: str
    state: Literal["CHECKED", "COMMITTED"]
    counts: dict[str, int]
    errors: list[LineProblem]
    created_at: datetime
    committed_at: datetime | None


class SubjectDemandOut(Schema):
    """Students who need a subject, and the seats there are."""

    subject_id: UUID
    subject: str
    students: int
    seats: int
    missing: int


@router.get("/schedule/checklist", permission=permissions.VIEW_SCHEDULE, response=list[FindingOut])
def checklist(request: ApiRequest, term_id: Query[UUID]) -> list[Any]:
    """What is not right with a term's schedule, conflicts first."""
    return list(findings_of(get_term(request.actor, term_id).id))


@router.get("/schedule", permission=permissions.VIEW_SCHEDULE, response=ScheduleOut)
def schedule(request: ApiRequest, term_id: Query[UUID]) -> TermSchedule:
    """Whether a term's schedule is published."""
    term = get_term(request.actor, term_id)
    return selectors.schedule_of(term.id) or TermSchedule(term=term)


@router.post("/schedule/publish", permission=permissions.PUBLISH, response=ScheduleOut)
def publish(request: ApiRequest, body: PublishIn) -> TermSchedule:
    """Publish a term's schedule and open the picking of classes."""
    return services.publish_schedule(request.actor, **body.model_dump())


@router.post("/schedule/unpublish", permission=permissions.PUBLISH, response=ScheduleOut)
def unpublish(request: ApiRequest, body: TermIn) -> TermSchedule:
    """Take a published schedule back while nobody has a seat in it."""
    return services.unpublish_schedule(request.actor, term_id=body.term_id)


@router.get("/schedule/demand", permission=permissions.VIEW_SCHEDULE, response=list[SubjectDemandOut])
def demand(request: ApiRequest, term_id: Query[UUID]) -> list[dict[str, Any]]:
    """Students who need each subject beside the seats that there are."""
    expected = services.expected_students(request.actor, term_id)
    return [
        {"subject_id": each.subject.id, "subject": each.subject.code, "students": each.students, "seats": each.seats,
         "missing": each.missing}
        for each in services.demand_by_subject(request.actor, term_id=term_id, demand=expected)
    ]  # fmt: skip


@router.post("/schedule/copy", permission=permissions.MANAGE_SECTIONS, response=CopiedOut)
def copy(request: ApiRequest, body: CopyIn) -> RolledOver:
    """Copy blocks, sections and hours of a term into another as drafts."""
    return services.copy_schedule(request.actor, **body.model_dump())


@router.post("/schedule/imports", permission=permissions.ASSIGN, response={201: TimetableOut})
def check_timetable(
    request: ApiRequest, options: Form[FileOptions], file: File[UploadedFile]
) -> Status[TimetableImport]:
    """Try a timetable file (CSV or XLSX): every line with what is wrong with it. Nothing else is changed."""
    if (file.size or 0) > MOST_BYTES:
        raise Invalid.field("file", _("The file is larger than 5 MB. Split it."))
    run = services.check_timetable(
        request.actor, term_id=options.term_id, file_name=file.name or "", content=file.read()
    )
    return Status(201, run)


@router.get("/schedule/imports/{timetable_id}", permission=permissions.ASSIGN, response=TimetableOut)
def timetable(request: ApiRequest, timetable_id: Path[UUID]) -> TimetableImport:
    """One timetable file."""
    return selectors.get_timetable(request.actor, timetable_id)


@router.post("/schedule/imports/{timetable_id}/commit", permission=permissions.ASSIGN, response=TimetableOut)
def import_timetable(request: ApiRequest, timetable_id: Path[UUID]) -> TimetableImport:
    """Make the sections and hours of a file that was checked; all of it or nothing."""
    return services.import_timetable(request.actor, run_id=timetable_id)
