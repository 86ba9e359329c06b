"""A term that is closed is over for everybody who was in it."""

from django.db.models import F

from rollbook.core.audit.services.many import record_many
from rollbook.systems.college.catalogue.events import TermMoved
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment

_TARGET = "college_enrolment.termenrolment"


def complete_terms(event: TermMoved) -> None:
    """With the term, its running enrolments are completed; who never paid month 1 stays as pending as before."""
    if event.state != Term.State.CLOSED:
        return
    running = TermEnrolment.objects.filter(term_id=event.term_id, state=TermEnrolment.State.ACTIVE)
    locked = running.select_for_update(of=("self",), no_key=True).order_by("id")
    enrolment_ids = list(locked.values_list("id", flat=True))
    if not enrolment_ids:
        return
    running.update(state=TermEnrolment.State.COMPLETED, version=F("version") + 1)
    record_many(event.actor, "college.enrolment_completed", _TARGET, enrolment_ids, facts=[{}] * len(enrolment_ids))
