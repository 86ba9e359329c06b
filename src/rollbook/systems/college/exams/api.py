"""Exams and permits over JSON: `router` for staff, `own_router` for the student."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF
from rollbook.systems.college.enrolment.selectors import own_enrolments
from rollbook.systems.college.exams import permissions, selectors, services
from rollbook.systems.college.exams.models import ExamPermit, ExamSitting, WelfareCertificate
from rollbook.systems.college.exams.services.permits import Printed
from rollbook.systems.college.schemas import UNCHANGED, Body

router = Router(tags=["College exams"])
own_router = Router(tags=["College: my own"])

Template = Literal["STANDARD_4", "STRETCH_4", "SIX_STEP"]
PermitState = Literal["LOCKED", "ISSUED", "PRINTED", "USED", "EXPIRED", "SUSPENDED"]


class ExamPeriodOut(Schema):
    """An exam of a term and the month it asks for."""

    id: UUID
    term_id: UUID
    code: str
    name: str
    position: int
    opens_on: date
    closes_on: date
    month: int
    mapping_version: int
    version: int


class PrepareIn(Body):
    """The exams that a term begins with; without a template the college's own."""

    term_id: UUID
    template: Template | None = None


class ExamPeriodIn(Body):
    """One more exam of a term."""

    term_id: UUID
    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=60)
    opens_on: date
    closes_on: date
    month: int = Field(ge=1, le=12)


class ExamPeriodChange(Body):
    """The days and the name of an exam."""

    name: str = Field(UNCHANGED, min_length=1, max_length=60)
    opens_on: date = UNCHANGED
    closes_on: date = UNCHANGED


class MonthsIn(Body):
    """The months that exams of a term would ask for, by exam."""

    term_id: UUID
    months: dict[UUID, int] = Field(min_length=1, max_length=12)


class MappingIn(MonthsIn):
    """Months that exams ask for from now on."""

    reason: str = Field(max_length=500)
    confirmation: str = Field("", max_length=40, description="The term's code, once somebody is enrolled in it.")


class ImpactOut(Schema):
    """What other months would mean for one exam."""

    exam_period_id: UUID
    exam: str
    month_now: int
    month_then: int
    standing: int
    gained: int
    lost: int


class MappingOut(Schema):
    """The new version of a term's months."""

    version: int
    permits_issued: int


class MappingRow(Schema):
    """The month one exam asked for in one version."""

    exam_period_id: UUID
    exam: str
    month: int
    version: int
    effective_at: datetime
    reason: str


class CodeIn(Body):
    """A permit's code as typed or scanned."""

    code: str = Field(min_length=1, max_length=40)


class PermitChecked(Schema):
    """What a proctor needs to know of a permit. Nothing financial."""

    valid: bool
    may_sit: bool = Field(description="Also true where the college's policy turns nobody away.")
    code: str | None = None
    state: PermitState | None = None
    name: str | None = None
    photo_id: UUID | None = None
    programme: str | None = None
    exam: str | None = None
    term: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class SittingIn(CodeIn):
    """A student who was let into an exam."""

    class_name: str = Field(min_length=1, max_length=60, examples=["IT101 BSIT-1A"])


class SittingOut(Schema):
    """Where a permit was used."""

    id: UUID
    permit_id: UUID
    class_name: str
    created_at: datetime


class WaiverIn(Body):
    """One exam that is opened for one student."""

    term_enrolment_id: UUID
    exam_period_id: UUID
    reason: str = Field(max_length=500)


class PermitOut(Schema):
    """A permit."""

    id: UUID
    code: str
    state: PermitState
    issued_at: datetime


class CertificateIn(Body):
    """A certificate that was seen and found genuine."""

    issuing_office: str = Field(max_length=160)
    number: str = Field(max_length=60)
    valid_from: date
    valid_until: date
    file_id: UUID | None = None


class CertificateOut(Schema):
    """A student's certificate. Confidential."""

    id: UUID
    issuing_office: str
    number: str
    valid_from: date
    valid_until: date
    file_id: UUID | None
    withdrawn_at: datetime | None


