"""What is written about a person, brought into one form and checked before it is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid
from rollbook.shared.people import rules
from rollbook.shared.people.errors import UnusualBirthDate
from rollbook.shared.people.models import ContactPoint, Person

NAME_FIELDS = ("family_name", "given_name", "middle_name", "suffix", "preferred_name")
#: What `change_person` may change.
CHANGEABLE = frozenset({*NAME_FIELDS, "birth_date", "sex", "is_private"})

_LENGTHS = dict.fromkeys(NAME_FIELDS, rules.NAME_LENGTH) | {"suffix": 20}

Problem = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to be added, as typed or imported."""

    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    preferred_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    is_private: bool = False
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    #: Numbers they carry: (kind, value).
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Checked:
    """A person in the form in which it is stored, or what is wrong with it."""

    new: NewPerson
    problems: list[Problem] = field(default_factory=list)
    #: The birth date is possible, but somebody should confirm it.
    unusual_age: int | None = None


def check_new(new: NewPerson, *, today: date, country: str, ages: rules.AgeBounds | None = None) -> Checked:
    """Bring a person into the stored form; every problem is named with its field, nothing is raised."""
    problems: list[Problem] = []
    names: dict[str, Any] = {name: checked_name(name, getattr(new, name), problems) for name in NAME_FIELDS}
    if not names["family_name"] and not names["given_name"]:
        problems.append({"field": "given_name", "message": _("Enter a name; for a single name use the given name.")})
    phones = tuple(checked_contact(ContactPoint.Kind.PHONE, text, country, problems) for text in new.phones)
    emails = tuple(checked_contact(ContactPoint.Kind.EMAIL, text, country, problems) for text in new.emails)
    numbers = tuple((kind, checked_number(value, problems)) for kind, value in new.identifiers)
    checked_sex(new.sex, problems)
    unusual_age = checked_birth_date(new.birth_date, today, ages, problems)
    stored = replace(new, **names, phones=_unique(phones), emails=_unique(emails), identifiers=_unique(numbers))
    return Checked(stored, problems, unusual_age)


def checked_changes(
    changes: Mapping[str, Any], *, today: date, ages: rules.AgeBounds | None
) -> tuple[dict[str, Any], int | None]:
    """Changes in the form in which they are stored, and an age that needs to be confirmed."""
    if unknown := sorted(set(changes) - CHANGEABLE):
        raise Invalid(errors=[{"field": name, "message": _("This cannot be changed here.")} for name in unknown])
    problems: list[Problem] = []
    stored = dict(changes)
    for name in NAME_FIELDS:
        if name in changes:
            stored[name] = checked_name(name, changes[name], problems)
    if "sex" in changes:
        checked_sex(changes["sex"], problems)
    unusual_age = checked_birth_date(changes.get("birth_date"), today, ages, problems)
    if problems:
        raise Invalid(errors=problems)
    return stored, unusual_age


def checked_name(name: str, text: str, problems: list[Problem]) -> str:
    """A part of a legal name in Unicode NFC with single spaces."""
    tidy = rules.tidy(text)
    if len(tidy) > _LENGTHS[name]:
        problems.append({"field": name, "message": _("Use at most %(most)s characters.") % {"most": _LENGTHS[name]}})
    strange = rules.strange_character(tidy)
    if strange is not None:
        shown = f"“{strange}”" if strange.isprintable() else f"the character U+{ord(strange):04X}"
        sentence = _("Remove %(shown)s: a name has letters, spaces, hyphens, apostrophes and full stops.") % {
            "shown": shown
        }
        problems.append({"field": name, "message": sentence})
    elif tidy and not any(character.isalnum() for character in tidy):
        problems.append({"field": name, "message": _("A name has at least one letter.")})
    return tidy


def checked_contact(kind: str, text: str, country: str, problems: list[Problem]) -> str:
    """A telephone number as E.164, an e-mail address in lower case."""
    if kind == ContactPoint.Kind.PHONE:
        value = rules.phone_e164(text, country)
        message = _("Enter a telephone number such as +63 917 123 4567; without + it is read as a local number.")
    else:
        value = rules.email_address(text)
        message = _("Enter an e-mail address such as name@example.org.")
    if value is None:
        problems.append({"field": kind.lower(), "message": message})
    return value or ""


def checked_number(text: str, problems: list[Problem]) -> str:
    """A number that a person carries."""
    value = rules.tidy(text)
    if not rules.number_key(value) or len(value) > 60:
        problems.append(
            {"field": "identifiers", "message": _("A number has at least one letter or digit, and at most 60.")}
        )
    return value


def checked_sex(sex: str, problems: list[Problem]) -> None:
    """One of the known letters, or nothing."""
    if sex and sex not in Person.Sex.values:
        problems.append(
            {
                "field": "sex",
                "message": _("Use one of %(choices)s, or leave it empty.") % {"choices": ", ".join(Person.Sex.values)},
            }
        )


def checked_birth_date(
    birth_date: date | None, today: date, ages: rules.AgeBounds | None, problems: list[Problem]
) -> int | None:
    """Refuse days to come; return the age when it is outside the bounds and somebody should confirm it."""
    if birth_date is None:
        return None
    verdict = rules.judge_birth_date(birth_date, today, ages)
    if verdict is rules.BirthDateVerdict.FUTURE:
        problems.append({"field": "birth_date", "message": _("A birth date cannot be in the future.")})
    elif verdict is not rules.BirthDateVerdict.USUAL:
        return rules.age_on(birth_date, today)
    return None


def refuse_unconfirmed(birth_date: date | None, unusual_age: int | None, *, is_confirmed: bool) -> None:
    """An unusual age passes only when somebody looked at it."""
    if unusual_age is not None and not is_confirmed:
        raise UnusualBirthDate(birth_date=birth_date, age=unusual_age)


def _unique(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
