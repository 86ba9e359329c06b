"""The student's own permits: what is ready, what is locked and why, and the paper to print."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.core.web.shell import address_of
from rollbook.shared.documents.verification import verification_url
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.selectors import own_enrolments
from rollbook.systems.college.exams import permissions, selectors, services
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.exams.words import LOCKED, PERMIT_STATES


@page(permission=permissions.VIEW_OWN_PERMITS)
def own_permits(request: PageRequest) -> HttpResponse:
    """My permits, the running terms first."""
    mine = own_enrolments(request.actor).filter(state__in=TermEnrolment.LIVE).order_by("-term__starts_on")
    rows = selectors.permits_of_enrolments(request.actor, list(mine.values_list("id", flat=True)))
    locked = [row for row in rows if row["state"] == LOCKED]
    by_term: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_term.setdefault(row["term"], []).append(_card(row, is_next=row in locked[:1]))
    context = {
        "terms": list(by_term.items()),
        "is_advisory": selectors.turns_nobody_away(),
        "payments_url": address_of("fees:own_payments"),
    }
    return render(request, "college/exams/own_permits.html", context)


def _card(row: dict[str, Any], *, is_next: bool) -> dict[str, Any]:
    is_open = row["state"] in ExamPermit.OPENS
    return {
        "exam": row["exam_name"],
        "code": row["code"] if is_open else "",
        "days": formatting.days_text(row["opens_on"], row["closes_on"]),
        "month": row["month"],
        "state": PERMIT_STATES[row["state"]],
        "is_open": is_open,
        "is_next": is_next,
        "is_over": row["state"] == ExamPermit.State.EXPIRED,
        "is_suspended": row["state"] == ExamPermit.State.SUSPENDED,
        "print_url": reverse("exams:print_own", args=[row["permit_id"]]) if is_open else "",
        "verify_url": verification_url(row["code"]) if is_open else "",
    }


@require_POST
@page(permission=permissions.VIEW_OWN_PERMITS)
def print_own(request: PageRequest, permit_id: UUID) -> HttpResponse:
    """My permit on paper; it counts as printed from then on."""
    printed = services.print_permit(request.actor, permit_id=permit_id)
    return file_response(printed.content, content_type=PDF, name=printed.name, is_shown=True)


@require_POST
@page(permission=permissions.PRINT_PERMITS)
def print_permit(request: PageRequest, permit_id: UUID) -> HttpResponse:
    """A student's permit on paper, at the counter."""
    printed = services.print_permit(request.actor, permit_id=permit_id)
    return file_response(printed.content, content_type=PDF, name=printed.name, is_shown=True)
