"""The student's places in queues, and the seats that are offered."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.services import waiting


@page(permission=permissions.ENROL_OWN)
def own_waits(request: PageRequest) -> HttpResponse:
    """Where I wait, and what is offered to me, the offers first."""
    rows, now = list(selectors.own_waits(request.actor)), clock.now()
    offers = [
        row
        for row in rows
        if row.state == SubjectEnrolment.State.OFFERED and row.offered_until is not None and row.offered_until > now
    ]
    places = [
        {"row": row, "position": waiting.position_of(row)}
        for row in rows
        if row.state == SubjectEnrolment.State.WAITLISTED
    ]
    return render(request, "college/enrolment/own_waits.html", {"offers": offers, "places": places})


@require_POST
@page(permission=permissions.ENROL_OWN)
def accept(request: PageRequest, wait_id: UUID) -> HttpResponse:
    """Take the seat that is offered."""
    enrolled = waiting.accept_offer(request.actor, wait_id=wait_id)
    return done(
        request, "enrolment:own_enrol_in", enrolled.term_enrolment_id, message=_("You are enrolled. The seat is yours.")
    )


@require_POST
@page(permission=permissions.ENROL_OWN)
def leave(request: PageRequest, wait_id: UUID) -> HttpResponse:
    """Give up a place, or the seat that is offered."""
    waiting.leave_waitlist(request.actor, wait_id=wait_id)
    return done(request, "enrolment:own_waits", message=_("You do not wait for it any more."))
