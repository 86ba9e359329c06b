"""What a live certificate of a disadvantaged student opens (R43, RA 11984). Certificates are confidential."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rollbook.core.audit.services import record_access
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.exams import sql
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.exams.services.issuing import Excuse, NamedPermit, execute, issue_excused
from rollbook.systems.college.roles import WELFARE

TARGET = "college_exams.welfarecertificate"


def excuse_certified(actor: Actor, enrolment_ids: Sequence[UUID], *, at: datetime) -> list[NamedPermit]:
    """Open the coming exams of these enrolments that lie in the days of a live certificate.

    Follows from other acts and reads the certificates for the system, not for the actor, who learns nothing of them.
    """
    if not enrolment_ids:
        return []
    with tenant_scope(actor.organisation_id, grants={WELFARE}):
        rows = execute(
            sql.CERTIFIED,
            organisation=actor.organisation_id,
            enrolments=array_of(enrolment_ids),
            today=organisation_in_scope().local_date(at),
        )
    if rows:
        record_access(actor, (TARGET, None), "opening the exams in the days of a certificate")
    excuses = [Excuse(*row) for row in rows]
    return issue_excused(actor, excuses, basis=ExamPermit.Basis.WELFARE_CERTIFICATE, at=at)
