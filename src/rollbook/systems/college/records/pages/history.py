"""Everything that happened to a student."""

from uuid import UUID

from django.http import HttpResponse

from rollbook.core.web import PageRequest, page, render
from rollbook.systems.college.records import history, permissions
from rollbook.systems.college.records.pages.students import frame


@page(permission=permissions.VIEW_HISTORY)
def history_of(request: PageRequest, student_id: UUID) -> HttpResponse:
    """The acts on all records of a student, the latest first."""
    found = history.history_of(request.actor, student_id, before=_before(request))
    context = {
        **frame(request, found.student, "history"), "events": found.events, "older_than": found.older_than,
        "is_first": "before" not in request.GET,
    }  # fmt: skip
    return render(request, "college/records/history_of.html", context)


def _before(request: PageRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
