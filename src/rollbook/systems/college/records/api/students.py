"""Students: list, record, status."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.schemas import Body

router = Router(tags=["College students"])

Kind = Literal["FRESHMAN", "TRANSFEREE", "RETURNEE", "SHIFTER", "CROSS_ENROLLEE"]
StatusName = Literal["ACTIVE", "LOA", "WITHDRAWN", "DISMISSED", "GRADUATED", "INACTIVE"]
Standing = Literal["GOOD", "WARNING", "PROBATION", "SUSPENDED"]

_ROW = {
    "programme_code": F("programme__code"),
    "family": F("person__family_name"),
    "given": F("person__given_name"),
    "middle": F("person__middle_name"),
    "suffix": F("person__suffix"),
}


class StudentRow(Schema):
    """A student in a list."""

    id: UUID
    student_number: str
    name: str
    programme: str
    kind: Kind
    status: StatusName
    academic_standing: Standing


class StudentOut(StudentRow):
    """A student's record."""

    person_id: UUID
    programme_id: UUID
    curriculum_id: UUID | None
    admission_term_id: UUID
    is_transferee: bool
    is_private: bool
    version: int


class PersonIn(Body):
    """Somebody new on the roll. A single name stands under `given_name`."""

    family_name: str = Field("", max_length=120)
    given_name: str = Field("", max_length=120)
    middle_name: str = Field("", max_length=120)
    suffix: str = Field("", max_length=20)
    birth_date: date | None = None
    sex: Literal["", "F", "M", "X"] = ""
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)

    def as_new(self) -> NewPerson:
        """In the words of the people's room."""
        values = self.model_dump(exclude={"phone", "email"})
        return NewPerson(**values, phones=_given(self.phone), emails=_given(self.email))


class StudentIn(Body):
    """Who becomes a student: somebody on the roll, or somebody new. The number is ours to give."""

    person_id: UUID | None = None
    person: PersonIn | None = None
    programme_id: UUID
    admission_term_id: UUID
    kind: Kind = "FRESHMAN"


class StudentChange(Body):
    """What of a student may be corrected."""

    kind: Kind


class StatusIn(Body):
    """A status that begins."""

    status: StatusName
    from_date: date
    #: Of a leave; none while nobody knows it.
    to_date: date | None = None
    reason: str = Field(max_length=500)
    document_id: UUID | None = None
    #: Why somebody is withdrawn although something holds them; the head registrar's alone.
    without_clearance: str = Field("", max_length=500)


class StatusOut(Schema):
    """A status with its days; the open one has no end."""

    id: UUID
    status: StatusName
    from_date: date
    to_date: date | None
    reason: str


class StudentQuery(PageQuery):
    """Which students."""

    q: str = Field("", max_length=60, description="Part of a name, a number or a barcode.")
    status: StatusName | None = None
    programme_id: UUID | None = None


@router.get("/students", permission=SIGNED_IN, response=Page[StudentRow])
def students(request: ApiRequest, page: Query[StudentQuery]) -> dict[str, Any]:
    """Students by number, as far as one may see them."""
    rows = selectors.students(request.actor)
    if page.q:
        rows = rows.filter(id__in=selectors.student_ids_found(page.q))
    if page.status:
        rows = rows.filter(status=page.status)
    if page.programme_id:
        rows = rows.filter(programme_id=page.programme_id)
    values = rows.values("id", "student_number", "kind", "status", "academic_standing", **_ROW)
    return page_of(values, page, order=("student_number", "id"), shape=_row)


@router.post("/students", permission=permissions.ADD_STUDENTS, response={201: StudentOut})
def add_student(request: ApiRequest, response: HttpResponse, body: StudentIn) -> Status[dict[str, Any]]:
    """Make somebody a student; the next free number is given."""
    if (body.person_id is None) == (body.person is None):
        raise Invalid.field("person", _("Name either a person of the roll or a new one."))
    student = services.add_student(
        request.actor,
        person=body.person.as_new() if body.person else body.person_id or UUID(int=0),
        programme_id=body.programme_id,
        admission_term_id=body.admission_term_id,
        kind=body.kind,
    )
    return Status(201, _record(request, response, student.id))


@router.get("/students/{student_id}", permission=SIGNED_IN, response=StudentOut)
def student(request: ApiRequest, response: HttpResponse, student_id: Path[UUID]) -> dict[str, Any]:
    """One student's record. Looking at another person's record is noted."""
    return _record(request, response, student_id)


@router.patch("/students/{student_id}", permission=permissions.CHANGE_STUDENTS, response=StudentOut)
def change_student(
    request: ApiRequest, response: HttpResponse, student_id: Path[UUID], body: StudentChange
) -> dict[str, Any]:
    """Correct a student's record; send If-Match with its ETag."""
    services.change_student(
        request.actor, student_id=student_id, kind=body.kind, expected_version=expected_version(request)
    )
    return _record(request, response, student_id)


@router.get("/students/{student_id}/status-periods", permission=SIGNED_IN, response=list[StatusOut])
def status_periods(request: ApiRequest, student_id: Path[UUID]) -> list[StudentStatusPeriod]:
    """What a student was from when to when, the latest first."""
    found = selectors.get_student(request.actor, student_id)
    return list(selectors.status_periods(found.id))


@router.post("/students/{student_id}/status-periods", permission=permissions.CHANGE_STATUS, response={201: StatusOut})
def change_status(request: ApiRequest, student_id: Path[UUID], body: StatusIn) -> Status[StudentStatusPeriod]:
    """Let another status begin; the one before it ends on the day before."""
    period = services.change_status(
        request.actor,
        student_id=student_id,
        status=body.status,
        from_date=body.from_date,
        to_date=body.to_date,
        reason=body.reason,
        document_id=body.document_id,
        without_clearance=body.without_clearance,
    )
    return Status(201, period)


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _row(values: dict[str, Any]) -> dict[str, Any]:
    name = Name(values.pop("family"), values.pop("given"), values.pop("middle"), values.pop("suffix"))
    return {**values, "name": roll_name(name), "programme": values.pop("programme_code")}


def _record(request: ApiRequest, response: HttpResponse, student_id: UUID) -> dict[str, Any]:
    found: Student = selectors.get_student(request.actor, student_id)
    response["ETag"] = etag(found.version)
    return {
        "id": found.id,
        "student_number": found.student_number,
        "name": found.person.roll_name,
        "programme": found.programme.code,
        "kind": found.kind,
        "status": found.status,
        "academic_standing": found.academic_standing,
        "person_id": found.person_id,
        "programme_id": found.programme_id,
        "curriculum_id": found.curriculum_id,
        "admission_term_id": found.admission_term_id,
        "is_transferee": found.is_transferee,
        "is_private": found.person.is_private,
        "version": found.version,
    }
