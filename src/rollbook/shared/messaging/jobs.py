"""Mail of the notices goes out here."""

from uuid import UUID

from rollbook.shared.jobs.batches import BatchReport
from rollbook.shared.jobs.register import job
from rollbook.shared.messaging import mailing

SEND_MAIL = "messaging.send_mail"


@job(name=SEND_MAIL, schedule="* * * * *", lock="{organisation_id}:mail", commits_per_unit=True)
def send_mail(*, organisation_id: UUID) -> BatchReport:
    """Mail the notices whose time has come to those who want them so."""
    return mailing.send_waiting(organisation_id)