class WithdrawIn(Body):
    """Why a certificate does not hold."""

    reason: str = Field(max_length=500)


class OwnPermit(Schema):
    """One of my exams, open or locked."""

    term: str
    exam: str
    exam_name: str
    opens_on: date
    closes_on: date
    month: int
    permit_id: UUID | None
    code: str | None
    state: PermitState


@router.get("/exam-periods", permission=permissions.VIEW_EXAMS, response=list[ExamPeriodOut])
def exam_periods(request: ApiRequest, term_id: Query[UUID]) -> Sequence[Any]:
    """The exams of a term in their order, with the month each asks for."""
    return list(selectors.exam_periods(request.actor, term_id).order_by("position"))


@router.post("/exam-periods/prepare", permission=permissions.MANAGE_EXAMS, response={201: list[ExamPeriodOut]})
def prepare(request: ApiRequest, body: PrepareIn) -> Status[Sequence[Any]]:
    """Give a term its exams by a template."""
    services.prepare_exam_periods(request.actor, term_id=body.term_id, template=body.template)
    return Status(201, exam_periods(request, body.term_id))


@router.post("/exam-periods", permission=permissions.MANAGE_EXAMS, response={201: ExamPeriodOut})
def add_exam_period(request: ApiRequest, response: HttpResponse, body: ExamPeriodIn) -> Status[Any]:
    """Add an exam to a term."""
    period = services.add_exam_period(request.actor, **body.model_dump())
    return Status(201, _period(request, response, period.id))


@router.get("/exam-periods/{exam_period_id}", permission=permissions.VIEW_EXAMS, response=ExamPeriodOut)
def exam_period(request: ApiRequest, response: HttpResponse, exam_period_id: Path[UUID]) -> Any:
    """One exam of a term."""
    return _period(request, response, exam_period_id)


@router.patch("/exam-periods/{exam_period_id}", permission=permissions.MANAGE_EXAMS, response=ExamPeriodOut)
def change_exam_period(
    request: ApiRequest, response: HttpResponse, exam_period_id: Path[UUID], body: ExamPeriodChange
) -> Any:
    """Move the days of an exam or call it otherwise; send If-Match with its ETag."""
    services.change_exam_period(
        request.actor,
        exam_period_id=exam_period_id,
        expected_version=expected_version(request),
        **body.model_dump(exclude_unset=True),
    )
    return _period(request, response, exam_period_id)


@router.get("/exam-mappings", permission=permissions.VIEW_EXAMS, response=list[MappingRow])
def mappings(request: ApiRequest, term_id: Query[UUID]) -> list[dict[str, Any]]:
    """Every version of a term's months, the newest first."""
    return [
        {
            "exam_period_id": row.exam_period_id, "exam": row.exam_period.code, "month": row.instalment_number,
            "version": row.version, "effective_at": row.effective_at, "reason": row.reason,
        }
        for row in selectors.mapping_history(request.actor, term_id)[:500]
    ]  # fmt: skip


@router.post("/exam-mappings/preview", permission=permissions.MANAGE_EXAMS, response=list[ImpactOut])
def preview_mapping(request: ApiRequest, body: MonthsIn) -> list[services.Impact]:
    """Who would gain and who would lose under other months."""
    return services.preview_mapping(request.actor, term_id=body.term_id, months=body.months)


@router.post("/exam-mappings", permission=permissions.MANAGE_EXAMS, response={201: MappingOut})
def change_mapping(request: ApiRequest, body: MappingIn) -> Status[dict[str, int]]:
    """Let exams ask for other months from now on; permits that stand keep standing."""
    version, changes = services.change_mapping(
        request.actor, term_id=body.term_id, months=body.months, reason=body.reason, confirmation=body.confirmation
    )
    return Status(201, {"version": version, "permits_issued": len(changes.issued) + len(changes.restored)})


