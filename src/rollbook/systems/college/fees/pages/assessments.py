"""A student's term on the screen: what it was assessed at and why, what is given, who else pays, what leaving costs."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import StudentNotFound
from rollbook.systems.college.fees.models import Assessment, DiscountGrant, Sponsorship
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import student_terms as reads
from rollbook.systems.college.fees.schedule_forms import GiveDiscountForm, SponsorshipForm
from rollbook.systems.college.fees.schedule_tables import SPONSORSHIP_STATES
from rollbook.systems.college.fees.services import assessments, discounts, sponsors
from rollbook.systems.college.fees.services.covering import share_minor
from rollbook.systems.college.forms import ReasonForm


def shown_term(request: PageRequest, term_enrolment_id: UUID) -> dict[str, Any]:
    """What both faces of a student's term show."""
    shown = reads.get_term(request.actor, term_enrolment_id)
    latest = shown.latest
    return {
        "shown": shown,
        "enrolment": shown.enrolment,
        "latest": latest,
        "sum": _sum(shown) if latest else None,
        "grants": [grant for grant in shown.grants if grant.state == DiscountGrant.State.GRANTED],
        "sponsorships": [_sponsorship(one, shown) for one in shown.sponsorships],
        "history": [(row, Money(row.owed_minor, row.currency)) for row in shown.assessments],
        "refund": reads.refund_preview(request.actor, term_enrolment_id) if shown.invoice else [],
    }


def _sum(shown: reads.TermShown) -> dict[str, Any]:
    latest = shown.latest
    if latest is None or shown.invoice is None:
        return {}
    # What came to the plan since the last assessment (an adjustment of today) belongs to the sum, too.
    besides = latest.adjustments_minor + shown.invoice.total_minor - latest.owed_minor
    return {
        "lines": shown.lines,
        "adjustments": Money(besides, latest.currency) if besides else None,
        "owed": Money(shown.invoice.total_minor, latest.currency),
        "paid": Money(shown.invoice.paid_minor, latest.currency),
        "balance": shown.invoice.balance,
        "by": latest.schedule,
        "is_expected": latest.basis == Assessment.Basis.EXPECTED,
    }


def _sponsorship(one: Sponsorship, shown: reads.TermShown) -> dict[str, Any]:
    total = shown.invoice.total_minor if shown.invoice else 0
    currency = shown.invoice.currency if shown.invoice else ""
    is_running = one.state == Sponsorship.State.ACTIVE
    return {
        "row": one,
        "state": SPONSORSHIP_STATES[one.state],
        "is_running": is_running,
        "share": Money(share_minor(one, total), currency) if is_running and shown.invoice else None,
    }


