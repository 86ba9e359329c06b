"""What the papers of the college's money say: receipts, statements, shift reports. Drawn by the documents room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollbook.core.money import Money
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.shared.billing.models import Receipt, Shift
from rollbook.shared.documents.papers import PAPERS, Paper, receipt, render_pdf, shift_report, statement
from rollbook.shared.documents.papers.data import Institution, PaperData, ReceiptData, ShiftReportData, StatementData
from rollbook.systems.college.fees.policies import RECEIPT_TITLE, TITLES
from rollbook.systems.college.fees.reads.counter import PaymentShown, PlanShown
from rollbook.systems.college.fees.reads.takings import ShiftReport

RECEIPT_PAPERS = {"a5": PAPERS["A5"], "80mm": PAPERS["80mm"]}
REPORT_PAPERS = {"a4": PAPERS["A4"], "80mm": PAPERS["80mm"]}

#: The labels that the layouts write, for whoever translates.
_LABELS = (
    gettext_noop("Received from"), gettext_noop("For"), gettext_noop("Amount"), gettext_noop("Amount received"),
    gettext_noop("Received"), gettext_noop("Paid by"), gettext_noop("Reference"), gettext_noop("Cashier"),
    gettext_noop("Date"), gettext_noop("Number"), gettext_noop("COPY"), gettext_noop("Page"), gettext_noop("of"),
    gettext_noop("Instalment"), gettext_noop("Instalments"), gettext_noop("Due on"), gettext_noop("Due"),
    gettext_noop("Paid"), gettext_noop("Left"), gettext_noop("State"), gettext_noop("What happened"),
    gettext_noop("What"), gettext_noop("Charged"), gettext_noop("Balance"), gettext_noop("Count"),
    gettext_noop("Note or coin"), gettext_noop("Pieces"), gettext_noop("Counted cash"),
)  # fmt: skip


def frame() -> PaperData:
    """What every paper has: the house, its words and its way of writing figures."""
    organisation = organisation_in_scope()
    style = formatting.amount_style(formatting.current_locale(), organisation.currency)
    house = Institution(name=organisation.name, accent=organisation.accent)
    return PaperData(
        institution=house,
        words={label: _(label) for label in _LABELS},
        separators={"group": style.group, "decimal": style.decimal},
    )


def receipt_title(issued_at: datetime) -> str:
    """What the paper is called, by the setting of the day it was issued."""
    return _(TITLES[policies.get(RECEIPT_TITLE, issued_at)])


def receipt_data(shown: PaymentShown) -> ReceiptData:
    """A receipt from what was frozen when it was issued."""
    snapshot = shown.receipt.snapshot
    lines = [(_("Month %(n)s") % {"n": part["number"]}, part["amount"]) for part in snapshot["landed"]]
    if shown.credit.minor:
        lines.append((_("Kept as credit"), snapshot["credit"]))
    return ReceiptData(
        **frame(),
        title=receipt_title(shown.receipt.created_at),
        number=shown.receipt.number,
        issued=formatting.moment_text(shown.payment.received_at),
        received_from=snapshot.get("payer_name", ""),
        customer_number=snapshot.get("payer_number", ""),
        facts=[(_("Programme"), snapshot.get("programme", "")), (_("Term"), snapshot.get("term", ""))],
        currency=snapshot["currency"],
        lines=lines,
        total=snapshot["amount"],
        in_words="",
        after=[],
        method=shown.payment.get_method_display(),
        reference=shown.payment.external_reference,
        cashier=shown.cashier_name,
        void_mark=_("VOIDED") if shown.receipt.state == Receipt.State.VOIDED else "",
    )


def receipt_pdf(shown: PaymentShown, paper: Paper, *, copy_number: int | None = None, copy_word: str = "") -> bytes:
    """The receipt on paper; a copy says which one it is."""
    data = receipt_data(shown)
    if copy_word:
        data["notes"] = [copy_word]
    return render_pdf([receipt(data, paper=paper, copy_number=copy_number)], paper)


def statement_data(
    plans: Sequence[PlanShown], lines: Sequence[dict[str, Any]], identity: Any, as_of: str
) -> StatementData:
    """A statement of account: the months of every live plan, and everything that moved."""
    currency = organisation_in_scope().currency
    balance, movements = 0, []
    for line in lines:
        balance += line["owed_minor"] - line["paid_minor"]
        movements.append(_movement(line, Money(balance, currency)))
    charged = sum(line["owed_minor"] for line in lines)
    paid = sum(line["paid_minor"] for line in lines)
    owed = sum(view.balance.minor for view in plans)
    credit = plans[0].credit.minor if plans else 0
    return StatementData(
        **frame(),
        title=_("Statement of account"),
        number="",
        as_of=as_of,
        customer=identity.student_name,
        customer_number=identity.student_number,
        facts=[
            (_("Programme"), identity.programme_code),
            (_("Term"), ", ".join(view.plan.term_code for view in plans) or "—"),
        ],
        currency=currency,
        summary=[
            (_("Charged"), Money(charged, currency).to_decimal_string()),
            (_("Received"), Money(paid, currency).to_decimal_string()),
            (_("Credit"), Money(credit, currency).to_decimal_string()),
            (_("Still owed"), Money(owed, currency).to_decimal_string()),
        ],
        instalments=[row for view in plans for row in _instalments(view)],
        movements=movements,
    )


def _instalments(view: PlanShown) -> list[Any]:
    words = {
        "PAID": _("paid"), "COVERED": _("covered"), "OVERDUE": _("late"), "PARTIAL": _("partly paid"),
        "UNPAID": _("to come"),
    }  # fmt: skip
    currency = view.currency
    return [
        {
            "name": f"{view.plan.term_code}, {_('Month %(n)s') % {'n': month.number}}",
            "due_on": formatting.day_text(month.state.due_on),
            "due": Money(month.state.due_minor, currency).to_decimal_string(),
            "paid": Money(month.state.paid_minor, currency).to_decimal_string(),
            "left": Money(month.state.room_minor, currency).to_decimal_string(),
            "state": words[month.word],
        }
        for month in view.months
    ]


def _movement(line: dict[str, Any], balance: Money) -> Any:
    kinds = {
        "charge": line["text"], "payment": _("Payment"), "void": _("Voided"), "bounced": _("Bounced"),
        "chargeback": _("Charged back"), "refund": _("Given back"),
    }  # fmt: skip
    currency = balance.currency
    return {
        "date": formatting.day_text(organisation_in_scope().local_date(line["at"])),
        "reference": line["text"] if line["kind"] == "payment" else "",
        "description": kinds.get(line["kind"], line["text"]),
        "charge": Money(line["owed_minor"], currency).to_decimal_string() if line["owed_minor"] else "",
        "payment": Money(line["paid_minor"], currency).to_decimal_string() if line["paid_minor"] else "",
        "balance": balance.to_decimal_string(),
    }


def statement_pdf(data: StatementData) -> bytes:
    """The statement on A4."""
    return render_pdf([statement(data)], PAPERS["A4"])


def shift_data(report: ShiftReport, printed_at: datetime) -> ShiftReportData:
    """An X or a Z report."""
    shift, currency = report.shift, report.shift.currency
    kind = _("Z report") if report.is_final else _("X report")
    drawer = [
        (_("At the start"), Money(report.drawer.float_minor, currency).to_decimal_string()),
        (_("Cash payments"), Money(report.drawer.cash_in_minor, currency).to_decimal_string()),
        *((line.label, str(line.count), line.amount.to_decimal_string()) for line in report.movements),
    ]
    return ShiftReportData(
        **frame(),
        kind=report.letter,
        title=kind,
        number=shift.station,
        printed=formatting.moment_text(printed_at),
        facts=_shift_facts(shift, report),
        currency=currency,
        sections=[
            {
                "title": _("Payments"),
                "lines": [(m.label, str(m.count), m.amount.to_decimal_string()) for m in report.methods],
                "total": (_("Taken"), str(report.count), report.taken.to_decimal_string()),
            },
            {
                "title": _("Drawer"),
                "lines": drawer,
                "total": (_("Should be there"), report.expected.to_decimal_string()),
            },
        ],
        denominations=[
            (face.to_decimal_string(), str(pieces), together.to_decimal_string())
            for face, pieces, together in report.pieces
        ],
        result=_result(report),
        signatures=[shift.cashier_name, _("Supervisor")] if report.is_final else [],
    )


def _shift_facts(shift: Shift, report: ShiftReport) -> list[tuple[str, str]]:
    facts = [(_("Cashier"), shift.cashier_name), (_("Opened"), formatting.moment_text(shift.opened_at))]
    if shift.closed_at:
        facts.append((_("Closed"), formatting.moment_text(shift.closed_at)))
    if report.first_receipt:
        facts.append((_("Receipts"), f"{report.first_receipt} – {report.last_receipt}"))
    if report.voids:
        facts.append((_("Voided"), str(report.voids)))
    return facts


def _result(report: ShiftReport) -> list[tuple[str, str]]:
    if report.counted is None or report.variance is None:
        return [(_("Should be there"), report.expected.to_decimal_string())]
    return [
        (_("Should be there"), report.expected.to_decimal_string()),
        (_("Counted"), report.counted.to_decimal_string()),
        (_("Difference"), report.variance.to_decimal_string()),
    ]


def shift_pdf(report: ShiftReport, paper: Paper, printed_at: datetime) -> bytes:
    """The report on paper."""
    return render_pdf([shift_report(shift_data(report, printed_at), paper=paper)], paper)
