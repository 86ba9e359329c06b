"""The totals of a student's account beside the record."""

from uuid import UUID

from django.http import HttpResponse

from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.shares import Bar
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.reads.totals import totals_of
from rollbook.systems.college.records.pages.students import frame


@page(permission=permissions.SEE_TOTALS)
def totals(request: PageRequest, student_id: UUID) -> HttpResponse:
    """What a student owes and has paid by term; no payments, no receipts."""
    found = totals_of(request.actor, student_id)
    bars = [Bar(one.term, one.paid, target=one.total) for one in found.terms if not one.is_cancelled]
    context = {**frame(request, found.student, "account"), "account": found, "bars": bars}
    return render(request, "college/fees/totals_of.html", context)
