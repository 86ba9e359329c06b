"""Owing somebody a mail: a row and a job that commit with their cause. The words are written when it is sent."""

from typing import Any

from rollbook.core import clock
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.admissions.jobs import send_notice
from rollbook.shared.admissions.models import Application, Notice


def owe(kind: str, application: Application | None, *, address: str = "", **facts: Any) -> Notice:
    """Owe a notice to an applicant, or to whoever reads an address."""
    notice: Notice = Notice.objects.create(
        kind=kind,
        application=application,
        address=address or (application.email if application else ""),
        facts=facts,
        created_at=clock.now(),
    )
    send_notice.defer(organisation_id=require_organisation_id(), notice_id=notice.id)
    return notice
