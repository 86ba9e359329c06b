"""What programme heads do for single students: withdrawing them from a class with W, asking for more units."""

from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.figures import plain
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.forms import OverloadForm, WithdrawForm
from rollbook.systems.college.enrolment.reads.recommending import outlook
from rollbook.systems.college.enrolment.services import dropping, overload
from rollbook.systems.college.enrolment.tables import LoadTable, TakenTable, parts


@page(permission=permissions.WITHDRAW_STUDENTS)
def withdrawals(request: PageRequest) -> HttpResponse:
    """Every class that a student of mine takes in a term that runs."""
    rows = selectors.withdrawable(request.actor).annotate(
        **parts("term_enrolment__"), subject_code=F("subject__code"), section_code=F("section__code")
    )
    table = TakenTable(request, rows.values(*TakenTable.fields()))
    return table.respond("college/enrolment/withdrawals.html")


@page(permission=permissions.WITHDRAW_STUDENTS)
def withdraw(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Take one student out of one class: what becomes of it today, and why."""
    row = selectors.get_withdrawable(request.actor, row_id)
    others = selectors.withdrawable(request.actor).filter(term_enrolment_id=row.term_enrolment_id).exclude(id=row.id)
    options = [(str(one.id), one.subject.code) for one in others.select_related("subject").order_by("subject__code")]
    today = organisation_in_scope().local_date(clock.now())
    outcome = dropping.outcome_today(request.actor, row.term_enrolment_id, today)
    form = WithdrawForm.of(
        request, options=options,
        may_override=not outcome.state and request.actor.may(permissions.OVERRIDE_WINDOW),
    )  # fmt: skip
    if form.is_submitted_and_valid():
        wanted = [row.id, *map(UUID, form.cleaned_data["together_with"])]
        try:
            dropping.drop(
                request.actor, subject_enrolment_ids=wanted, reason=form.cleaned_data["reason"],
                overrides=form.overrides(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(
                request, "enrolment:withdrawals", message=_("Withdrawn from %(code)s.") % {"code": row.subject.code}
            )
    context = {"row": row, "form": form, "outcome": outcome}
    return render(request, "college/enrolment/withdraw.html", context, status=form.status)


@page(permission=permissions.REQUEST_OVERLOAD)
def loads(request: PageRequest) -> HttpResponse:
    """The students of my programmes, and how many units each may take."""
    rows = selectors.loads(request.actor).annotate(**parts())
    return LoadTable(request, rows.values(*LoadTable.fields())).respond("college/enrolment/loads.html")


@page(permission=permissions.REQUEST_OVERLOAD)
def ask_overload(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """Ask that a student who graduates may take more units; the head registrar decides."""
    enrolment = selectors.get_load(request.actor, enrolment_id)
    form = OverloadForm.of(request)
    if form.is_submitted_and_valid():
        try:
            overload.request_overload(request.actor, term_enrolment_id=enrolment.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:loads", message=_("Sent. The head registrar decides."))
    context = {
        "enrolment": enrolment,
        "form": form,
        "allowed": plain(enrolment.max_units),
        "remaining": plain(outlook(enrolment.id, clock.now()).remaining_units),
    }
    return render(request, "college/enrolment/ask_overload.html", context, status=form.status)
