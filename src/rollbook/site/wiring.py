"""What follows what across rooms that may not import each other. The one page that lists every such connection.

A subscriber runs at once, in the transaction of whoever published the event.
"""

import structlog

from rollbook.core.events import subscribe
from rollbook.core.identity.events import PasswordLinkWanted, SecurityNoticeWanted
from rollbook.core.identity.services.members import refuse_person_with_account
from rollbook.shared.jobs.events import JobGaveUp
from rollbook.shared.people.events import PeopleMerged
from rollbook.site import jobs
from rollbook.systems.college.catalogue.events import TermAdded
from rollbook.systems.college.exams.services import prepare_for_new_term
from rollbook.systems.college.records.services import refuse_merge

log = structlog.get_logger("rollbook.jobs")


def _mail_password_link(event: PasswordLinkWanted) -> None:
    jobs.mail_password_link.defer(organisation_id=event.organisation_id, link_id=event.link_id)


def _mail_security_notice(event: SecurityNoticeWanted) -> None:
    jobs.mail_security_notice.defer(
        organisation_id=event.organisation_id,
        membership_id=event.membership_id,
        login_event_id=event.login_event_id,
    )


def _refuse_merge_of_member(event: PeopleMerged) -> None:
    refuse_person_with_account(event.duplicate_id)


# Mail about signing in goes out by jobs that commit with their cause.
subscribe(PasswordLinkWanted, _mail_password_link)
subscribe(SecurityNoticeWanted, _mail_security_notice)

# A college's new term begins with the exams of its template.
subscribe(TermAdded, prepare_for_new_term)
# The entry of a student never gives way when two entries turn out to be one person.
subscribe(PeopleMerged, refuse_merge)
# Nor does an entry that somebody signs in as.
subscribe(PeopleMerged, _refuse_merge_of_member)


def _cry_for_dead_letter(event: JobGaveUp) -> None:
    # One line that collectors of logs can alarm on; it holds ids and the kind of the error.
    log.error(
        "job gave up",
        job=event.job,
        number=event.queue_job_id,
        organisation_id=str(event.organisation_id or ""),
        attempts=event.attempts,
        error=event.error,
    )


# Somebody has to decide about a job that failed in all its attempts.
subscribe(JobGaveUp, _cry_for_dead_letter)
