"""Work on enrolment that happens later: offers every minute, placement, results, taking students over."""

from uuid import UUID

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.services.absence import lapse_absent
from rollbook.systems.college.enrolment.services.placing import place_unpicked
from rollbook.systems.college.enrolment.services.rechecking import recheck_provisional
from rollbook.systems.college.enrolment.services.rolling_over import create_term_enrolments
from rollbook.systems.college.enrolment.services.waiting import make_offers
from rollbook.systems.college.scheduling.models import TermSchedule

WAITLIST_OFFERS = "college.enrolment.waitlist_offers"
AUTO_PLACE = "college.enrolment.auto_place_unpicked"
RECHECK = "college.enrolment.provisional_recheck"
TAKE_OVER = "college.enrolment.create_term_enrolments"
LAPSE_ABSENT = "college.enrolment.lapse_absent"


@job(name=WAITLIST_OFFERS, schedule="* * * * *", lock="{organisation_id}:waitlists")
def waitlist_offers(*, organisation_id: UUID) -> int:
    """Give back seats that were held or offered past their time, and offer what is free to those who wait."""
    return make_offers(Actor.system(organisation_id, job=WAITLIST_OFFERS))


@job(name=AUTO_PLACE, schedule="15 * * * *", lock="{organisation_id}:placement")
def auto_place_unpicked(*, organisation_id: UUID) -> int:
    """Once picking of a term is over, place those who picked nothing."""
    actor = Actor.system(organisation_id, job=AUTO_PLACE)
    return sum(len(place_unpicked(actor, term_id=term_id).placed) for term_id in terms_to_place())


@job(name=RECHECK)
def provisional_recheck(*, organisation_id: UUID) -> int:
    """Look again at classes that were taken while their prerequisite was in progress."""
    return len(recheck_provisional(Actor.system(organisation_id, job=RECHECK)).dropped)


@job(name=TAKE_OVER, lock="{organisation_id}:take-over")
def take_over(*, organisation_id: UUID, term_id: UUID) -> int:
    """Enrol the returning students in a term."""
    return create_term_enrolments(Actor.system(organisation_id, job=TAKE_OVER), term_id=term_id).opened


@job(name=LAPSE_ABSENT, schedule="40 0 * * *", lock="{organisation_id}:records")
def lapse(*, organisation_id: UUID) -> int:
    """Let students be inactive who were in neither of the last two regular terms."""
    return lapse_absent(Actor.system(organisation_id, job=LAPSE_ABSENT))


def terms_to_place() -> list[UUID]:
    """Terms whose picking is over and whose placement has not run since."""
    due = TermSchedule.objects.filter(
        is_published=True, picking_closes_at__lte=clock.now(),
        term__state__in=[Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS],
    )  # fmt: skip
    return [
        schedule.term_id
        for schedule in due.order_by("term_id")
        if not AuditEntry.objects.filter(
            action="college.students_placed", target_id=schedule.term_id, at__gte=schedule.picking_closes_at
        ).exists()
    ]


def is_anything_provisional() -> bool:
    """Whether results can change anything about classes that were taken provisionally."""
    found = SubjectEnrolment.objects.filter(is_provisional=True, state=SubjectEnrolment.State.ENROLLED)
    return bool(found.exists())
