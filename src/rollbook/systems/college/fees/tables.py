"""The lists of the college's money."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import Membership
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, DateRangeFilter, Table, TextFilter
from rollbook.shared.billing.models import BankFileRow, Payment, PromissoryNote, Shift
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.words import (
    NOTE_STATES,
    ONLINE_STATES,
    PAYMENT_STATES,
    ROW_STATES,
    SHIFT_STATES,
)

_METHODS = dict(Payment.Method.choices)
_REASONS = dict(BankFileRow.Reason.choices)
_NAME = ("family_name", "given_name")


def name_of(row: Any) -> str:
    """Family name first, as rolls are kept."""
    return ", ".join(filter(None, (row["family_name"], row["given_name"])))


def method_of(row: Any) -> str:
    """The method in words."""
    return str(_METHODS.get(row["method"], row["method"]))


def programme_choices(*_args: Any) -> Sequence[tuple[Any, str]]:
    """The programmes of the organisation in scope."""
    return list(Programme.objects.order_by("code").values_list("code", "code"))


def cashier_choices(*_args: Any) -> Sequence[tuple[Any, str]]:
    """Everybody who may take money here."""
    members = Membership.objects.filter(roles__overlap=["cashier", "cashier_supervisor"]).order_by("name")
    return [(str(user_id), name) for user_id, name in members.values_list("user_id", "name")]


class PaymentTable(Table):
    """Payments, the newest first."""

    name = "payments"
    title = _("Payments")
    columns = (
        Column("receipt_number", _("Receipt"), sortable=True, link="fees:payment"),
        Column("student", _("Student"), text=name_of, needs=_NAME, sortable=_NAME, primary=True, link="fees:payment"),
        Column("student_number", _("Number"), sortable=True, nullable=True, visible=False),
        Column("programme", _("Programme"), visible=False, nullable=True),
        Column("method", _("Method"), text=method_of, needs=("method",), export=method_of),
        Column("external_reference", _("Reference"), visible=False),
        Column("received_at", _("Received"), kind="datetime", sortable=True),
        Column("cashier", _("Recorded by"), nullable=True, visible=False),
        Column("state", _("State"), kind="state", states=PAYMENT_STATES),
        Column("amount_minor", _("Amount"), kind="money", sortable=True),
        Column("kept_minor", _("Kept"), kind="money", total=True, visible=False),
    )
    filters = (
        TextFilter(
            "find",
            _("Name, number, receipt or reference"),
            ("family_name__istartswith", "student_number__startswith", "receipt_number__iexact",
             "external_reference__istartswith"),
        ),
        DateRangeFilter("received_on", _("Received")),
        ChoiceFilter("method", _("Method"), choices=list(Payment.Method.choices), lookup="method", multiple=True),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in PAYMENT_STATES.items()], lookup="state",
            multiple=True,
        ),
        ChoiceFilter("cashier", _("Recorded by"), choices=cashier_choices, lookup="recorded_by"),
    )  # fmt: skip
    order = "-received_at"
    export_permission = permissions.SEE_ALL_SHIFTS
    empty_title = _("No payments yet")
    empty_text = _("The first payment at a counter will stand here.")
    empty_icon = "receipt"


class ShiftTable(Table):
    """Shifts with what they were off by."""

    name = "shifts"
    title = _("Shifts")
    columns = (
        Column("cashier_name", _("Cashier"), sortable=True, primary=True, link="fees:shift_report"),
        Column("station", _("Station"), sortable=True),
        Column("state", _("State"), kind="state", states=SHIFT_STATES),
        Column("opened_at", _("Opened"), kind="datetime", sortable=True),
        Column("closed_at", _("Closed"), kind="datetime", sortable=True, nullable=True, visible=False),
        Column("expected_minor", _("Expected"), kind="money", nullable=True),
        Column("counted_minor", _("Counted"), kind="money", nullable=True),
        Column("variance_minor", _("Difference"), kind="money", sortable=True, nullable=True, total=True),
    )
    filters = (
        DateRangeFilter("opened_at", _("Opened")),
        ChoiceFilter("cashier", _("Cashier"), choices=cashier_choices, lookup="cashier_id"),
        BooleanFilter("open", _("Open now"), lookup={"state": Shift.State.OPEN}),
        BooleanFilter("short", _("Short"), lookup={"variance_minor__lt": 0}),
        BooleanFilter("over", _("Over"), lookup={"variance_minor__gt": 0}),
    )
    order = "-opened_at"
    empty_title = _("No shifts yet")
    empty_text = _("A shift stands here as soon as a cashier opens one.")
    empty_icon = "wallet"


class NoteTable(Table):
    """Promissory notes, those that fall due first on top."""

    name = "notes"
    title = _("Promissory notes")
    columns = (
        Column("student", _("Student"), text=name_of, needs=_NAME, sortable=_NAME, primary=True, link="fees:note"),
        Column("student_number", _("Number"), sortable=True, nullable=True),
        Column("programme", _("Programme"), nullable=True),
        Column("month", _("Month"), kind="number"),
        Column("amount_minor", _("Promised"), kind="money", sortable=True),
        Column("open_minor", _("Still open"), kind="money", total=True),
        Column("due_on", _("By"), kind="date", sortable=True),
        Column("state", _("State"), kind="state", states=NOTE_STATES),
    )
    filters = (
        TextFilter("find", _("Name or number"), ("family_name__istartswith", "student_number__startswith")),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in NOTE_STATES.items()], multiple=True
        ),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme"),
        DateRangeFilter("due_on", _("By")),
        BooleanFilter("live", _("Live only"), lookup={"state__in": list(PromissoryNote.LIVE)}),
    )
    order = "due_on"
    empty_title = _("No promissory notes yet")
    empty_text = _("A promise that a cashier records stands here until somebody approves it.")
    empty_icon = "handshake"


class UnmatchedTable(Table):
    """Rows of bank files that could not be credited."""

    name = "unmatched"
    title = _("Unmatched rows")
    columns = (
        Column("reference", _("Reference"), sortable=True, primary=True, link="fees:unmatched_row"),
        Column("customer_number", _("Number"), sortable=True),
        # As the file has it: what cannot be read as an amount stands here too.
        Column("amount", _("Amount")),
        Column("paid_at", _("Paid")),
        Column("reason", _("Why it waits"), text=lambda row: _REASONS[row["reason"]], needs=("reason",)),
        Column("message", _("What is wrong"), visible=False),
        Column("state", _("State"), kind="state", states=ROW_STATES),
        Column("created_at", _("Since"), kind="datetime", sortable=True),
        Column("file_name", _("File"), visible=False),
        Column("line", _("Line"), kind="number", visible=False),
    )
    filters = (
        TextFilter("find", _("Reference or number"), ("reference__istartswith", "customer_number__startswith")),
        ChoiceFilter("reason", _("Why it waits"), choices=list(BankFileRow.Reason.choices), multiple=True),
        ChoiceFilter("state", _("State"), choices=[(key, state.label) for key, state in ROW_STATES.items()]),
    )
    order = "created_at"
    empty_title = _("Nothing waits")
    empty_text = _("Every row of every bank file found its student.")
    empty_icon = "check-check"


class BankFileTable(Table):
    """Bank files that were read."""

    name = "bank-files"
    title = _("Bank files")
    columns = (
        Column("name", _("File"), sortable=True, primary=True, link="fees:bank_file"),
        Column("created_at", _("Received"), kind="datetime", sortable=True),
        Column("row_count", _("Rows"), kind="number"),
        Column("credited_count", _("Credited"), kind="number"),
        Column("credited_minor", _("Amount"), kind="money", total=True),
        Column("unmatched_count", _("Waiting or settled by hand"), kind="number"),
    )
    order = "-created_at"
    empty_title = _("No bank file yet")
    empty_text = _("Payments from the bank are credited from a CSV file; what fits nobody waits for you.")
    empty_icon = "file-spreadsheet"


class OnlinePaymentTable(Table):
    """Online payments, the newest first."""

    name = "online-payments"
    title = _("Online payments")
    columns = (
        Column("student", _("Student"), text=name_of, needs=_NAME, sortable=_NAME, primary=True),
        Column("student_number", _("Number"), nullable=True),
        Column("created_at", _("Started"), kind="datetime", sortable=True),
        Column("state", _("State"), kind="state", states=ONLINE_STATES),
        Column("receipt_number", _("Receipt"), nullable=True),
        Column("provider", _("Provider"), visible=False),
        Column("provider_session_id", _("Provider's number"), visible=False),
        Column("asked_at", _("Asked last"), kind="datetime", nullable=True, visible=False),
        Column("fee_minor", _("Provider's fee"), kind="money", nullable=True, visible=False),
        Column("amount_minor", _("Amount"), kind="money", sortable=True, total=True),
    )
    filters = (
        TextFilter(
            "find",
            _("Name, number, receipt or provider's number"),
            ("family_name__istartswith", "student_number__startswith", "receipt_number__iexact",
             "provider_session_id__exact", "provider_intent_id__exact"),
        ),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in ONLINE_STATES.items()], lookup="state",
            multiple=True,
        ),
        DateRangeFilter("started", _("Started"), lookup="created_at", moments=True),
    )  # fmt: skip
    order = "-created_at"
    row_link = "fees:online_session"
    empty_title = _("No online payment yet")
    empty_text = _("Whoever goes to pay online stands here at once, and how it ended.")
    empty_icon = "globe"
