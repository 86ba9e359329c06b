"""The admission office over JSON."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from ninja import Query, Status

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.core.money import Money, NotAnAmount
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.admissions import permissions, services
from rollbook.shared.admissions import selectors as admissions
from rollbook.shared.admissions.models import Application, Appointment
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.systems.college.admission import schemas, selectors
from rollbook.systems.college.admission.api.shapes import facts_of, papers_of
from rollbook.systems.college.admission.services import PlanTerms, admit, usual_plan

router = Router(tags=["College admission"])

_COLUMNS = (
    "id", "reference", "state", "kind", "family_name", "given_name", "middle_name", "suffix", "programme", "term",
    "verified", "wanted", "is_ready", "is_flagged", "submitted_at",
)  # fmt: skip


def _rows(request: ApiRequest) -> Any:
    scheme = scheme_in_scope()
    return admissions.with_progress(admissions.applications(request.actor)).annotate(
        programme=scheme.code_of_choice(), term=scheme.code_of_intake()
    )


@router.get("/applications", permission=permissions.VIEW_APPLICATIONS, response=Page[schemas.ApplicationRow])
def applications(
    request: ApiRequest, page: Query[PageQuery], state: schemas.State | None = None, is_ready: bool | None = None
) -> dict[str, Any]:
    """Applications that were sent, the newest first."""
    rows = _rows(request)
    if state is not None:
        rows = rows.filter(state=state)
    if is_ready is not None:
        rows = rows.filter(is_ready=is_ready)
    return page_of(rows.values(*_COLUMNS), page, order=("-submitted_at", "-id"))


@router.get("/applications/funnel", permission=permissions.VIEW_APPLICATIONS, response=schemas.FunnelOut)
def funnel(request: ApiRequest, term_id: UUID | None = None) -> selectors.Funnel:
    """How far applicants get, of one term or of all."""
    return selectors.funnel(request.actor, term_id)


@router.get(
    "/applications/{uuid:application_id}", permission=permissions.VIEW_APPLICATIONS, response=schemas.ApplicationOut
)
def application(request: ApiRequest, application_id: UUID) -> dict[str, Any]:
    """One application with its documents."""
    return _whole(request, application_id)


def _whole(request: ApiRequest, application_id: UUID) -> dict[str, Any]:
    found = admissions.get_application(request.actor, application_id)
    row: dict[str, Any] = _rows(request).filter(id=found.id).values(*_COLUMNS).get()
    return row | {
        "birth_date": found.birth_date,
        "email": found.email,
        "phone": found.phone,
        "facts": facts_of(found),
        "documents": papers_of(found),
        "decision_reason": found.decision_reason,
        "person_id": found.person_id,
        "student_id": found.result_id,
        "version": found.version,
    }


@router.post("/applications/{uuid:application_id}/documents/{uuid:document_id}/verify",
             permission=permissions.REVIEW_APPLICATIONS, response=schemas.ApplicationOut)  # fmt: skip
def verify_document(request: ApiRequest, application_id: UUID, document_id: UUID) -> dict[str, Any]:
    """Say that a document is what it should be. Twice is the same as once."""
    services.verify_document(request.actor, application_id=application_id, document_id=document_id)
    return _whole(request, application_id)


@router.post("/applications/{uuid:application_id}/documents/{uuid:document_id}/reject",
             permission=permissions.REVIEW_APPLICATIONS, response=schemas.ApplicationOut)  # fmt: skip
def reject_document(
    request: ApiRequest, application_id: UUID, document_id: UUID, body: schemas.ReasonIn
) -> dict[str, Any]:
    """Say why a document cannot be used."""
    services.reject_document(request.actor, application_id=application_id, document_id=document_id, reason=body.reason)
    return _whole(request, application_id)


@router.post("/applications/{uuid:application_id}/incomplete", permission=permissions.REVIEW_APPLICATIONS,
             response=schemas.ApplicationOut)  # fmt: skip
def mark_incomplete(request: ApiRequest, application_id: UUID, body: schemas.ReasonIn) -> dict[str, Any]:
    """Tell the applicant what is missing."""
    services.mark_incomplete(request.actor, application_id=application_id, reason=body.reason)
    return _whole(request, application_id)


@router.post("/applications/{uuid:application_id}/match", permission=permissions.REVIEW_APPLICATIONS,
             response=schemas.ApplicationOut)  # fmt: skip
def match_person(request: ApiRequest, application_id: UUID, body: schemas.MatchIn) -> dict[str, Any]:
    """Say that the applicant is somebody on the roll."""
    services.match_person(request.actor, application_id=application_id, person_id=body.person_id, reason=body.reason)
    return _whole(request, application_id)


@router.post("/applications/{uuid:application_id}/distinct", permission=permissions.REVIEW_APPLICATIONS,
             response=schemas.ApplicationOut)  # fmt: skip
def say_distinct(request: ApiRequest, application_id: UUID, body: schemas.ReasonIn) -> dict[str, Any]:
    """Say that the applicant is none of the possible doubles."""
    services.say_distinct(request.actor, application_id=application_id, reason=body.reason)
    return _whole(request, application_id)


@router.post("/applications/{uuid:application_id}/admit", permission=permissions.DECIDE_APPLICATIONS,
             response=schemas.ApplicationOut)  # fmt: skip
def admit_applicant(request: ApiRequest, application_id: UUID, body: schemas.AdmitIn) -> dict[str, Any]:
    """Admit; person, number, account, enrolment and plan are made in the same transaction. Twice answers the first."""
    found = admissions.get_application(request.actor, application_id)
    admit(request.actor, application_id=found.id, plan=_plan(found, body) if body.makes_student else None)
    return _whole(request, application_id)


def _plan(found: Application, body: schemas.AdmitIn) -> PlanTerms:
    plan = replace(usual_plan(found), instalments=body.instalments, first_due_on=body.first_due_on)
    if not body.monthly_amount:
        return plan
    try:
        return replace(plan, monthly=Money.parse(body.monthly_amount, organisation_in_scope().currency))
    except NotAnAmount as refusal:
        raise Invalid.field("monthly_amount", refusal.detail) from refusal


@router.post("/applications/{uuid:application_id}/reject", permission=permissions.DECIDE_APPLICATIONS,
             response=schemas.ApplicationOut)  # fmt: skip
def reject(request: ApiRequest, application_id: UUID, body: schemas.ReasonIn) -> dict[str, Any]:
    """Say no, with the reason that the applicant reads."""
    services.reject(request.actor, application_id=application_id, reason=body.reason)
    return _whole(request, application_id)


@router.post("/applications/{uuid:application_id}/appointments", permission=permissions.REVIEW_APPLICATIONS,
             response={201: schemas.AppointmentOut})  # fmt: skip
def set_appointment(request: ApiRequest, application_id: UUID, body: schemas.AppointmentIn) -> Status[Appointment]:
    """Ask the applicant to come."""
    admissions.get_application(request.actor, application_id)
    return Status(201, services.set_appointment(request.actor, application_id=application_id, **body.dict()))


@router.get("/admission-appointments", permission=permissions.VIEW_APPLICATIONS,
            response=Page[schemas.AppointmentOut])  # fmt: skip
def appointments(request: ApiRequest, page: Query[PageQuery], day: date | None = None) -> dict[str, Any]:
    """Who comes, the earliest first; with a day on that day."""
    rows = admissions.appointments(request.actor, day)
    return page_of(rows.values(*schemas.AppointmentOut.model_fields), page, order=("starts_at", "id"))


@router.post("/admission-appointments/{uuid:appointment_id}/close", permission=permissions.REVIEW_APPLICATIONS,
             response=schemas.AppointmentOut)  # fmt: skip
def close_appointment(request: ApiRequest, appointment_id: UUID, body: schemas.OutcomeIn) -> Appointment:
    """Note what came of an appointment."""
    return services.close_appointment(request.actor, appointment_id=appointment_id, **body.dict())
