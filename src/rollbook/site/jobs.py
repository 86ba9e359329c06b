"""Background work of core rooms, which know nothing of jobs: each is one line that calls the room's function."""

from uuid import UUID

from rollbook.core.approvals.jobs import expire_overdue
from rollbook.core.audit import jobs as audit
from rollbook.core.idempotency.jobs import purge_expired
from rollbook.core.identity import counting, mailing
from rollbook.core.identity.session_store import SessionStore
from rollbook.shared.files.jobs import tidy_up
from rollbook.shared.jobs.register import job


# These open their own short transactions: a mail is never sent while one is open.
@job(name="identity.mail_password_link", commits_per_unit=True)
def mail_password_link(*, organisation_id: UUID, link_id: UUID) -> None:
    """Mail a link that sets a password."""
    mailing.send_password_link(organisation_id=organisation_id, link_id=link_id)


@job(name="identity.mail_security_notice", commits_per_unit=True)
def mail_security_notice(*, organisation_id: UUID, membership_id: UUID, login_event_id: UUID) -> None:
    """Tell an account's owner that how they sign in has changed."""
    mailing.send_security_notice(
        organisation_id=organisation_id, membership_id=membership_id, login_event_id=login_event_id
    )


@job(name="identity.sweep_the_door", schedule="15 * * * *", per_organisation=False, commits_per_unit=True)
def sweep_the_door() -> None:
    """Remove sessions that are over and spans of counting that have ended."""
    SessionStore.clear_expired()
    counting.sweep()


# Opens one short transaction after another.
@job(name="audit.seal", schedule="*/5 * * * *", lock="audit.seal:{organisation_id}", commits_per_unit=True)
def seal_audit(*, organisation_id: UUID) -> None:
    """Seal the entries that are final and publish the newest seals."""
    audit.seal(organisation_id=organisation_id)


@job(name="audit.make_partitions", schedule="20 2 * * *", per_organisation=False, commits_per_unit=True)
def make_audit_partitions() -> None:
    """Make the coming months' partitions of the audit trail."""
    audit.make_partitions()


@job(name="audit.archive_partitions", schedule="0 1 1 * *", per_organisation=False, commits_per_unit=True)
def archive_audit_partitions() -> None:
    """Put the months of the audit trail away that ended two years ago; they are found and proved as before."""
    audit.archive_partitions()


@job(name="approvals.expire_overdue", schedule="5 * * * *")
def expire_approvals(*, organisation_id: UUID) -> None:
    """Close the requests for a decision whose time is over."""
    expire_overdue(organisation_id=organisation_id)


@job(name="idempotency.purge_expired", schedule="35 3 * * *")
def purge_answers(*, organisation_id: UUID) -> None:
    """Forget stored answers that are not about money, after 72 hours."""
    purge_expired(organisation_id=organisation_id)


# Opens its own transactions: content goes only when its withdrawal is committed.
@job(name="files.tidy_up", schedule="10 3 * * *", commits_per_unit=True)
def tidy_up_files(*, organisation_id: UUID) -> None:
    """Remove files that are kept for a time only, withdrawn files and what crashed uploads left behind."""
    tidy_up(organisation_id=organisation_id)
