"""One student at the counter: what is owed, where an amount would land, and the payment itself."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.billing.models import Payment
from rollbook.shared.billing.services.payments import COUNTER_METHODS
from rollbook.systems.college.fees import permissions, selectors, words
from rollbook.systems.college.fees.forms import PaymentForm
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import counter, takings
from rollbook.systems.college.fees.reads.counter import PlanShown
from rollbook.systems.college.fees.selectors import TermPlan
from rollbook.systems.college.fees.services.payments import record_payment

ROUTE = "college.fees.pay"


@page(permission=permissions.SEE_ACCOUNTS)
def pay(request: PageRequest, student_id: UUID) -> HttpResponse:
    """The payment screen: an amount, a look at where it lands, Enter, receipt."""
    identity, plans = selectors.identity_and_plans(student_id)
    chosen = _chosen(request, plans)
    context = {"identity": identity, "terms": _terms(request.actor, plans), "student_id": student_id}
    if chosen is None:
        return render(request, "college/fees/choose_term.html", context)
    view = counter.plan_shown(request.actor, chosen)
    form = _form(request, student_id, view)
    if form.is_submitted_and_valid() and request.POST.get("step") != "change":
        return _submitted(request, view, form, context)
    return _page(request, view, form, context)


def _chosen(request: PageRequest, plans: list[TermPlan]) -> TermPlan | None:
    """The term the money is for: the one named, else the only one that takes money. Never the first of several."""
    wanted = request.POST.get("term_enrolment_id") or request.GET.get("term", "")
    named = [plan for plan in plans if str(plan.term_enrolment_id) == wanted]
    if named:
        return named[0]
    taking = [plan for plan in plans if plan.takes_money] or plans
    return taking[0] if len(taking) == 1 else None


def _terms(actor: Actor, plans: list[TermPlan]) -> list[tuple[TermPlan, PlanShown]]:
    """Every live plan beside its figures, where there is a choice."""
    return [(plan, counter.plan_shown(actor, plan)) for plan in plans] if len(plans) > 1 else []


def _form(request: PageRequest, student_id: UUID, view: PlanShown) -> PaymentForm:
    return PaymentForm.of(
        request,
        initial={"term_enrolment_id": view.plan.term_enrolment_id, "method": _usual_method(request)},
        currency=view.currency,
        preview_url=reverse("fees:preview", args=[student_id]),
        placeholder=formatting.figures(view.suggested) if view.suggested else "",
    )


def _usual_method(request: PageRequest) -> str:
    """Cash, while a drawer is open to take it."""
    is_open = takings.own_open_shift(request.actor) is not None
    return Payment.Method.CASH if is_open else Payment.Method.BANK_TRANSFER


def _page(request: PageRequest, view: PlanShown, form: PaymentForm, context: dict[str, Any]) -> HttpResponse:
    actor = request.actor
    shift = takings.own_open_shift(actor)
    full = {
        **context,
        "view": view,
        "form": form,
        "standing": words.standing(view),
        "parts": words.parts(view.months, view.currency),
        "exams": words.exam_lines(view.exams),
        "suggestions": _suggestions(view),
        "methods": [(choice, words.METHOD_ICONS[str(choice.data["value"])]) for choice in form["method"]],
        "payments": _payment_lines(actor, view.plan.student_id),
        "notes": words.note_lines(counter.notes_of(view.plan), view.currency),
        "has_shift": shift is not None,
        "counter_methods": sorted(COUNTER_METHODS),
        "may_pay": actor.may(permissions.RECORD_PAYMENT) and view.plan.takes_money,
        "may_see_assessment": actor.may(permissions.SEE_ASSESSMENTS),
        "may_promise": actor.may(permissions.REQUEST_NOTE) and view.next_month is not None,
    }
    return render(request, "college/fees/pay.html", full, status=form.status)


def _suggestions(view: PlanShown) -> list[tuple[str, str, str]]:
    """Amounts that are asked for again and again: label, the amount in words, what the field takes."""
    found: list[tuple[str, Money]] = []
    month = view.next_month
    if month is not None:
        found.append((_("Month %(n)s") % {"n": month.number}, Money(month.state.room_minor, view.currency)))
    if view.overdue.minor:
        found.append((_("All that is late"), view.overdue))
    if view.balance.minor:
        found.append((_("Whole balance"), view.balance))
    kept: dict[int, tuple[str, Money]] = {}
    for label, amount in found:
        kept.setdefault(amount.minor, (label, amount))
    return [(label, formatting.amount_text(amount), formatting.figures(amount)) for label, amount in kept.values()]


def _payment_lines(actor: Actor, student_id: UUID) -> list[dict[str, Any]]:
    labels = dict(Payment.Method.choices)
    return [
        {
            **row,
            "amount": Money(row["amount_minor"], row["currency"]),
            "label": labels[row["method"]],
            "icon": words.METHOD_ICONS[row["method"]],
            "shown_state": words.PAYMENT_STATES[row["state"]] if row["state"] != Payment.State.COMPLETED else None,
        }
        for row in counter.latest_payments(actor, student_id)
    ]


def _submitted(request: PageRequest, view: PlanShown, form: PaymentForm, context: dict[str, Any]) -> HttpResponse:
    """Either the last look before it is recorded, or the record."""
    amount = form.cleaned_data["amount"] or view.suggested
    if amount is None:
        form.add_error("amount", _("Nothing is due in this term. Enter an amount to keep as credit."))
        return _page(request, view, form, context)
    if request.POST.get("step") != "record":
        return _review(request, view, form, amount, context)
    try:
        recorded = act_once(
            request, ROUTE, _body(view, form, amount), lambda: _record(request, view, form, amount), form=form
        )
    except Refusal as refusal:
        form.refuse(refusal)
        response = _page(request, view, form, {**context, "refused": refusal})
        response.status_code = refusal.status
        return response
    return done(request, "fees:payment", recorded["payment_id"], message=recorded["message"])


def _review(
    request: PageRequest, view: PlanShown, form: PaymentForm, amount: Money, context: dict[str, Any]
) -> HttpResponse:
    foreseen = counter.foresee(view, amount)
    review = {
        **context,
        "view": view,
        "form": form,
        "amount": amount,
        "typed": form.cleaned_data["amount"] is not None,
        "method": dict(Payment.Method.choices)[form.cleaned_data["method"]],
        "reference": form.cleaned_data["external_reference"],
        "fields": _fields(form, amount),
        **_landing(view, amount),
        "balance_after": view.balance - (amount - foreseen.credit),
    }
    return render(request, "college/fees/review.html", review)


def _fields(form: PaymentForm, amount: Money) -> list[tuple[str, str]]:
    """What the record step sends again: the amount as it was read, not as it was typed."""
    cleaned = form.cleaned_data
    return [
        ("amount", formatting.figures(amount)),
        ("method", cleaned["method"]),
        ("external_reference", cleaned["external_reference"]),
        ("term_enrolment_id", str(cleaned["term_enrolment_id"])),
        ("idempotency_key", form.idempotency_key),
    ]


def _landing(view: PlanShown, amount: Money) -> dict[str, Any]:
    foreseen = counter.foresee(view, amount)
    return {
        "parts": words.parts(foreseen.months, view.currency),
        "sentence": words.landing_sentence(foreseen),
        "opening": words.opening_sentence(foreseen.exams_opened),
        "credit": foreseen.credit,
    }


def _body(view: PlanShown, form: PaymentForm, amount: Money) -> dict[str, Any]:
    return {
        "term_enrolment_id": view.plan.term_enrolment_id,
        "amount": amount.to_decimal_string(),
        "method": form.cleaned_data["method"],
        "external_reference": form.cleaned_data["external_reference"],
    }


def _record(request: PageRequest, view: PlanShown, form: PaymentForm, amount: Money) -> dict[str, Any]:
    paid = record_payment(
        request.actor,
        student_id=view.plan.student_id,
        term_enrolment_id=view.plan.term_enrolment_id,
        amount=amount,
        method=form.cleaned_data["method"],
        external_reference=form.cleaned_data["external_reference"],
    )
    facts = {"amount": formatting.amount_text(amount), "number": paid.taken.receipt_number}
    return {
        "payment_id": str(paid.taken.payment_id),
        "message": _("%(amount)s recorded, receipt %(number)s.") % facts,
    }


@require_POST
@page(permission=permissions.SEE_ACCOUNTS)
def preview(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Where the amount in the field would land, while it is being typed. Nothing is saved."""
    plan = _chosen(request, selectors.plans_of(student_id))
    if plan is None:
        return render(request, "college/fees/parts/landing.html", {})
    view = counter.plan_shown(request.actor, plan)
    form = _form(request, student_id, view)
    form.is_valid()
    amount = form.cleaned_data.get("amount")
    context: dict[str, Any] = {"view": view, "parts": words.parts(view.months, view.currency)}
    if amount is not None:
        context.update(_landing(view, amount))
    elif "amount" in form.errors:
        context["unreadable"] = form.errors["amount"][0]
    return render(request, "college/fees/parts/landing.html", context)
