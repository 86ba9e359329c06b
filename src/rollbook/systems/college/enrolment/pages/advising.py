"""The adviser's queue: lists that wait, approved one by one or many at once, or sent back with a reason."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.errors import Invalid, NotFound, Refusal
from rollbook.core.figures import plain
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.forms import ReturnForm
from rollbook.systems.college.enrolment.models import AdvisingItem, TermEnrolment
from rollbook.systems.college.enrolment.services import advising as services

MOST_SHOWN = 100


@page(permission=permissions.ADVISE)
def advising(request: PageRequest) -> HttpResponse:
    """The lists that wait for me, the oldest term first."""
    if request.method == "POST":
        wanted = _ticked(request)
        services.approve_lists(request.actor, term_enrolment_ids=wanted)
        words = ngettext("%(count)s list approved.", "%(count)s lists approved.", len(wanted))
        return done(request, "enrolment:advising", message=words % {"count": len(wanted)})
    waiting = services.advised(request.actor).filter(advising_state=TermEnrolment.Advising.SUBMITTED)
    rows = waiting.select_related("student__person", "term", "programme").order_by("term__starts_on", "id")[:MOST_SHOWN]
    items: dict[UUID, list[AdvisingItem]] = {row.id: [] for row in rows}
    for item in (
        AdvisingItem.objects.filter(term_enrolment_id__in=list(items)).select_related("subject").order_by("position")
    ):
        items[item.term_enrolment_id].append(item)
    lists = [
        {
            "enrolment": row, "items": items[row.id],
            "units": plain(sum((item.subject.units for item in items[row.id]), start=Decimal(0))),
            "warnings": [item for item in items[row.id] if item.verdict],
        }
        for row in rows
    ]  # fmt: skip
    return render(request, "college/enrolment/advising.html", {"lists": lists, "count": waiting.count()})


@page(permission=permissions.ADVISE)
def return_list(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """Send a list back to the student."""
    enrolment = services.advised(request.actor).select_related("student", "term").filter(id=enrolment_id).first()
    if enrolment is None:
        raise NotFound
    form = ReturnForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.return_list(request.actor, term_enrolment_id=enrolment.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:advising", message=_("Sent back to the student."))
    context = {"form": form, "enrolment": enrolment}
    return render(request, "college/enrolment/return_list.html", context, status=form.status)


def _ticked(request: PageRequest) -> list[UUID]:
    try:
        wanted = [UUID(value) for value in request.POST.getlist("row")]
    except ValueError as error:
        raise NotFound from error
    if not wanted:
        raise Invalid.field("row", _("Tick the lists that you approve."))
    return wanted
