"""The kinds of notices, and the words each is told in. Words are made when somebody reads, in their language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from rollbook.core.money import Money
from rollbook.core.web import formatting
from rollbook.core.web.shell import address_of
from rollbook.core.web.states import Words

Facts = Mapping[str, Any]

PAYMENT = "PAYMENT"
PERMIT = "PERMIT"
GRADE_POSTED = "GRADE_POSTED"
INC_WARNING = "INC_WARNING"
INC_EXPIRED = "INC_EXPIRED"
ENROLMENT = "ENROLMENT"
WAITLIST_OFFER = "WAITLIST_OFFER"
SCHEDULE_CHANGE = "SCHEDULE_CHANGE"
DOCUMENT = "DOCUMENT"
HOLD = "HOLD"
REQUEST = "REQUEST"
PAYMENT_REMINDER = "PAYMENT_REMINDER"
SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice."""

    key: str
    label: Words
    icon: str
    #: The sentence made of a notice's facts. `sentence`, when the facts hold one, stands in its place.
    tell: Callable[[Facts], str]
    #: An urgent kind is mailed at once; the others wait until nothing more can be folded into them.
    is_urgent: bool = False
    by_mail: bool = True


def _money(facts: Facts, name: str = "amount_minor") -> str:
    """An amount in the facts as people read it; empty when there is none."""
    if name not in facts:
        return ""
    return formatting.amount_text(Money(int(facts[name]), str(facts["currency"])))


def _day(facts: Facts, name: str) -> str:
    """A day in the facts, written out; a moment is taken as it stands."""
    given = str(facts.get(name, ""))
    try:
        return formatting.day_text(date.fromisoformat(given[:10])) if given else ""
    except ValueError:
        return given


def _list(facts: Facts, name: str) -> str:
    given = facts.get(name, [])
    return ", ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)


def _payment(facts: Facts) -> str:
    if facts.get("state") == "FAILED":
        return _("Your online payment of %(amount)s did not go through. Nothing was taken.") % {"amount": _money(facts)}
    if facts.get("state") == "REFUNDED":
        return _("%(amount)s were given back to you.") % {"amount": _money(facts)}
    told = _("We received %(amount)s. Thank you.") % {"amount": _money(facts)}
    receipt = facts.get("receipt_number")
    if not receipt:
        return told
    return told + " " + _("Receipt %(number)s.") % {"number": receipt}


def _permit(facts: Facts) -> str:
    exams = facts.get("exams", [])
    return ngettext(
        "Your permit for %(exams)s is ready.", "Your permits for %(exams)s are ready.", len(exams) or 1
    ) % {"exams": _list(facts, "exams")}  # fmt: skip


def _grade(facts: Facts) -> str:
    return _("Your grades in %(subjects)s are posted.") % {"subjects": _list(facts, "subjects")}


def _inc_warning(facts: Facts) -> str:
    return _("Your INC in %(subject)s has to be resolved by %(day)s.") % {
        "subject": facts.get("subject", ""), "day": _day(facts, "deadline"),
    }  # fmt: skip


def _inc_expired(facts: Facts) -> str:
    return _("The time for your INC in %(subject)s is over. It counts as failed; the registrar can explain.") % {
        "subject": facts.get("subject", "")
    }


def _enrolment(facts: Facts) -> str:
    if facts.get("dropped"):
        return _("You are no longer enrolled in %(subjects)s.") % {"subjects": _list(facts, "dropped")}
    if facts.get("subjects"):
        return _("You are enrolled in %(subjects)s.") % {"subjects": _list(facts, "subjects")}
    return _("Your enrolment for %(term)s has changed.") % {"term": facts.get("term", "")}


def _offer(facts: Facts) -> str:
    return _("A seat in %(section)s is kept for you until %(until)s. Take it before then.") % {
        "section": facts.get("section", ""), "until": facts.get("until_text") or _day(facts, "until"),
    }  # fmt: skip


def _schedule(facts: Facts) -> str:
    return _("The schedule of %(section)s has changed.") % {"section": facts.get("section", "")}


def _document(facts: Facts) -> str:
    return _("%(title)s is ready for you.") % {"title": facts.get("title", "")}


