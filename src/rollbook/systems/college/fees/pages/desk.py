"""The cashier's home: the shift, the search, and what came in today."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.rendering import done
from rollbook.core.web.search import Found, SearchRow
from rollbook.core.web.shares import Bar
from rollbook.shared.billing.models import Payment
from rollbook.shared.billing.services.shifts import drawer_of
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.reads import payments as payment_reads
from rollbook.systems.college.fees.reads import takings as taking_reads
from rollbook.systems.college.fees.reads.takings import Takings
from rollbook.systems.college.fees.words import METHOD_ICONS, PAYMENT_STATES, hour_text

#: Payments on the home page; the rest stand in the list.
LATEST = 10
MOST_FOUND = 20
LONGEST_SEARCH = 100


@page(permission=permissions.SEE_ACCOUNTS)
def desk(request: PageRequest) -> HttpResponse:
    """The cashier's home."""
    actor = request.actor
    shift = taking_reads.own_open_shift(actor)
    today = selectors.today_here()
    taken = taking_reads.takings(actor, today)
    drawer = drawer_of(shift) if shift else None
    context = {
        "shift": shift,
        "since": hour_text(shift.opened_at) if shift else "",
        "drawer": Money(drawer.expected_minor, shift.currency) if shift and drawer else None,
        "taken": taken,
        "cash": Money(taken.by_method.get(Payment.Method.CASH, 0), taken.currency),
        "hours_chart": hours_chart(taken),
        "method_bars": method_bars(taken),
        "latest": [_payment_line(row) for row in payment_reads.own_today(actor)[:LATEST]],
        "today": today,
        "returned": _returned(actor, today),
        "may_supervise": actor.may(permissions.SEE_ALL_SHIFTS),
    }
    return render(request, "college/fees/desk.html", context)


def _payment_line(payment: Any) -> dict[str, Any]:
    return {
        "id": payment.id,
        "receipt_number": payment.receipt_number,
        "name": f"{payment.family_name}, {payment.given_name}" if payment.given_name else payment.family_name,
        "amount": _amount(payment),
        "method": payment.get_method_display(),
        "icon": METHOD_ICONS[payment.method],
        "received_at": payment.received_at,
        "state": PAYMENT_STATES[payment.state] if payment.state != Payment.State.COMPLETED else None,
    }


def _returned(actor: Actor, today: date) -> list[ApprovalRequest]:
    """One's own requests that a supervisor sent back today."""
    if actor.user_id is None:
        return []
    sent_back = ApprovalRequest.objects.filter(
        proposed_by=actor.user_id, state=ApprovalRequest.State.RETURNED, kind__startswith="college.fees."
    ).order_by("-decided_at")[:3]
    facts = organisation_in_scope()
    return [request for request in sent_back if request.decided_at and facts.local_date(request.decided_at) == today]


def hours_chart(taken: Takings) -> Chart | None:
    """What came in by the hour, drawn; nothing before the first payment."""
    if not taken.hours:
        return None
    return Chart(
        "bar",
        _("Taken by the hour"),
        [_("%(hour)s h") % {"hour": hour} for hour in taken.hours],
        [Series(_("Taken"), [Money(taken.by_hour.get(hour, 0), taken.currency) for hour in taken.hours])],
        label_heading=_("Hour"),
    )


def method_bars(taken: Takings) -> list[Bar]:
    """What came in by each method, the largest first."""
    labels = dict(Payment.Method.choices)
    ranked = sorted(taken.by_method.items(), key=lambda pair: -pair[1])
    return [Bar(str(labels[method]), Money(minor, taken.currency)) for method, minor in ranked]


@require_POST
@page(permission=permissions.SEE_ACCOUNTS)
def find(request: PageRequest) -> HttpResponse:
    """Find a student or a receipt; the only match opens at once, so that a scanner needs no click."""
    text = _typed(request)
    groups = _found(request.actor, text)
    rows = [row for group in groups for row in group.rows]
    exact = [row for row in rows if row.detail.split(" · ")[0].casefold() == text.casefold()]
    if len(rows) == 1 or len(exact) == 1:
        return done(request, (exact or rows)[0].url)
    return render(request, "college/fees/found.html", {"text": text, "found": groups})


@require_POST
@page(permission=permissions.SEE_ACCOUNTS)
def suggest(request: PageRequest) -> HttpResponse:
    """The list under the search box, while one is typing."""
    text = _typed(request)
    context = {
        "place": "desk",
        "text": text,
        "found": _found(request.actor, text) if len(text) > 1 else [],
        "places": [],
    }
    return render(request, "rollbook/search/suggestions.html", context)


def _typed(request: PageRequest) -> str:
    return " ".join(request.POST.get("text", "")[:LONGEST_SEARCH].split())


def _found(actor: Actor, text: str) -> list[Found]:
    groups = [
        Found("students", _("Students"), "user-round", tuple(student_rows(actor, text, MOST_FOUND))),
        Found("receipts", _("Receipts"), "receipt", tuple(receipt_rows(actor, text))),
    ]
    return [group for group in groups if group.rows]


def student_rows(actor: Actor, text: str, most: int) -> list[SearchRow]:
    """Students as the counter tells them apart: number, programme, what they owe."""
    currency = organisation_in_scope().currency
    rows = []
    for student in selectors.find_students(actor, text, most):
        owed = Money.parse(student["balance"], currency)
        owes = _("owes %(amount)s") % {"amount": formatting.amount_text(owed)} if owed.minor else _("owes nothing")
        rows.append(
            SearchRow(
                title=student["name"],
                url=reverse("fees:pay", args=[student["id"]]),
                detail=f"{student['student_number']} · {student['programme']} · {owes}",
            )
        )
    return rows


def _amount(payment: Payment) -> Money:
    return Money(payment.amount_minor, payment.currency)


def receipt_rows(actor: Actor, text: str) -> list[SearchRow]:
    """The payment of a receipt whose number was typed whole."""
    found: list[Any] = list(payment_reads.payments_of_receipt(actor, text)) if any(map(str.isdigit, text)) else []
    return [
        SearchRow(
            title=f"{payment.family_name}, {payment.given_name}",
            url=reverse("fees:payment", args=[payment.id]),
            detail=f"{payment.receipt_number} · {formatting.amount_text(_amount(payment))}",
            badge=PAYMENT_STATES[payment.state],
        )
        for payment in found
    ]
