"""Background work of admissions: mail, and forgetting drafts that nobody sends."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job


# Opens its own short transactions: a mail is never sent while one is open.
@job(name="admissions.send_notice", commits_per_unit=True)
def send_notice(*, organisation_id: UUID, notice_id: UUID) -> None:
    """Mail one notice to an applicant."""
    from rollbook.shared.admissions import mailing

    mailing.send(organisation_id=organisation_id, notice_id=notice_id)


@job(name="admissions.forget_drafts", schedule="40 3 * * *")
def forget_drafts(*, organisation_id: UUID) -> int:
    """Remove drafts that nobody touched for a long time, with the files that were sent for them."""
    from rollbook.shared.admissions.services.forgetting import forget_old_drafts

    return forget_old_drafts(Actor.system(organisation_id, job="admissions.forget_drafts"))
