"""What an applicant wrote, brought into the stored form; and what an application still lacks."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.money import Money, NotAnAmount
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.scheme import Fact, Problem, Scheme, Wanted
from rollbook.shared.people import checking as people
from rollbook.shared.people import rules
from rollbook.shared.people.models import ContactPoint

NAMES = ("family_name", "given_name", "middle_name", "suffix")
ADDRESS = {"address_line": 200, "district": 120, "city": 120, "province": 120}
PERSON_FIELDS = (*NAMES, "birth_date", "sex", "email", "phone", "government_id", *ADDRESS)
CHOICE_FIELDS = ("kind", "choice_id", "intake_id")
#: No plan of a month is larger; what is typed beyond is a slip.
MOST_MINOR = 999_999_999
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

STEPS = ("person", "choice", "background", "documents", "plan", "review")


@dataclass(frozen=True, slots=True)
class Lack:
    """Something without which an application cannot be sent, and the step in which it is entered."""

    step: str
    field: str
    message: str


def cleaned(
    values: Mapping[str, Any], *, scheme: Scheme, kind: str, today: date, country: str, currency: str
) -> tuple[dict[str, Any], list[Problem]]:
    """The values that can be kept, and what is wrong with the others. Only what was given is looked at."""
    problems: list[Problem] = []
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name == "facts":
            continue
        found: list[Problem] = []
        checked = _checked(name, value, scheme, today, country, found)
        problems += found
        if not found:
            kept[name] = checked
    kind = kept.get("kind", kind)
    facts, wrong_facts = _facts(values.get("facts") or {}, scheme, kind, currency)
    if facts:
        kept["facts"] = facts
    return kept, problems + wrong_facts


def _checked(name: str, value: Any, scheme: Scheme, today: date, country: str, problems: list[Problem]) -> Any:
    if name in NAMES:
        return people.checked_name(name, str(value or ""), problems)
    if name in ADDRESS:
        return _text(name, value, ADDRESS[name], problems)
    if name in CHOICE_FIELDS:
        return _chosen(name, value, scheme, today, problems)
    if name in _PLAIN:
        return _PLAIN[name](value, today, country, problems)
    problems.append({"field": name, "message": _("This is not asked here.")})
    return None


def _email(value: Any, today: date, country: str, problems: list[Problem]) -> str:
    return people.checked_contact(ContactPoint.Kind.EMAIL, str(value), country, problems) if value else ""


def _phone(value: Any, today: date, country: str, problems: list[Problem]) -> str:
    return people.checked_contact(ContactPoint.Kind.PHONE, str(value), country, problems) if value else ""


def _number(value: Any, today: date, country: str, problems: list[Problem]) -> str:
    found: list[Problem] = []
    number = people.checked_number(_text("government_id", value, 60, found), found) if value else ""
    problems += [{**problem, "field": "government_id"} for problem in found]
    return number


def _sex(value: Any, today: date, country: str, problems: list[Problem]) -> str:
    people.checked_sex(str(value or ""), problems)
    return str(value or "")


def _birth_date(value: Any, today: date, country: str, problems: list[Problem]) -> date | None:
    if value is None or value == "":
        return None
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        problems.append({"field": "birth_date", "message": _("Enter the day as year-month-day.")})
        return None
    people.checked_birth_date(day, today, None, problems)
    return day


_PLAIN: dict[str, Callable[[Any, date, str, list[Problem]], Any]] = {
    "email": _email, "phone": _phone, "government_id": _number, "sex": _sex, "birth_date": _birth_date,
}  # fmt: skip


def _text(name: str, value: Any, longest: int, problems: list[Problem]) -> str:
    text = unicodedata.normalize("NFC", str(value or "")).strip()
    text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    if len(text) > longest:
        problems.append({"field": name, "message": _("Use at most %(longest)s characters.") % {"longest": longest}})
    elif _CONTROL.search(text):
        problems.append({"field": name, "message": _("Remove the characters that cannot be seen.")})
    return text


def _chosen(name: str, value: Any, scheme: Scheme, today: date, problems: list[Problem]) -> Any:
    if value is None or value == "":
        return "" if name == "kind" else None
    if name == "kind":
        if scheme.kind(str(value)) is None:
            problems.append({"field": name, "message": _("Choose one of the ways that are offered.")})
        return str(value)
    wanted = _as_id(value)
    offered = (
        {choice.id for choice in scheme.choices()}
        if name == "choice_id"
        else {intake.id for intake in scheme.intakes() if intake.is_open_on(today)}
    )
    if wanted not in offered:
        problems.append({"field": name, "message": _("This cannot be applied for at present. Choose another.")})
    return wanted


def _as_id(value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None


def _facts(values: Mapping[str, Any], scheme: Scheme, kind: str, currency: str) -> tuple[dict[str, Any], list[Problem]]:
    asked = {fact.key: fact for fact in scheme.facts_of(kind)}
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in values.items():
        before = len(problems)
        if key not in asked:
            problems.append({"field": key, "message": _("This is not asked here.")})
            continue
        found = _fact(asked[key], value, currency, problems)
        if len(problems) == before:
            kept[key] = found
    return kept, problems


def _fact(fact: Fact, value: Any, currency: str, problems: list[Problem]) -> Any:
    if value is None or value == "":
        return None if fact.shape == "money" else ""
    if fact.shape == "money":
        return _minor(fact.key, value, currency, problems)
    text = _text(fact.key, value, fact.longest, problems)
    if fact.shape == "choice" and text not in {option for option, _label in fact.options}:
        problems.append({"field": fact.key, "message": _("Choose one of those that are offered.")})
    return text


def _minor(key: str, value: Any, currency: str, problems: list[Problem]) -> int:
    try:
        minor = value.minor if isinstance(value, Money) else Money.parse(str(value), currency).minor
    except NotAnAmount as refusal:
        problems.append({"field": key, "message": refusal.detail})
        return 0
    if not 0 <= minor <= MOST_MINOR:
        problems.append({"field": key, "message": _("Enter an amount from 0 to 9,999,999.99.")})
    return minor


def lacks(
    application: Application,
    *,
    scheme: Scheme,
    checklist: Sequence[Wanted],
    sent: Mapping[str, str],
    today: date,
) -> list[Lack]:
    """Everything that keeps an application from being sent, in the order of the steps. `sent`: type → state."""
    found = [*_of_person(application, scheme, today), *_of_choice(application, scheme, today)]
    for fact in scheme.facts_of(application.kind):
        value = application.facts.get(fact.key)
        if application.kind in fact.required_of and value in (None, ""):
            found.append(Lack(fact.step, fact.key, _("%(what)s is missing.") % {"what": fact.label}))
    for wanted in checklist:
        if wanted.is_required and sent.get(wanted.type) not in ("UPLOADED", "VERIFIED"):
            message = _("%(what)s was rejected; send it again.") if wanted.type in sent else _("%(what)s is missing.")
            found.append(Lack("documents", wanted.type, message % {"what": wanted.label}))
    return sorted(found, key=lambda lack: STEPS.index(lack.step))


def _of_person(application: Application, scheme: Scheme, today: date) -> list[Lack]:
    found = []
    if not application.family_name and not application.given_name:
        found.append(Lack("person", "given_name", _("Enter your name; a single name goes into the given name.")))
    if not application.email:
        found.append(Lack("person", "email", _("Enter an e-mail address; what happens next is sent there.")))
    if application.birth_date is None:
        found.append(Lack("person", "birth_date", _("Enter your birth date.")))
    elif age_to_confirm(application.birth_date, scheme, today) is not None and not application.is_age_confirmed:
        found.append(Lack("person", "birth_date", _("Confirm that the birth date is right.")))
    return found


def _of_choice(application: Application, scheme: Scheme, today: date) -> list[Lack]:
    found = []
    if scheme.kind(application.kind) is None:
        found.append(Lack("choice", "kind", _("Say how you come to us.")))
    if application.choice_id not in {choice.id for choice in scheme.choices()}:
        found.append(Lack("choice", "choice_id", _("Choose what you apply for.")))
    if application.intake_id not in {intake.id for intake in scheme.intakes() if intake.is_open_on(today)}:
        found.append(Lack("choice", "intake_id", _("Choose when you want to begin.")))
    return found


def age_to_confirm(birth_date: date, scheme: Scheme, today: date) -> int | None:
    """The age, when it is outside the usual ones and somebody should look at the date again."""
    verdict = rules.judge_birth_date(birth_date, today, scheme.ages)
    usual = (rules.BirthDateVerdict.USUAL, rules.BirthDateVerdict.FUTURE)
    return None if verdict in usual else rules.age_on(birth_date, today)
