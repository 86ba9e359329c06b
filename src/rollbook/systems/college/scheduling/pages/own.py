"""A professor's own classes and calendar, and the calendar that telephones read."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rollbook.core.api.limits import check_visitor
from rollbook.core.errors import NotFound, Refusal
from rollbook.core.identity.counting import Limit
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_by_slug
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.addresses import calendar_address
from rollbook.systems.college.scheduling.pages.around import terms_of
from rollbook.systems.college.scheduling.pages.week import week_of
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.services.feeds import has_feed
from rollbook.systems.college.scheduling.words import SECTION_STATES, class_name

#: Per address: telephones ask every few minutes at most, and nobody guesses 256 bits.
RATE = Limit("calendar", times=60, span=timedelta(minutes=1))
_CALENDAR = "text/calendar; charset=utf-8"


@page(permission=permissions.VIEW_OWN_CLASSES)
def own_classes(request: PageRequest) -> HttpResponse:
    """My classes of a term: my week, and each class."""
    terms, term = terms_of(request)
    mine = selectors.own_sections(request.actor)
    sections = list(mine.filter(term=term).order_by("subject__code", "code")) if term else []
    ids: list[UUID] = [section.id for section in sections]
    own_ids = set(selectors.own_faculty_ids(request.actor))
    assignments = selectors.assignments_of(ids)
    entries = [
        entry
        for entry in (selectors.timetable(section_ids=ids) if ids else [])
        if entry.professor_id is None or entry.professor_id in own_ids
    ]
    context = {
        "terms": terms,
        "term": term,
        "classes": [
            {
                "section": section,
                "name": class_name(section),
                "state": SECTION_STATES[section.state],
                "class_list": roll().class_list_of(request.actor, section.id),
                "owns_grades": any(
                    row.role == "PRIMARY" and row.professor_id in own_ids for row in assignments[section.id]
                ),
            }
            for section in sections
        ],
        "has_feed": has_feed(request.actor),
        "is_professor": bool(own_ids),
        **week_of(entries),
    }
    return render(request, "college/scheduling/own_classes.html", context)


@page(permission=permissions.OWN_CALENDAR)
def own_calendar(request: PageRequest) -> HttpResponse:
    """The address of my calendar: made anew by a press, shown once."""
    address = ""
    if request.method == "POST":
        address = calendar_address(services.open_feed(request.actor))
    context = {"address": address, "has_feed": has_feed(request.actor)}
    return render(request, "college/scheduling/own_calendar.html", context)


@require_POST
@page(permission=permissions.OWN_CALENDAR)
def revoke_calendar(request: PageRequest) -> HttpResponse:
    """Stop the address of my calendar."""
    services.revoke_feed(request.actor)
    return done(request, "schedule:own_calendar", message=_("The address no longer works."))


@require_safe
def calendar(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Somebody's classes as their telephone reads them. Whoever has the address reads it; nobody else finds it."""
    try:
        check_visitor(request, RATE)
        organisation = organisation_by_slug(slug)
        with tenant_scope(organisation.id):
            text = services.calendar_of(secret)
    except NotFound:
        return HttpResponse(_("This calendar address does not work."), content_type="text/plain", status=404)
    except Refusal as refusal:
        return HttpResponse(refusal.detail, content_type="text/plain", status=refusal.status)
    response = HttpResponse(text, content_type=_CALENDAR)
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="classes.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response