@page(permission=permissions.SEE_ASSESSMENTS)
def assessment(request: PageRequest, student_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """A student's term for the counter and the registrar."""
    actor = request.actor
    context = shown_term(request, enrolment_id)
    enrolment = context["enrolment"]
    if enrolment.student_id != student_id:
        raise StudentNotFound
    is_live = enrolment.state in TermEnrolment.LIVE and not enrolment.term.has_ended
    context |= {
        "student": enrolment.student,
        "may_assess": actor.may(permissions.ASSESS) and is_live,
        "may_ask": actor.may(permissions.REQUEST_DISCOUNT) and is_live,
        "may_end_sponsor": actor.may(permissions.MANAGE_SPONSORS),
        "account_url": reverse("fees:pay", args=[student_id]) if actor.may(permissions.SEE_ACCOUNTS) else "",
        "agreed": Money(context["shown"].invoice.total_minor, context["shown"].invoice.currency)
        if context["shown"].invoice
        else None,
        "waiting": _waiting(enrolment, context["grants"]),
    }
    return render(request, "college/fees/assessment.html", context)


def _waiting(enrolment: TermEnrolment, grants: list[DiscountGrant]) -> list[ApprovalRequest]:
    kinds = (discounts.GIVE, discounts.END, sponsors.ACCEPT)
    found = ApprovalRequest.objects.filter(
        kind__in=kinds, target_id__in=[enrolment.id, *(grant.id for grant in grants)],
        state=ApprovalRequest.State.PROPOSED,
    )  # fmt: skip
    return list(found.order_by("created_at"))


def _back(request: PageRequest, enrolment: TermEnrolment, message: str) -> HttpResponse:
    return done(request, "fees:assessment", enrolment.student_id, enrolment.id, message=message)


@require_POST
@page(permission=permissions.ASSESS)
def assess(request: PageRequest, student_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Bring a student's plan to what the schedule comes to now."""
    enrolment = _enrolment(request, student_id, enrolment_id)

    def act() -> dict[str, Any]:
        made = assessments.assess(
            request.actor, term_enrolment_id=enrolment.id, reason=request.POST.get("reason", "").strip()
        )
        return {"number": made.number}

    act_once(request, "college.fees.assess", {"id": enrolment.id}, act)
    return _back(request, enrolment, _("Assessed by the fee schedule."))


def _enrolment(request: PageRequest, student_id: UUID, enrolment_id: UUID) -> TermEnrolment:
    found = reads.get_term(request.actor, enrolment_id).enrolment
    if found.student_id != student_id:
        raise StudentNotFound
    return found


@page(permission=permissions.REQUEST_DISCOUNT)
def give_discount(request: PageRequest, student_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Ask a supervisor to give a student a discount."""
    enrolment = _enrolment(request, student_id, enrolment_id)
    form = GiveDiscountForm.of(request)
    if form.is_submitted_and_valid():
        given = dict(form.cleaned_data)

        def act() -> dict[str, Any]:
            asked = discounts.request_discount(
                request.actor, term_enrolment_id=enrolment.id, discount_id=UUID(given["discount_id"]),
                reason=given["reason"],
            )  # fmt: skip
            return {"request_id": str(asked.id)}

        try:
            act_once(request, "college.fees.give_discount", {**given, "id": enrolment.id}, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back(request, enrolment, _("Asked. A supervisor decides about it."))
    context = {"form": form, "enrolment": enrolment, "student": enrolment.student}
    return render(request, "college/fees/give_discount.html", context, status=form.status)


@page(permission=permissions.REQUEST_DISCOUNT)
def end_discount(request: PageRequest, student_id: UUID, enrolment_id: UUID, grant_id: UUID) -> HttpResponse:
    """Ask a supervisor to end a student's discount."""
    enrolment = _enrolment(request, student_id, enrolment_id)
    grant = DiscountGrant.objects.filter(id=grant_id, term_enrolment_id=enrolment.id).first()
    if grant is None:
        raise StudentNotFound
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():

        def act() -> dict[str, Any]:
            asked = discounts.request_end(request.actor, grant_id=grant_id, reason=form.cleaned_data["reason"])
            return {"request_id": str(asked.id)}

        try:
            act_once(request, "college.fees.end_discount", {**form.cleaned_data, "id": grant_id}, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back(request, enrolment, _("Asked. A supervisor decides about it."))
    context = {"form": form, "enrolment": enrolment, "student": enrolment.student, "grant": grant}
    return render(request, "college/fees/end_discount.html", context, status=form.status)


@page(permission=permissions.REQUEST_DISCOUNT)
def give_sponsor(request: PageRequest, student_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Ask a supervisor to accept a sponsor for a student's term."""
    enrolment = _enrolment(request, student_id, enrolment_id)
    form = SponsorshipForm.of(request)
    if form.is_submitted_and_valid():
        given = dict(form.cleaned_data)
        amount = given.pop("amount")
        wanted = sponsors.ShareWanted(
            share=given["share"], percent=given["percent"], letter=given["letter"],
            amount_minor=amount.minor if amount else None,
        )  # fmt: skip

        def act() -> dict[str, Any]:
            asked = sponsors.request_sponsorship(
                request.actor, term_enrolment_id=enrolment.id, sponsor_id=UUID(given["sponsor_id"]), wanted=wanted,
                reason=given["reason"],
            )  # fmt: skip
            return {"request_id": str(asked.id)}

        body = {**given, "amount": amount.to_decimal_string() if amount else "", "id": enrolment.id}
        try:
            act_once(request, "college.fees.give_sponsor", body, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back(request, enrolment, _("Asked. A supervisor decides about it."))
    context = {"form": form, "enrolment": enrolment, "student": enrolment.student}
    return render(request, "college/fees/give_sponsor.html", context, status=form.status)


@page(permission=permissions.OWN_ACCOUNT)
def own_assessment(request: PageRequest) -> HttpResponse:
    """What my term costs and why; of several terms the newest, or the one in the address."""
    terms = reads.own_terms(request.actor)
    wanted = request.GET.get("term", "")
    term = next((one for one in terms if str(one.id) == wanted), terms[0] if terms else None)
    context: dict[str, Any] = {"terms": terms, "term": term}
    if term is not None:
        context |= shown_term(request, term.id)
    return render(request, "college/fees/own_assessment.html", context)
