"""Students whose studies are in danger."""

from django.http import HttpResponse

from rollbook.core.web import PageRequest, page
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.reads.at_risk import at_risk
from rollbook.systems.college.grading.tables import RiskTable


@page(permission=permissions.SEE_AT_RISK)
def students_at_risk(request: PageRequest) -> HttpResponse:
    """Who needs somebody now, why, and the next step; of one's own programmes, or of all."""
    lines = at_risk(request.actor)
    context = {"people": len({line["student_id"] for line in lines})}
    return RiskTable(request, lines).respond("college/grading/at_risk.html", context)
