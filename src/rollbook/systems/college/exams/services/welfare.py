"""Certificates of disadvantaged students: recorded, withdrawn, looked at. Permits never show them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record, record_access
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.selectors import settled_through_of
from rollbook.systems.college.exams import permissions, sql
from rollbook.systems.college.exams.errors import CertificateNotFound, CertificateTaken
from rollbook.systems.college.exams.models import WelfareCertificate
from rollbook.systems.college.exams.services.certificates import TARGET, excuse_certified
from rollbook.systems.college.exams.services.issuing import execute
from rollbook.systems.college.exams.services.settlement import apply_settlement_in_bulk
from rollbook.systems.college.records.selectors import get_student_for_update
from rollbook.systems.college.roles import WELFARE

LEAST_REASON = 10


@transaction.atomic
def verify_certificate(
    actor: Actor,
    *,
    student_id: UUID,
    issuing_office: str,
    number: str,
    valid_from: date,
    valid_until: date,
    file_id: UUID | None = None,
) -> WelfareCertificate:
    """Record a certificate that was seen and found genuine. Every exam in its days opens at once."""
    _must_be_trusted(actor)
    _check(issuing_office, number, valid_from, valid_until)
    student = get_student_for_update(student_id)
    now = clock.now()
    with tenant_scope(actor.organisation_id, grants={WELFARE}):
        certificate = WelfareCertificate(
            student_id=student.id, issuing_office=issuing_office.strip(), number=number.strip(), valid_from=valid_from,
            valid_until=valid_until, file_id=file_id, verified_by_id=actor.acting_user_id(), created_at=now,
        )  # fmt: skip
        _insert(certificate)
    live = TermEnrolment.objects.filter(student_id=student.id, state__in=TermEnrolment.LIVE)
    opened = excuse_certified(actor, list(live.values_list("id", flat=True)), at=now)
    record(
        actor, "college.certificate_verified", certificate, student_id=student.id, valid_from=valid_from,
        valid_until=valid_until, exams_opened=len(opened),
    )  # fmt: skip
    return certificate


@transaction.atomic
def withdraw_certificate(actor: Actor, *, certificate_id: UUID, reason: str) -> None:
    """A certificate turned out not to hold. Unused permits that rested on it fall back on what is paid."""
    _must_be_trusted(actor)
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        raise Invalid.field(
            "reason",
            _("Write in %(least)s to 500 characters why the certificate is withdrawn.") % {"least": LEAST_REASON},
        )
    now = clock.now()
    with tenant_scope(actor.organisation_id, grants={WELFARE}):
        certificate: WelfareCertificate | None = (
            WelfareCertificate.objects.select_for_update(of=("self",))
            .filter(id=certificate_id, withdrawn_at__isnull=True)
            .first()
        )
        if certificate is None:
            raise CertificateNotFound
        certificate.withdrawn_at, certificate.withdrawn_reason = now, reason.strip()
        certificate.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    fallen = execute(
        sql.FALL_WITH_CERTIFICATE, organisation=actor.organisation_id, student=certificate.student_id, at=now
    )
    record(
        actor, "college.certificate_withdrawn", certificate, reason=reason.strip(), student_id=certificate.student_id,
        permits_suspended=len(fallen),
    )  # fmt: skip
    enrolments = sorted({row[4] for row in fallen})
    settled = settled_through_of(enrolments)
    apply_settlement_in_bulk(actor, [(each, settled.get(each, 0)) for each in enrolments], at=now)
    # Another certificate may cover the same days.
    excuse_certified(actor, enrolments, at=now)


def certificates_of(actor: Actor, student_id: UUID) -> list[dict[str, Any]]:
    """A student's certificates, for registrars; each look leaves a trace."""
    _must_be_trusted(actor)
    student = get_student_for_update(student_id)
    record_access(actor, (TARGET, None), "welfare certificates of a student", person_id=student.person_id)
    with tenant_scope(actor.organisation_id, grants={WELFARE}):
        rows = (
            WelfareCertificate.objects.filter(student_id=student.id)
            .order_by("-valid_from")
            .values("id", "issuing_office", "number", "valid_from", "valid_until", "file_id", "withdrawn_at")
        )
        return [dict(row) for row in rows]


def _must_be_trusted(actor: Actor) -> None:
    actor.require(permissions.VERIFY_CERTIFICATES)
    if WELFARE not in actor.grants and not actor.is_system:
        raise Forbidden(permission=WELFARE)


def _check(issuing_office: str, number: str, valid_from: date, valid_until: date) -> None:
    errors = []
    if not 3 <= len(issuing_office.strip()) <= 160:
        errors.append({"field": "issuing_office", "message": _("Enter the office that issued it, such as DSWD Cebu.")})
    if not 1 <= len(number.strip()) <= 60:
        errors.append({"field": "number", "message": _("Enter the number of the certificate.")})
    if valid_from > valid_until:
        errors.append({"field": "valid_until", "message": _("The certificate ends before it begins. Check the days.")})
    if errors:
        raise Invalid(errors=errors)


def _insert(certificate: WelfareCertificate) -> None:
    try:
        with transaction.atomic():
            certificate.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise CertificateTaken(number=certificate.number) from error
        raise
