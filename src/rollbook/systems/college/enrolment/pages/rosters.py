"""Who is in a class."""

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record_access
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.shell import initials
from rollbook.shared.files.opening import photo_links
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.tables import RosterTable, parts
from rollbook.systems.college.scheduling.permissions import VIEW_SCHEDULE


@page(permission=permissions.SEE_ROSTER)
def roster(request: PageRequest, section_id: UUID) -> HttpResponse:
    """The students of a class, in a list or by their photos, to be printed or taken away. Each look is noted."""
    section, rows = selectors.roster_of(request.actor, section_id)
    record_access(request.actor, section, "class list")
    context = {"section": section, "count": rows.count(), **_back(request, section.id)}
    if request.GET.get("view") == "photos":
        return render(request, "college/enrolment/roster.html", context | {"faces": _faces(request, rows)})
    shown = rows.order_by().annotate(**parts("term_enrolment__"), level=F("term_enrolment__year_level"))
    table = RosterTable(request, shown.values(*RosterTable.fields()))
    return table.respond("college/enrolment/roster.html", context)


def _faces(request: PageRequest, rows: "QuerySet[SubjectEnrolment]") -> list[dict[str, Any]]:
    """Everybody with the link to their photo; it opens for as long as the page is looked at."""
    faces = selectors.faces_of(rows)
    links = photo_links(request.actor, (face.photo_id for face in faces))
    return [
        {"name": face.name, "number": face.number, "photo": links.get(face.photo_id) if face.photo_id else None,
         "initials": initials(face.name)}
        for face in faces
    ]  # fmt: skip


def _back(request: PageRequest, section_id: UUID) -> dict[str, str]:
    """Where whoever looks came from: the class on the schedule, or their own classes."""
    if request.actor.may(VIEW_SCHEDULE):
        return {"back": reverse("schedule:section", args=[section_id]), "back_label": _("Schedule")}
    return {"back": reverse("schedule:own_classes"), "back_label": _("My classes")}