@router.post("/permits/verify", permission=permissions.CHECK_PERMITS, response=PermitChecked)
def verify(request: ApiRequest, body: CodeIn) -> dict[str, Any]:
    """Check a permit at the door of an exam."""
    shown = selectors.check_code(body.code, is_public=False)
    nobody_is_turned_away = selectors.turns_nobody_away()
    if shown is None:
        return {"valid": False, "may_sit": nobody_is_turned_away}
    return {
        "valid": shown.is_valid, "may_sit": shown.is_valid or nobody_is_turned_away, "code": shown.code,
        "state": shown.state, "name": shown.name, "photo_id": shown.photo_id, "programme": shown.programme,
        "exam": shown.exam, "term": shown.term, "valid_from": shown.valid_from, "valid_until": shown.valid_until,
    }  # fmt: skip


@router.post("/exam-sittings", permission=permissions.CHECK_PERMITS, response={201: SittingOut})
def record_sitting(request: ApiRequest, body: SittingIn) -> Status[ExamSitting]:
    """Let a student into an exam on a permit, which counts as used."""
    return Status(201, services.record_sitting(request.actor, code=body.code, class_name=body.class_name))


@router.post("/permits/{permit_id}/print", permission=permissions.PRINT_PERMITS, response={200: bytes})
def print_permit(request: ApiRequest, permit_id: Path[UUID]) -> HttpResponse:
    """A student's permit as PDF, to be handed out; it counts as printed."""
    return _paper(services.print_permit(request.actor, permit_id=permit_id))


@router.post("/permits/waivers", permission=permissions.WAIVE, response={201: PermitOut})
def waive(request: ApiRequest, body: WaiverIn) -> Status[ExamPermit]:
    """Open one exam for one student although months are open."""
    permit = services.waive(
        request.actor,
        term_enrolment_id=body.term_enrolment_id,
        exam_period_id=body.exam_period_id,
        reason=body.reason,
    )
    return Status(201, permit)


@router.get(
    "/students/{student_id}/welfare-certificates",
    permission=permissions.VERIFY_CERTIFICATES,
    response=list[CertificateOut],
)
def certificates(request: ApiRequest, student_id: Path[UUID]) -> list[dict[str, Any]]:
    """A student's certificates; each look is noted."""
    return services.certificates_of(request.actor, student_id)


@router.post(
    "/students/{student_id}/welfare-certificates",
    permission=permissions.VERIFY_CERTIFICATES,
    response={201: CertificateOut},
)
def verify_certificate(request: ApiRequest, student_id: Path[UUID], body: CertificateIn) -> Status[WelfareCertificate]:
    """Record a certificate; every exam in its days opens at once."""
    return Status(201, services.verify_certificate(request.actor, student_id=student_id, **body.model_dump()))


@router.post(
    "/welfare-certificates/{certificate_id}/withdraw", permission=permissions.VERIFY_CERTIFICATES, response={204: None}
)
def withdraw_certificate(request: ApiRequest, certificate_id: Path[UUID], body: WithdrawIn) -> Status[None]:
    """A certificate turned out not to hold; its permits fall back on what is paid."""
    services.withdraw_certificate(request.actor, certificate_id=certificate_id, reason=body.reason)
    return Status(204, None)


@own_router.get("/permits", permission=permissions.VIEW_OWN_PERMITS, response=list[OwnPermit])
def own_permits(request: ApiRequest) -> list[dict[str, Any]]:
    """My exams, the latest term first, each with its permit or its lock."""
    enrolment_ids = list(own_enrolments(request.actor).exclude(state="CANCELLED").values_list("id", flat=True))
    return selectors.permits_of_enrolments(request.actor, enrolment_ids)


@own_router.get("/permits/{permit_id}.pdf", permission=permissions.VIEW_OWN_PERMITS, response={200: bytes})
def own_permit(request: ApiRequest, permit_id: Path[UUID]) -> HttpResponse:
    """My permit as PDF, to be printed or shown."""
    return _paper(services.print_permit(request.actor, permit_id=permit_id))


def _paper(printed: Printed) -> HttpResponse:
    return file_response(printed.content, content_type=PDF, name=printed.name, is_shown=True)


def _period(request: ApiRequest, response: HttpResponse, exam_period_id: UUID) -> Any:
    found = selectors.get_exam_period(request.actor, exam_period_id)
    response["ETag"] = etag(found.version)
    return found
