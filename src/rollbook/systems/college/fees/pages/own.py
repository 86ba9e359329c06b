"""The student's own money: what is due, what was paid, receipts, statement."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core.money import Money
from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.shared.billing.models import Payment
from rollbook.systems.college.fees import permissions, selectors, words
from rollbook.systems.college.fees.reads import counter
from rollbook.systems.college.fees.reads.student_terms import own_terms


@page(permission=permissions.OWN_ACCOUNT)
def own_payments(request: PageRequest) -> HttpResponse:
    """What I owe, what I paid, and my receipts."""
    student_id = selectors.own_student_id(request.actor)
    identity, plans = selectors.identity_and_plans(student_id)
    views = [counter.plan_shown(request.actor, plan) for plan in plans]
    labels = dict(Payment.Method.choices)
    rows = list(selectors.payment_rows(request.actor, student_id).order_by("-received_at", "-id")[:200])
    context: dict[str, Any] = {
        "identity": identity,
        "plans": [
            {
                "view": view,
                "standing": words.standing(view),
                "parts": words.parts(view.months, view.currency),
                "exams": words.exam_lines(view.exams),
                "next": next_step(view),
                "notes": words.note_lines(counter.notes_of(view.plan), view.currency),
                "may_ask": any(month.state.room_minor and not month.state.cover for month in view.months),
            }
            for view in views
        ],
        "credit": views[0].credit if views else None,
        "is_assessed": bool(own_terms(request.actor)),
        "permits_url": reverse("exams:own_permits"),
        "payments": [
            {
                **row,
                "amount": Money(row["amount_minor"], row["currency"]),
                "label": labels[row["method"]],
                "icon": words.METHOD_ICONS[row["method"]],
                "shown_state": words.PAYMENT_STATES[row["state"]] if row["state"] != Payment.State.COMPLETED else None,
            }
            for row in rows
        ],
    }
    return render(request, "college/fees/own_payments.html", context)


def next_step(view: counter.PlanShown) -> dict[str, Any] | None:
    """What the student should do next, if anything is owed."""
    month = view.next_month
    if month is None:
        return None
    late = view.overdue
    if late.minor:
        title, tone = _("%(amount)s is late") % {"amount": formatting.amount_text(late)}, "bad"
    else:
        facts = {
            "amount": formatting.amount_text(Money(month.state.room_minor, view.currency)),
            "day": formatting.day_text(month.state.due_on),
        }
        title, tone = _("%(amount)s is due on %(day)s") % facts, ""
    exam = view.next_locked
    why = ""
    if exam is not None:
        needed = formatting.amount_text(view.needed_for(exam))
        why = _("%(amount)s opens your %(exam)s permit.") % {"amount": needed, "exam": exam.name}
    return {"title": title, "tone": tone, "why": why}
