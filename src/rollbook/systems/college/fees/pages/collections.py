"""How a term's money comes in, for who supervises the counter."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core.approvals.selectors import waiting_for
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.shares import Bar
from rollbook.shared.billing.models import Payment
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import current_term
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.pages.desk import hours_chart, method_bars
from rollbook.systems.college.fees.reads import queues, takings
from rollbook.systems.college.fees.reads.collections import Bucket, Collections, collections


@page(permission=permissions.SEE_ALL_SHIFTS)
def dashboard(request: PageRequest) -> HttpResponse:
    """Collections of a term: what waits, how it stands, what is late."""
    terms = list(Term.objects.exclude(state=Term.State.SETUP).order_by("-starts_on")[:8])
    term = _wanted(request.GET.get("term", ""), terms)
    today = selectors.today_here()
    taken = takings.takings(request.actor, today, everybody=True)
    context: dict[str, Any] = {
        "terms": terms,
        "term": term,
        "waiting": _waiting(request.actor),
        "taken": taken,
        "hours_chart": hours_chart(taken),
        "today": today,
        "today_bars": method_bars(taken),
        "open_shifts": takings.shifts(request.actor).filter(state="OPEN").count(),
    }
    if term is not None:
        figures = collections(request.actor, term, today)
        context.update(_drawn(figures))
    return render(request, "college/fees/collections.html", context)


def _wanted(text: str, terms: list[Term]) -> Term | None:
    """The term in the address, else the current one, else the latest."""
    named = next((term for term in terms if str(term.id) == text), None)
    return named or current_term() or (terms[0] if terms else None)


def _waiting(actor: Actor) -> list[dict[str, Any]]:
    """What needs the supervisor now, the most urgent first; at most three."""
    counts = queues.waiting_counts(actor)
    approvals = waiting_for(actor).count()
    lines = [
        (approvals, "clipboard-check", _("Requests wait for your decision"), reverse("approvals:queue"), _("Decide")),
        (counts["notes"], "handshake", _("Promises wait for approval"), reverse("fees:notes"), _("Look at them")),
        (counts["rows"], "file-spreadsheet", _("Bank rows fit nobody"), reverse("fees:unmatched"), _("Settle them")),
    ]
    return [
        {"count": count, "icon": icon, "title": title, "url": url, "label": label}
        for count, icon, title, url, label in lines
        if count
    ]


def _drawn(figures: Collections) -> dict[str, Any]:
    labels = dict(Payment.Method.choices)
    return {
        "figures": figures,
        "course": _course(figures),
        "programmes": [
            Bar(line.code, line.paid, target=line.due, note=_("%(n)s students") % {"n": line.students})
            for line in figures.programmes
        ],
        "methods": [Bar(str(labels[share.method]), share.amount) for share in figures.methods],
        "buckets": [
            Bar(_bucket(bucket), bucket.amount, note=_("%(n)s students") % {"n": bucket.students})
            for bucket in figures.buckets
        ],
        "is_behind": figures.paid < figures.due_by_now,
        "distance": max(figures.paid, figures.due_by_now) - min(figures.paid, figures.due_by_now),
    }


def _course(figures: Collections) -> Chart | None:
    until_today = [point for point in figures.course if point[1] is not None]
    if len(until_today) < 2:
        return None
    days = [day for day, _received, _due in until_today]
    return Chart(
        "line",
        _("Received against due"),
        days,
        [
            Series(_("Received"), [received for _day, received, _due in until_today]),
            Series(_("Due"), [due for _day, _received, due in until_today], dashed=True),
        ],
    )


def _bucket(bucket: Bucket) -> str:
    if bucket.last_day is None:
        return _("More than %(days)s days") % {"days": bucket.first_day - 1}
    first = 0 if bucket.first_day == 1 else bucket.first_day
    return _("%(first)s–%(last)s days") % {"first": first, "last": bucket.last_day}
