"""Paying online: the student's way to the provider and back, and the supervisor's list of what came of it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.billing.models import Checkout
from rollbook.shared.gateways.errors import GatewayDown
from rollbook.shared.gateways.jobs import gateway_reconcile_one
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.services.checkouts import account_for_checkouts
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.forms import OnlineForm
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import online as reads
from rollbook.systems.college.fees.services import online, reconciliation
from rollbook.systems.college.fees.tables import OnlinePaymentTable
from rollbook.systems.college.fees.words import ONLINE_STATES, REFUND_STATES
from rollbook.systems.college.forms import ReasonForm


@page(permission=permissions.OWN_ACCOUNT, in_steps=True)
def pay_online(request: PageRequest) -> HttpResponse:
    """How much to pay online; then on to the provider. No transaction is open while the provider is asked."""
    actor = request.actor
    wanted = _term(request)
    with tenant_scope(actor.organisation_id):
        owed = online.owed_online(actor, wanted)
        account = account_for_checkouts()
        form = OnlineForm.of(request, initial={"amount": owed.next_due, "term_enrolment_id": wanted})
        begun = _begin(request, form) if form.is_submitted_and_valid() else None
        context = {
            "form": form,
            "owed": owed,
            "provider": PROVIDERS[account.provider].label if account else "",
            "is_test": bool(account and not account.is_live),
        }
        response = render(request, "college/fees/pay_online.html", context, status=form.status)
    if begun is None:
        return response
    payment_id = UUID(begun["payment_id"])
    try:
        online.send_checkout(actor, UUID(begun["session_id"]), payment_id)
    except GatewayDown:
        # It is noted, asked about within the hour, and can be tried again from its own page.
        return done(request, "fees:online_payment", payment_id)
    return done(request, "fees:online_payment", payment_id)


def _term(request: PageRequest) -> UUID | None:
    given = request.POST.get("term_enrolment_id") or request.GET.get("term") or ""
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _begin(request: PageRequest, form: OnlineForm) -> dict[str, Any] | None:
    cleaned = form.cleaned_data
    amount = cleaned["amount"]

    def act() -> dict[str, Any]:
        session = online.begin_checkout(
            request.actor, amount=amount, term_enrolment_id=cleaned.get("term_enrolment_id")
        )
        return {"session_id": str(session.id), "payment_id": str(session.checkout_id)}

    body = {"amount": amount.to_decimal_string(), "term_enrolment_id": str(cleaned.get("term_enrolment_id") or "")}
    try:
        return act_once(request, "college.me.checkout", body, act, form=form)
    except Refusal as refusal:
        form.refuse(refusal)
        return None


@page(permission=permissions.OWN_ACCOUNT)
def online_payment(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """How one online payment stands: on to the provider, on its way, recorded, or over. Also where one comes back to.

    Coming back proves nothing: the provider is asked, by job, and the page says so until the answer is there.
    """
    session = online.own_session(request.actor, payment_id)
    begun = session.checkout
    is_open = online.is_on_its_way(session)
    came_back = is_open and bool(session.redirect_url) and "pay" not in request.GET
    if came_back and _may_ask_again(session.asked_at):
        gateway_reconcile_one.defer(organisation_id=request.actor.organisation_id, session_id=session.id)
    context = {
        "session": session,
        "amount": Money(begun.amount_minor, begun.currency),
        "state": ONLINE_STATES[begun.state],
        "is_open": is_open,
        "is_down": is_open and not session.redirect_url,
        "is_paid": begun.state == Checkout.State.COMPLETED,
        "provider": PROVIDERS[session.account.provider].label,
        "here": resolve_url("fees:online_payment", payment_id),
    }
    return render(request, "college/fees/online_payment.html", context)


def _may_ask_again(asked_at: Any) -> bool:
    """A page that is looked at again and again asks the provider no more than every twenty seconds."""
    return asked_at is None or (clock.now() - asked_at).total_seconds() > 20


@page(permission=permissions.RECONCILE)
def reconciliation_page(request: PageRequest) -> HttpResponse:
    """What came through the providers, and what needs somebody."""
    actor = request.actor
    context = {
        "state": reads.online_state(actor),
        "events": reads.parked_events(actor)[:20],
        "refunds": [
            (one, Money(one.amount_minor, one.currency), REFUND_STATES[one.state], one.state == one.State.FAILED)
            for one in reads.refunds_to_watch(actor)[:50]
        ],
    }
    table = OnlinePaymentTable(request, reads.online_payments(actor).values(*OnlinePaymentTable.fields()))
    return table.respond("college/fees/reconciliation.html", context)


@page(permission=permissions.RECONCILE)
def online_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """One online payment as we and the provider know it."""
    session = reads.online_payment(request.actor, session_id)
    begun = session.checkout
    context = {
        "session": session,
        "amount": Money(begun.amount_minor, begun.currency),
        "fee": Money(session.fee_minor, begun.currency) if session.fee_minor is not None else None,
        "state": ONLINE_STATES[begun.state],
        "provider": PROVIDERS[session.account.provider].label,
        "is_open": online.is_on_its_way(session),
    }
    return render(request, "college/fees/online_session.html", context)


@require_POST
@page(permission=permissions.RECONCILE)
def ask_provider(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Have the provider asked now."""
    reconciliation.ask_provider(request.actor, session_id=session_id)
    message = _("The provider is being asked. Reload in a moment.")
    return done(request, "fees:online_session", session_id, message=message)


@require_POST
@page(permission=permissions.RECONCILE)
def send_refund_again(request: PageRequest, refund_id: UUID) -> HttpResponse:
    """Send a failed refund again."""
    reconciliation.send_refund_again(request.actor, refund_id=refund_id)
    return done(request, "fees:reconciliation", message=_("The refund is sent again."))


@page(permission=permissions.RECONCILE)
def end_refund(request: PageRequest, refund_id: UUID) -> HttpResponse:
    """Note that the payer got a failed refund another way."""
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        try:
            reconciliation.end_refund(request.actor, refund_id=refund_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:reconciliation", message=_("Noted. The refund is settled."))
    return render(request, "college/fees/end_refund.html", {"form": form}, status=form.status)
