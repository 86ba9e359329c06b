"""Who is in a class."""

from uuid import UUID

from django.db.models import F
from django.http import HttpResponse

from rollbook.core.audit.services import record_access
from rollbook.core.web import PageRequest, page
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.tables import RosterTable, parts


@page(permission=permissions.SEE_ROSTER)
def roster(request: PageRequest, section_id: UUID) -> HttpResponse:
    """The students of a class in the order of the roll, to be printed or taken away. Each look is noted."""
    section, rows = selectors.roster_of(request.actor, section_id)
    record_access(request.actor, section, "class list")
    shown = rows.order_by().annotate(**parts("term_enrolment__"), level=F("term_enrolment__year_level"))
    table = RosterTable(request, shown.values(*RosterTable.fields()))
    return table.respond("college/enrolment/roster.html", {"section": section, "count": rows.count()})