def _hold(facts: Facts) -> str:
    if facts.get("released"):
        return _("A hold on your record was lifted.")
    return _("There is a hold on your record. The office that placed it tells you what to do.")


def _request(facts: Facts) -> str:
    told = _REQUESTS.get(str(facts.get("state", "")))
    if told is None:
        return _("Something changed about your request.")
    named = {
        "request": _REQUESTED.get(str(facts.get("request", "")), _("request")), "day": _day(facts, "from_date"),
        "programme": facts.get("programme", ""),
    }  # fmt: skip
    return _(told) % named


def _reminder(facts: Facts) -> str:
    return _("%(amount)s are due on %(day)s.") % {"amount": _money(facts), "day": _day(facts, "due_on")}


def _system(facts: Facts) -> str:
    return str(facts.get("text", ""))


#: What is asked for at the registrar's desk, and what became of it.
_REQUESTED = {
    "LEAVE": gettext_lazy("leave of absence"),
    "RETURN": gettext_lazy("return from leave"),
    "WITHDRAWAL": gettext_lazy("withdrawal from the college"),
    "TRANSFER": gettext_lazy("transfer to another programme"),
}
_REQUESTS = {
    "ENDORSED": gettext_noop("Your %(request)s was endorsed. The registrar decides now."),
    "APPROVED": gettext_noop("Your %(request)s was approved, from %(day)s on."),
    "DONE": gettext_noop("Your %(request)s is in effect from %(day)s on."),
    "EFFECTIVE": gettext_noop("Your %(request)s is in effect: you study %(programme)s now."),
    "DECLINED": gettext_noop("Your %(request)s was declined. The reason stands with your request."),
    "TAKEN_BACK": gettext_noop("Your %(request)s could not begin. The reason stands with your request."),
}

_declared = [
    Kind(PAYMENT, gettext_lazy("Payment"), "receipt", _payment),
    Kind(PERMIT, gettext_lazy("Exam permit"), "ticket-check", _permit),
    Kind(GRADE_POSTED, gettext_lazy("Grades"), "graduation-cap", _grade),
    Kind(INC_WARNING, gettext_lazy("INC deadline"), "calendar-clock", _inc_warning, is_urgent=True),
    Kind(INC_EXPIRED, gettext_lazy("INC expired"), "circle-alert", _inc_expired, is_urgent=True),
    Kind(ENROLMENT, gettext_lazy("Enrolment"), "clipboard-list", _enrolment),
    Kind(WAITLIST_OFFER, gettext_lazy("Waitlist offer"), "clock", _offer, is_urgent=True),
    Kind(SCHEDULE_CHANGE, gettext_lazy("Schedule change"), "calendar-days", _schedule),
    Kind(DOCUMENT, gettext_lazy("Document"), "file-text", _document),
    Kind(HOLD, gettext_lazy("Hold"), "lock", _hold, is_urgent=True),
    Kind(REQUEST, gettext_lazy("Requests"), "file-text", _request, is_urgent=True),
    Kind(PAYMENT_REMINDER, gettext_lazy("Payment reminder"), "calendar-clock", _reminder, is_urgent=True),
    Kind(SYSTEM, gettext_lazy("From the house"), "info", _system, is_urgent=True),
]
KINDS: dict[str, Kind] = {kind.key: kind for kind in _declared}

_links: dict[str, str] = {}


def lead_to(kind: str, url_name: str) -> None:
    """Name the page that notices of a kind lead to. Which room has that page, only the site knows."""
    _links[KINDS[kind].key] = url_name


def sentence(kind: str, facts: Facts) -> str:
    """What a notice says, in the language and the places of whoever reads."""
    given = facts.get("sentence")
    return str(given) if given else KINDS[kind].tell(facts)


def address(kind: str, facts: Facts) -> str:
    """Where a notice leads: its own address or page, else the page of its kind; empty when there is none."""
    own = facts.get("url")
    if own and str(own).startswith("/") and not str(own).startswith("//"):
        return str(own)
    page = str(facts.get("page") or _links.get(kind, ""))
    return address_of(page) if page else ""
