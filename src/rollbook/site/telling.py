"""Who is told what about enrolment, the schedule, holds and papers, and who hears of what needs a person.

`wiring.py` connects these to the events. What somebody has to decide goes into the log as well: one line with ids,
which collectors can alarm on.
"""

from uuid import UUID

import structlog

from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.shared.gateways.events import PersonNeeded
from rollbook.shared.jobs.events import JobGaveUp
from rollbook.shared.messaging import kinds
from rollbook.shared.messaging.services import Telling, notify, notify_many
from rollbook.shared.webhooks.events import EventNeedsPerson
from rollbook.systems.college.credentials.events import PaperReleased
from rollbook.systems.college.enrolment.events import EnrolmentConfirmed, WaitlistOffered
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.records.events import HoldMoved, HoldsMoved
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.roles import CASHIER_SUPERVISOR
from rollbook.systems.college.scheduling.events import ScheduleChanged

jobs_log = structlog.get_logger("rollbook.jobs")
gateway_log = structlog.get_logger("rollbook.gateways")


def tell_of_enrolment(event: EnrolmentConfirmed) -> None:
    """The student, once for each list that was taken up."""
    notify(
        event.actor, recipient_person_id=event.person_id, kind=kinds.ENROLMENT, subject_id=event.term_enrolment_id,
        dedupe_key=str(event.subject_enrolment_ids[0]), facts={"subjects": list(event.codes)},
    )  # fmt: skip


def tell_of_schedule(event: ScheduleChanged) -> None:
    """Whoever sits in the class that moved."""
    seated = SubjectEnrolment.objects.filter(section_id=event.section_id, state__in=SubjectEnrolment.CARRIED)
    notify_many(
        event.actor,
        [
            Telling(
                recipient_person_id=person_id, kind=kinds.SCHEDULE_CHANGE, subject_id=event.section_id,
                dedupe_key=f"{event.before} {event.after}"[:120], facts={"section": event.class_name},
            )
            for person_id in seated.values_list("term_enrolment__student__person_id", flat=True)
        ],
    )  # fmt: skip


def tell_of_offer(event: WaitlistOffered) -> None:
    """The one whose turn it is."""
    notify(
        event.actor, recipient_person_id=event.person_id, kind=kinds.WAITLIST_OFFER,
        subject_id=event.subject_enrolment_id, dedupe_key=str(event.subject_enrolment_id),
        facts={"section": event.class_name, "until": event.offered_until.isoformat()},
    )  # fmt: skip


def tell_of_hold(event: HoldMoved) -> None:
    """The student. Why, only the record says, to whom it concerns."""
    notify(
        event.actor, recipient_person_id=Student.objects.values_list("person_id", flat=True).get(id=event.student_id),
        kind=kinds.HOLD, subject_id=event.hold_id, dedupe_key=f"{event.hold_id} {event.is_released}",
        facts={"released": event.is_released},
    )  # fmt: skip


def tell_of_holds(event: HoldsMoved) -> None:
    """Everybody whom a batch held or let go, in one statement."""
    people = dict(Student.objects.filter(id__in=[one for one, _ in event.moved]).values_list("id", "person_id"))
    notify_many(
        event.actor,
        [
            Telling(
                recipient_person_id=people[student_id], kind=kinds.HOLD, subject_id=hold_id,
                dedupe_key=f"{hold_id} {event.is_released}", facts={"released": event.is_released},
            )
            for student_id, hold_id in event.moved
        ],
    )  # fmt: skip


def tell_of_paper(event: PaperReleased) -> None:
    """The student it is about."""
    notify(
        event.actor, recipient_person_id=event.person_id, kind=kinds.DOCUMENT, subject_id=event.document_id,
        dedupe_key=str(event.document_id), facts={"title": f"{event.title} {event.number}".strip()},
    )  # fmt: skip


def cry_for_dead_letter(event: JobGaveUp) -> None:
    """A job failed in all its attempts."""
    jobs_log.error(
        "job gave up",
        job=event.job,
        number=event.queue_job_id,
        organisation_id=str(event.organisation_id or ""),
        attempts=event.attempts,
        error=event.error,
    )


def cry_for_event(event: EventNeedsPerson) -> None:
    """A provider sent something that could not be recorded."""
    gateway_log.error(
        "webhook needs a person", organisation_id=str(event.actor.organisation_id), event_id=str(event.event_id),
        provider=event.provider, kind=event.kind, note=event.note,
    )  # fmt: skip
    sentence = f"Something from {event.provider} could not be recorded: {event.note}"
    _tell_supervisors(event.actor, event.event_id, f"webhook {event.event_id}", sentence, "fees:reconciliation")


def cry_for_gateway(event: PersonNeeded) -> None:
    """What a provider says and what we recorded do not fit."""
    gateway_log.error(
        "provider needs a person", organisation_id=str(event.actor.organisation_id), about=str(event.subject_id),
        code=event.code,
    )  # fmt: skip
    key = f"{event.code} {event.subject_id}"
    _tell_supervisors(event.actor, event.subject_id, key, event.sentence, "fees:reconciliation")


def _tell_supervisors(actor: Actor, subject_id: UUID, key: str, sentence: str, page: str) -> None:
    members = Membership.objects.filter(roles__overlap=[CASHIER_SUPERVISOR], is_active=True)
    facts = {"text": sentence, "page": page}
    notify_many(
        actor,
        [
            Telling(
                recipient_person_id=person_id,
                recipient_member_id=member_id,
                kind=kinds.SYSTEM,
                subject_id=subject_id,
                dedupe_key=key,
                facts=facts,
            )
            for member_id, person_id in members.values_list("id", "person_id")
        ],
    )
