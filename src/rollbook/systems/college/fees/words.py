"""How the college's money is put into words: states, methods, months, where an amount lands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton, format_time
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rollbook.core.money import Money
from rollbook.core.web import formatting
from rollbook.core.web.shares import Part, PartState
from rollbook.core.web.states import State
from rollbook.shared.billing.models import BankFileRow, Payment, PromissoryNote, Shift
from rollbook.systems.college.fees.reads.counter import ExamShown, Foreseen, MonthShown, PlanShown

PAYMENT_STATES = {
    Payment.State.PENDING.value: State(gettext_lazy("Pending"), "wait"),
    Payment.State.COMPLETED.value: State(gettext_lazy("Recorded"), "good"),
    Payment.State.FAILED.value: State(gettext_lazy("Failed"), "bad"),
    Payment.State.EXPIRED.value: State(gettext_lazy("Expired"), "neutral"),
    Payment.State.VOIDED.value: State(gettext_lazy("Voided"), "bad", "undo-2"),
    Payment.State.REVERSED.value: State(gettext_lazy("Reversed"), "bad", "undo-2"),
    Payment.State.PARTIALLY_REFUNDED.value: State(gettext_lazy("Partly given back"), "warn", "undo-2"),
    Payment.State.REFUNDED.value: State(gettext_lazy("Given back"), "bad", "undo-2"),
}
NOTE_STATES = {
    PromissoryNote.State.REQUESTED.value: State(gettext_lazy("Waiting"), "wait"),
    PromissoryNote.State.APPROVED.value: State(gettext_lazy("Approved"), "info", "handshake"),
    PromissoryNote.State.PARTIALLY_PAID.value: State(gettext_lazy("Partly paid"), "info", "handshake"),
    PromissoryNote.State.FULFILLED.value: State(gettext_lazy("Kept"), "good"),
    PromissoryNote.State.DEFAULTED.value: State(gettext_lazy("Not kept"), "bad"),
    PromissoryNote.State.CANCELLED.value: State(gettext_lazy("Cancelled"), "neutral", "minus"),
}
SHIFT_STATES = {
    Shift.State.OPEN.value: State(gettext_lazy("Open"), "info", "lock-open"),
    Shift.State.CLOSED.value: State(gettext_lazy("Closed"), "neutral", "lock"),
}
ROW_STATES = {
    BankFileRow.State.UNMATCHED.value: State(gettext_lazy("Waiting"), "wait"),
    BankFileRow.State.RESOLVED.value: State(gettext_lazy("Credited"), "good"),
    BankFileRow.State.DISMISSED.value: State(gettext_lazy("Dismissed"), "neutral", "minus"),
}
EXAM_STATES = {
    "LOCKED": State(gettext_lazy("Locked"), "neutral", "lock"),
    "ISSUED": State(gettext_lazy("Ready"), "good", "ticket-check"),
    "PRINTED": State(gettext_lazy("Ready, printed"), "good", "ticket-check"),
    "USED": State(gettext_lazy("Used"), "info", "check-check"),
    "EXPIRED": State(gettext_lazy("Over"), "neutral", "clock"),
    "SUSPENDED": State(gettext_lazy("Suspended"), "bad", "lock"),
}
#: How an online payment stands.
ONLINE_STATES = {
    "PENDING": State(gettext_lazy("On its way"), "wait"),
    "COMPLETED": State(gettext_lazy("Paid"), "good"),
    "FAILED": State(gettext_lazy("Not paid"), "bad"),
    "EXPIRED": State(gettext_lazy("Over, not paid"), "neutral"),
}
#: How a refund through a provider stands.
REFUND_STATES = {
    "WAITING": State(gettext_lazy("To be sent"), "wait"),
    "SENDING": State(gettext_lazy("Being sent"), "wait"),
    "UNKNOWN": State(gettext_lazy("Being asked about"), "warn"),
    "PENDING": State(gettext_lazy("With the provider"), "wait"),
    "SUCCEEDED": State(gettext_lazy("Given back"), "good"),
    "FAILED": State(gettext_lazy("Failed"), "bad"),
    "SETTLED": State(gettext_lazy("Given back another way"), "neutral"),
}
#: Icons of the ways to pay, for lists and choices.
METHOD_ICONS = {
    "CASH": "banknote", "CHECK": "file-text", "CARD": "credit-card", "BANK_TRANSFER": "landmark",
    "EWALLET": "smartphone", "ONLINE_GATEWAY": "globe", "OTHER": "ellipsis",
}  # fmt: skip


def standing(view: PlanShown) -> State:
    """How a plan stands, in two words for the header."""
    late = [month for month in view.months if month.word == "OVERDUE"]
    if late:
        text = ngettext("%(n)s month late", "%(n)s months late", len(late)) % {"n": len(late)}
        return State(text, "bad", "circle-alert")
    if not view.balance.minor:
        return State(_("Paid in full"), "good")
    return State(_("Up to date"), "good", "circle-check")


def parts(months: Sequence[MonthShown], currency: str) -> list[Part]:
    """The months of a plan as a strip."""
    first_open = next((m.number for m in months if m.state.room_minor > 0), None)
    return [
        Part(
            label=_("Month %(n)s") % {"n": month.number},
            filled=Money(month.state.paid_minor, currency),
            whole=Money(month.state.due_minor, currency),
            state=_part_state(month, first_open),
            note=_note(month, currency),
            added=Money(month.added_minor, currency),
        )
        for month in months
    ]


def _part_state(month: MonthShown, first_open: int | None) -> PartState:
    if month.word == "PAID" or month.state.room_minor == 0:
        return "paid"
    if month.word == "OVERDUE":
        return "late"
    return "due" if month.number == first_open else "later"


def _note(month: MonthShown, currency: str) -> str:
    """What stands under a month: what an amount would add, else how it stands."""
    left = Money(month.state.room_minor, currency)
    if month.added_minor:
        added = Money(month.added_minor, currency)
        return _("full with this") if added == left else _("+ %(amount)s") % {"amount": formatting.figures(added)}
    if not left.minor:
        return _("paid") if month.state.due_minor else _("nothing due")
    return _open_note(month, left)


def _open_note(month: MonthShown, left: Money) -> str:
    if month.state.cover:
        return _("promised") if month.state.cover == "PROMISSORY" else _("by the sponsor")
    if month.word == "OVERDUE":
        return ngettext("%(n)s day late", "%(n)s days late", month.days_late) % {"n": month.days_late}
    if month.state.paid_minor:
        return _("%(amount)s left") % {"amount": formatting.figures(left)}
    return _("due %(day)s") % {"day": short_day(month.state.due_on)}


def short_day(day: date) -> str:
    """A day without its year: 31 Aug."""
    return str(format_skeleton("MMMd", day, locale=formatting.current_locale()))


def landing_sentence(foreseen: Foreseen) -> str:
    """Where an amount lands, as one says it at the counter."""
    pieces: list[str] = []
    months = {month.number: month for month in foreseen.months}
    filled = [str(p.number) for p in foreseen.landings if months[p.number].state.room_minor == p.minor]
    if filled:
        word = ngettext("fills month %(months)s", "fills months %(months)s", len(filled))
        pieces.append(word % {"months": _joined(filled)})
    for part in foreseen.landings:
        if months[part.number].state.room_minor != part.minor:
            amount = formatting.amount_text(Money(part.minor, foreseen.amount.currency))
            pieces.append(_("puts %(amount)s into month %(month)s") % {"amount": amount, "month": part.number})
    if foreseen.credit.minor:
        pieces.append(_("leaves %(amount)s as credit") % {"amount": formatting.amount_text(foreseen.credit)})
    return _("%(amount)s %(what)s.") % {"amount": formatting.amount_text(foreseen.amount), "what": _joined(pieces)}


def opening_sentence(exams: Sequence[ExamShown]) -> str:
    """Which permits an amount would open; empty when none."""
    if not exams:
        return ""
    names = _joined([exam.name for exam in exams])
    return ngettext("The %(exams)s permit opens.", "The permits %(exams)s open.", len(exams)) % {"exams": names}


def hour_text(moment: datetime) -> str:
    """The hour and minute of a moment, local."""
    return str(format_time(timezone.localtime(moment), "short", locale=formatting.current_locale()))


def exam_lines(exams: Sequence[ExamShown]) -> list[dict[str, Any]]:
    """The exams of a term as lines: name, what it still needs or its days, and the state of the permit."""
    return [
        {
            "name": exam.name,
            "state": exam.state,
            "month": exam.month,
            "days": formatting.days_text(exam.opens_on, exam.closes_on),
            "badge": EXAM_STATES[exam.state],
        }
        for exam in exams
    ]


def _joined(words: Sequence[str]) -> str:
    """One, two and three."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def note_lines(notes: Sequence[PromissoryNote], currency: str) -> list[dict[str, Any]]:
    """The promises of a plan that wait, hold or were broken."""
    shown = {PromissoryNote.State.REQUESTED, *PromissoryNote.LIVE, PromissoryNote.State.DEFAULTED}
    return [
        {
            "month": note.instalment.number,
            "amount": Money(note.amount_minor, currency),
            "due_on": note.due_on,
            "state": NOTE_STATES[note.state],
        }
        for note in notes
        if note.state in shown
    ]
