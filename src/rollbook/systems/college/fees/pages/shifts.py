"""The cashier's shift: opened with a float, closed with a count, reported as X and Z."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Shift
from rollbook.shared.billing.services.shifts import drawer_of
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.denominations import faces_of
from rollbook.systems.college.fees.forms import CashForm, CountForm, OpenShiftForm
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import takings
from rollbook.systems.college.fees.services import shifts as services
from rollbook.systems.college.fees.tables import ShiftTable
from rollbook.systems.college.fees.words import SHIFT_STATES


@page(permission=permissions.RUN_SHIFT)
def shift(request: PageRequest) -> HttpResponse:
    """One's own shift: its report while it is open, the way to open one otherwise."""
    own = takings.own_open_shift(request.actor)
    if own is None:
        return done(request, "fees:open_shift")
    return done(request, "fees:shift_report", own.id)


@page(permission=permissions.RUN_SHIFT)
def open_shift(request: PageRequest) -> HttpResponse:
    """Open one's own shift at a station, with what lies in the drawer."""
    own = takings.own_open_shift(request.actor)
    if own is not None and request.method == "GET":
        return done(request, "fees:shift_report", own.id)
    form = OpenShiftForm.of(request, initial={"station": _last_station(request)})
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act() -> dict[str, Any]:
            opened = services.open_shift(
                request.actor, station=cleaned["station"], opening_float=cleaned["opening_float"]
            )
            return {"shift_id": str(opened.id), "station": opened.station}

        body = {"station": cleaned["station"], "float": cleaned["opening_float"].to_decimal_string()}
        try:
            opened = act_once(request, "college.fees.open_shift", body, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("Your shift at %(station)s is open.") % {"station": opened["station"]}
            return done(request, _way_back(request), message=message)
    return render(request, "college/fees/open_shift.html", {"form": form}, status=form.status)


def _last_station(request: PageRequest) -> str:
    last = Shift.objects.filter(cashier_id=request.actor.acting_user_id()).order_by("-opened_at")
    return last.values_list("station", flat=True).first() or ""


def _way_back(request: PageRequest) -> str:
    """Where the cashier was when the shift was missing; else the desk."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_ours else reverse("fees:desk")


def _own_shift(request: PageRequest) -> Shift:
    own = takings.own_open_shift(request.actor)
    if own is None:
        raise errors.NoOpenShift(remedy_url=reverse("fees:open_shift"), remedy_label=_("Open shift"))
    return own


@page(permission=permissions.RUN_SHIFT)
def move_cash(request: PageRequest) -> HttpResponse:
    """Take cash to the safe, or bring change into the drawer."""
    own = _own_shift(request)
    form = CashForm.of(request, currency=own.currency)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act() -> dict[str, Any]:
            moved = services.move_cash(
                request.actor, shift_id=own.id, kind=cleaned["kind"], amount=cleaned["amount"], note=cleaned["note"]
            )
            return {"movement_id": str(moved.id)}

        body = {**cleaned, "amount": cleaned["amount"].to_decimal_string(), "shift_id": own.id}
        try:
            act_once(request, "college.fees.move_cash", body, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("%(amount)s noted.") % {"amount": formatting.amount_text(cleaned["amount"])}
            return done(request, "fees:shift_report", own.id, message=message)
    held = Money(drawer_of(own).expected_minor, own.currency)
    return render(
        request, "college/fees/move_cash.html", {"form": form, "shift": own, "held": held}, status=form.status
    )


def _count_form(request: PageRequest, own: Shift) -> CountForm:
    faces = [(face.minor, formatting.amount_text(face)) for face in faces_of(own.currency)]
    return CountForm.of(request, currency=own.currency, faces=faces, preview_url=reverse("fees:count"))


def _counted(own: Shift, form: CountForm) -> dict[str, Any]:
    """The running total of a count, and whether a supervisor has been asked about it."""
    return {"count": takings.count_so_far(own, form.pieces), "waiting": _variance_request(own)}


def _variance_request(own: Shift) -> ApprovalRequest | None:
    found: ApprovalRequest | None = ApprovalRequest.objects.filter(
        target_id=own.id, kind=services.CLOSE_WITH_VARIANCE, state=ApprovalRequest.State.PROPOSED
    ).first()
    return found


@require_POST
@page(permission=permissions.RUN_SHIFT)
def count(request: PageRequest) -> HttpResponse:
    """What the count adds up to so far. Nothing is saved."""
    own = _own_shift(request)
    form = _count_form(request, own)
    form.is_valid()
    return render(request, "college/fees/parts/count.html", {"shift": own, "form": form, **_counted(own, form)})


@page(permission=permissions.RUN_SHIFT)
def close_shift(request: PageRequest) -> HttpResponse:
    """Close one's own shift with the count of its drawer, or ask a supervisor about the difference."""
    own = _own_shift(request)
    form = _count_form(request, own)
    if form.is_submitted_and_valid():
        try:
            return _closed(request, own, form)
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"form": form, "shift": own, **_counted(own, form)}
    return render(request, "college/fees/close_shift.html", context, status=form.status)


def _closed(request: PageRequest, own: Shift, form: CountForm) -> HttpResponse:
    body = {"shift_id": own.id, "pieces": form.pieces, "reason": form.cleaned_data["reason"]}
    if request.POST.get("step") == "ask":

        def ask() -> dict[str, Any]:
            asked = services.request_close_with_variance(
                request.actor, shift_id=own.id, denominations=form.pieces, reason=form.cleaned_data["reason"]
            )
            return {"request_id": str(asked.id)}

        act_once(request, "college.fees.ask_close", body, ask, form=form)
        return done(
            request, "fees:shift_report", own.id, message=_("Asked. The shift closes when a supervisor agrees.")
        )

    def act() -> dict[str, Any]:
        closed = services.close_shift(request.actor, shift_id=own.id, denominations=form.pieces)
        return {"shift_id": str(closed.id)}

    act_once(request, "college.fees.close_shift", body, act, form=form)
    return done(request, "fees:shift_report", own.id, message=_("The shift is closed."))


@page(permission=permissions.RUN_SHIFT)
def shift_report(request: PageRequest, shift_id: UUID) -> HttpResponse:
    """The X report of a shift that is open, the Z report of one that is closed."""
    found = takings.get_shift(request.actor, shift_id)
    report = takings.shift_report(request.actor, found)
    context = {
        "report": report,
        "shift": found,
        "state": SHIFT_STATES[found.state],
        "is_own": found.cashier_id == request.actor.user_id,
        "waiting": _variance_request(found),
        "float": Money(report.drawer.float_minor, found.currency),
        "cash_in": Money(report.drawer.cash_in_minor, found.currency),
        "moves": [(move, Money(move.amount_minor, found.currency)) for move in report.moves],
    }
    return render(request, "college/fees/shift_report.html", context)


@page(permission=permissions.RUN_SHIFT)
def shifts(request: PageRequest) -> HttpResponse:
    """One's own shifts, or everybody's with what they were off by."""
    table = ShiftTable(request, takings.shifts(request.actor).values(*ShiftTable.fields()))
    return table.respond("college/fees/shifts.html", {"sees_all": request.actor.may(permissions.SEE_ALL_SHIFTS)})
