"""The gallery: every component in every state, live, for those who build pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpResponse

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.forms import DateField, Form, MoneyField
from rollbook.core.web.pages import PageRequest, page
from rollbook.core.web.permissions import VIEW_GALLERY
from rollbook.core.web.rendering import render
from rollbook.core.web.shares import Bar, Part, Ring
from rollbook.core.web.states import State
from rollbook.core.web.tables import (
    BooleanFilter,
    BulkAction,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Table,
    TextFilter,
)

CURRENCY = "PHP"
DEMOS = Path(__file__).parent / "templates" / "rollbook" / "gallery" / "demos"


@dataclass(frozen=True)
class Section:
    """A page of the gallery."""

    key: str
    title: str
    intro: str
    demos: Sequence[str]


SECTIONS = (
    Section("look", "Look", "Type, tones, figures: what everything else is made of.",
            ("type", "tones", "amounts", "icons", "keys")),
    Section("actions", "Actions", "One primary act on a screen; destructive ones apart and named for what they do.",
            ("buttons", "page_header", "tabs", "dialog", "confirm", "toasts")),
    Section("fields", "Fields and forms", "What was typed is kept; what is wrong stands beside the field.",
            ("form", "form_refused", "fields", "choices", "money", "search_box")),
    Section("cards", "Cards and figures", "What needs me now, what is the state, what can I do next.",
            ("next_action", "tiles", "stat", "card", "facts", "alert")),
    Section("records", "Records", "Months, history, decisions.",
            ("strip", "strip_preview", "timeline", "approval", "progress")),
    Section("tables", "Tables", "Filters as sentences, totals of what is filtered, export of exactly that.",
            ("table", "table_empty", "chips", "pager")),
    Section("charts", "Charts", "Only where a shape says more than a number; the numbers are always underneath.",
            ("bars", "rings", "chart_line", "chart_bar")),
    Section("states", "Empty, loading, refused", "No screen is ever blank, and no refusal is ever a code alone.",
            ("empty", "skeleton", "error", "refusal", "denied")),
)  # fmt: skip

STATES = {
    "paid": State("Paid", "good"),
    "due": State("Due", "wait"),
    "late": State("Late", "bad", "circle-alert"),
    "held": State("On hold", "warn"),
    "void": State("Void", "neutral", "minus"),
}


class SampleForm(Form):
    """A form with one field of each kind."""

    rows = (("paid_on", "method"),)

    amount = MoneyField(label="Amount", help_text="As it was handed over.")
    paid_on = DateField(label="Paid on")
    method = forms.ChoiceField(label="Method", choices=[("cash", "Cash"), ("bank", "Bank transfer")])
    reference = forms.CharField(label="Reference", required=False, max_length=40)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    receipt = forms.ChoiceField(
        label="Receipt", choices=[("a5", "A5"), ("80", "80 mm")], widget=forms.RadioSelect, initial="a5"
    )
    send = forms.BooleanField(label="Send the receipt by e-mail", required=False)


class SampleTable(Table):
    """Accounts of a term, made up."""

    name = "sample"
    title = "Accounts"
    columns = (
        Column("name", "Name", sortable=True, primary=True),
        Column("number", "Number", sortable=True),
        Column("programme", "Programme", sortable=True),
        Column("due_minor", "Due", kind="money", sortable=True, total=True),
        Column("paid_minor", "Paid", kind="money", sortable=True, total=True),
        Column("due_on", "Due on", kind="date", sortable=True, nullable=True),
        Column("state", "State", kind="state", states=STATES),
        Column("units", "Units", kind="number", visible=False),
    )
    filters = (
        TextFilter("find", "Name or number", ("name__icontains", "number__startswith")),
        ChoiceFilter("programme", "Programme", choices=(("BSIT", "BSIT"), ("BSA", "BSA"), ("BSN", "BSN"))),
        ChoiceFilter("state", "State", choices=[(k, s.label) for k, s in STATES.items()], multiple=True),
        DateRangeFilter("due_on", "Due"),
        BooleanFilter("owing", "Owing only", lookup={"paid_minor__lt": 1}),
    )
    order = "name"
    page_size = 8
    bulk_actions = (BulkAction("look", "Look at them", "web:gallery", VIEW_GALLERY, icon="eye"),)


class EmptyTable(Table):
    """The same table before anything is in it."""

    name = "sample-empty"
    empty_title = "No accounts yet"
    empty_text = "Enrol the first student and their account stands here."
    title = SampleTable.title
    columns = SampleTable.columns
    order = "name"


def sample_rows() -> list[Mapping[str, Any]]:
    """Twenty-one accounts with believable names and one of every state."""
    names = (
        "Abad, Maria Cristina", "Aquino, Juan Miguel", "Bautista, Angelica", "Cruz, Jose Rafael", "Dela Cruz, Ana Liza",
        "Dimaculangan, Pedro", "Espiritu, Carmela", "Fernandez, Niño", "Garcia, Ramon", "Hernandez, Liezl",
        "Ilagan, Mark Anthony", "Jimenez, Rosario", "Lacson, Bernadette", "Magsaysay, Emilio", "Navarro, Katrina",
        "Ocampo, Dennis", "Pangilinan, Grace", "Quizon, Rodrigo", "Reyes, Maricel", "Santos, Christian",
        "Villanueva, Ma. Teresa",
    )  # fmt: skip
    states = ("paid", "due", "late", "paid", "held", "void", "due")
    rows: list[Mapping[str, Any]] = []
    for index, name in enumerate(names):
        state = states[index % len(states)]
        due = 5_333_34 + index * 75_00
        rows.append(
            {
                "id": str(1000 + index),
                "name": name,
                "number": f"2031-{index * 37 % 900 + 100:05d}",
                "programme": ("BSIT", "BSA", "BSN")[index % 3],
                "due_minor": due,
                "paid_minor": due if state == "paid" else due // 3 if state == "held" else 0,
                "due_on": None if state == "void" else date(2031, 1, 15) + timedelta(days=index % 5 * 30),
                "state": state,
                "units": 18 + index % 4 * 3,
            }
        )
    return rows


def _month_parts(added: int = 0) -> list[Part]:
    whole = Money(5_333_34, CURRENCY)
    parts = [
        Part("Jan", whole, whole, "paid", "15 Jan"),
        Part("Feb", whole, whole, "paid", "15 Feb"),
        Part("Mar", Money(2_000_00, CURRENCY), whole, "late", "12 days late"),
        Part("Apr", Money(0, CURRENCY), whole, "due", "due 15 Apr"),
        Part("May", Money(0, CURRENCY), Money(5_333_33, CURRENCY), "later", "15 May"),
        Part("Jun", Money(0, CURRENCY), Money(5_333_31, CURRENCY), "later", "15 Jun"),
    ]
    if not added:
        return parts
    third, fourth = parts[2], parts[3]
    parts[2] = Part(third.label, third.filled, third.whole, third.state, "full with this", Money(3_333_34, CURRENCY))
    parts[3] = Part(fourth.label, fourth.filled, fourth.whole, fourth.state, "+ 1,666.66", Money(1_666_66, CURRENCY))
    return parts


def _trend() -> Chart:
    start = date(2031, 1, 6)
    taken = [41, 38, 52, 47, 60, 12, 0, 44, 49, 71, 66, 58, 15, 0, 83, 91, 88, 104, 96]
    days = [start + timedelta(days=index) for index in range(len(taken))]
    total, collected, target = 0, [], []
    for index, thousand in enumerate(taken):
        total += thousand * 1_000_00
        collected.append(Money(total, CURRENCY))
        target.append(Money((index + 1) * 55_000_00, CURRENCY))
    return Chart("line", "Collected this term", days, [Series("Collected", collected), Series("Target", target, True)])


def _methods() -> Chart:
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    cash = [Money(v * 1_000_00, CURRENCY) for v in (120, 98, 143, 87, 176, 30)]
    bank = [Money(v * 1_000_00, CURRENCY) for v in (45, 60, 38, 72, 81, 0)]
    return Chart(
        "bar", "Taken by method", days, [Series("Cash", cash), Series("Bank", bank)], label_heading="Day", stacked=True
    )


def _samples(request: PageRequest) -> dict[str, Any]:
    now = clock.now()
    sent = {"amount": "1,5", "paid_on": "", "method": "cash", "reference": "GCASH-77120", "receipt": "80"}
    refused = SampleForm({f"again-{name}": value for name, value in sent.items()}, currency=CURRENCY, prefix="again")
    refused.add_error(None, "This account was closed yesterday. Open the student's new account instead.")
    return {
        "form": SampleForm(currency=CURRENCY, initial={"paid_on": date(2031, 1, 15)}),
        "refused_form": refused,
        "states": list(STATES.values()),
        "paid": Money(10_666_68, CURRENCY),
        "owed": Money(21_333_32, CURRENCY),
        "nothing": Money(0, CURRENCY),
        "back": Money(-1_250_50, CURRENCY),
        "large": Money(1_234_567_89, CURRENCY),
        "sum_rows": [
            ("Plan total", Money(32_000_00, CURRENCY)),
            ("Paid", Money(-10_666_68, CURRENCY)),
            ("Scholarship", Money(0, CURRENCY)),
        ],
        "parts": _month_parts(),
        "preview_parts": _month_parts(5_000_00),
        "bars": [
            Bar("BSIT", Money(912_000_00, CURRENCY), target=Money(1_000_000_00, CURRENCY)),
            Bar("BS Accountancy", Money(744_500_00, CURRENCY), target=Money(700_000_00, CURRENCY)),
            Bar("BS Nursing", Money(388_000_00, CURRENCY), target=Money(900_000_00, CURRENCY)),
        ],
        "aging": [Bar("0–30 days", 214), Bar("31–60 days", 96), Bar("61–90 days", 41), Bar("More than 90 days", 17)],
        "rings": [
            Ring("Major subjects", [("Done", Decimal(48)), ("Running", Decimal("13.5")), ("Left", Decimal("22.5"))]),
            Ring("Electives", [("Done", Decimal(0)), ("Running", Decimal(3)), ("Left", Decimal(9))]),
        ],
        "trend": _trend(),
        "methods": _methods(),
        "table": SampleTable(request, sample_rows(), currency=CURRENCY),
        "empty_table": EmptyTable(request, [], currency=CURRENCY),
        "changes": [("Amount", "₱5,333.34", "₱0.00"), ("Receipt", "OR-2031-000412", "void")],
        "just_now": now - timedelta(minutes=3),
        "long_ago": now - timedelta(days=40),
    }


@cache
def demo_source(name: str) -> str:
    """The template of a demonstration, as one would type it."""
    return (DEMOS / f"{name}.html").read_text("utf-8").strip()


@page(permission=VIEW_GALLERY)
def overview(request: PageRequest) -> HttpResponse:
    """The contents of the gallery."""
    return render(request, "rollbook/gallery/overview.html", {"sections": SECTIONS})


@page(permission=VIEW_GALLERY)
def section(request: PageRequest, section: str) -> HttpResponse:
    """One page of the gallery; the table on it works."""
    found = next((item for item in SECTIONS if item.key == section), None)
    if found is None:
        raise Http404
    samples = _samples(request)
    demos = [(name, f"rollbook/gallery/demos/{name}.html", demo_source(name)) for name in found.demos]
    context = {"section": found, "sections": SECTIONS, "demos": demos, **samples}
    if found.key == "tables":
        table: SampleTable = samples["table"]
        return table.respond("rollbook/gallery/section.html", context)
    return render(request, "rollbook/gallery/section.html", context)


@page(permission=VIEW_GALLERY)
def progress_step(request: PageRequest, step: int) -> HttpResponse:
    """Pretended long work for the gallery: each question finds it further on, and it ends."""
    done = min(step * 5_000, 20_000)
    context = {"done": done, "total": 20_000, "next": step + 1, "state": "done" if done == 20_000 else "running"}
    return render(request, "rollbook/gallery/progress.html", context, fragment="rollbook/gallery/progress.html")
