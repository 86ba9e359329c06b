"""What may be typed as a grade, and what is said when it may not."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from rollbook.systems.college.grading.rules.scales import BY_NUMBER, INC, NO_GRADE, Scale, Value

#: A number of a grade; nobody types more digits than these.
_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_COMMA = re.compile(r"[0-9]{1,3},[0-9]{1,4}")
LONGEST_WORK = 1000


def is_open_to_grades(opens_on: date | None, closes_on: date | None, opened_until: date | None, today: date) -> bool:
    """Whether a sheet takes grades on a day: in the term's window, or as long as it was opened late (R48)."""
    if opened_until is not None and today <= opened_until:
        return True
    return opens_on is not None and closes_on is not None and opens_on <= today <= closes_on


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed is a grade, or nothing yet."""

    value: Value | None

    @property
    def is_blank(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why what was typed is not a grade, what would be, and what was probably meant."""

    message: str
    allowed: tuple[str, ...] = field(default=())
    hint: str = ""


def read_grade(text: str, scale: Scale, *, basis: str = BY_NUMBER) -> Entry | Problem:
    """Read a typed grade against the scale. Spaces and small letters are forgiven, guesses are not made."""
    typed = " ".join(text.split()).upper()
    if not typed:
        return Entry(None)
    values = scale.for_basis(basis)
    by_symbol = {value.symbol.upper(): value for value in values}
    if typed in by_symbol:
        return Entry(by_symbol[typed])
    return _as_number(typed, values) or _refused(typed, values, scale)


def _as_number(typed: str, values: tuple[Value, ...]) -> Entry | None:
    """ "2" on a scale that writes 2.00 is the same grade; "4.0" where the scale writes A is only a hint."""
    meant = _by_number(typed, values)
    return Entry(meant) if meant is not None and _NUMBER.fullmatch(meant.symbol) else None


def _refused(typed: str, values: tuple[Value, ...], scale: Scale) -> Problem:
    allowed = tuple(value.symbol for value in values)
    meant = _by_number(typed.replace(",", "."), values)
    hint = meant.symbol if meant else ""
    if _COMMA.fullmatch(typed):
        why = _("Write a point, not a comma.")
    elif hint:
        why = _("%(typed)s is not written so here.") % {"typed": _shown(typed)}
    elif scale.find(typed) is not None:
        why = _("%(typed)s is not given on a grade sheet.") % {"typed": typed}
    else:
        why = _("%(typed)s is not a grade of the scale %(scale)s.") % {"typed": _shown(typed), "scale": scale.code}
    return Problem(_sentence(why, hint, allowed), allowed, hint)


def must_be_complete(value: Value | None, *, required_work: str, needs_work: bool = True) -> str:
    """Why a row cannot be submitted yet; empty when it can (R49)."""
    if value is None or value.kind == NO_GRADE:
        return _("This row has no grade yet.")
    if needs_work and value.kind == INC and not required_work.strip():
        return _("Write the work that is still required for this INC.")
    return ""


def resolves_incomplete(value: Value) -> bool:
    """Only a number of the scale ends an incomplete (R47)."""
    return value.kind == "NUMERIC" and value.numeric is not None


def _by_number(text: str, values: tuple[Value, ...]) -> Value | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return next((value for value in values if value.numeric is not None and value.numeric == number), None)


def _shown(typed: str) -> str:
    return typed if len(typed) <= 12 else f"{typed[:12]}…"


def _sentence(why: str, hint: str, allowed: tuple[str, ...]) -> str:
    sentences = [why]
    if hint:
        sentences.append(_("Did you mean %(hint)s?") % {"hint": hint})
    sentences.append(_("Allowed: %(allowed)s.") % {"allowed": ", ".join(allowed)})
    return " ".join(sentences)
