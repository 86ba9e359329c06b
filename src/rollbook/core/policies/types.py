"""What a setting's value may be. A type checks what was typed and says in plain words what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from rollbook.core.policies.errors import NotAPolicyValue


class PolicyType:
    """The kind of value of a setting."""

    def checked(self, value: Any) -> Any:
        """The value as it is stored, or a refusal that says what would fit."""
        raise NotImplementedError(f"{type(self).__name__} checks nothing")

    def takes(self) -> str:
        """What fits, for a person: "a whole number from 1 to 12"."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it takes")

    def wanted(self) -> str:
        """What to enter instead, as a sentence."""
        return _("Enter %(what)s.") % {"what": self.takes()}

    def refuse(self) -> NotAPolicyValue:
        return NotAPolicyValue(errors=[{"field": "value", "message": self.wanted()}])


@dataclass(frozen=True, slots=True)
class WholeNumber(PolicyType):
    """A whole number within limits."""

    minimum: int | None = None
    maximum: int | None = None

    def checked(self, value: Any) -> int:
        number = _whole(value)
        if number is None or not _within(number, self.minimum, self.maximum):
            raise self.refuse()
        return number

    def takes(self) -> str:
        if self.minimum is not None and self.maximum is not None:
            limits = {"least": self.minimum, "most": self.maximum}
            return _("a whole number from %(least)s to %(most)s") % limits
        if self.minimum is not None:
            return _("a whole number of at least %(least)s") % {"least": self.minimum}
        if self.maximum is not None:
            return _("a whole number of at most %(most)s") % {"most": self.maximum}
        return _("a whole number")


@dataclass(frozen=True, slots=True)
class Amount(PolicyType):
    """Money of the organisation's currency: a program sends whole minor units, a page takes it as it is written."""

    minimum_minor: int | None = 0
    maximum_minor: int | None = None

    def checked(self, value: Any) -> int:
        minor = _whole(value)
        if minor is None or not _within(minor, self.minimum_minor, self.maximum_minor):
            raise self.refuse()
        return minor

    def takes(self) -> str:
        return _("an amount in whole minor units, such as 10000 for 100.00")


@dataclass(frozen=True, slots=True)
class Rate(PolicyType):
    """An exact decimal such as a percentage; kept as text, never as a float."""

    minimum: Decimal = Decimal(0)
    maximum: Decimal = Decimal(100)

    def checked(self, value: Any) -> str:
        if isinstance(value, bool | float):
            raise self.refuse()
        try:
            rate = Decimal(str(value).strip())
        except InvalidOperation as error:
            raise self.refuse() from error
        if not rate.is_finite() or not self.minimum <= rate <= self.maximum:
            raise self.refuse()
        return f"{rate:f}"

    def takes(self) -> str:
        return _("a number from %(least)s to %(most)s, such as 2.5") % {"least": self.minimum, "most": self.maximum}


@dataclass(frozen=True, slots=True)
class YesNo(PolicyType):
    """On or off."""

    def checked(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse()
        return value

    def takes(self) -> str:
        return _("yes or no")


@dataclass(frozen=True, slots=True)
class Choice(PolicyType):
    """One of a few words, each with the label that people read."""

    options: Mapping[str, str] = field(default_factory=dict)

    def checked(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise self.refuse()
        return value

    def takes(self) -> str:
        return _("one of: %(options)s") % {"options": ", ".join(self.options)}


@dataclass(frozen=True, slots=True)
class Text(PolicyType):
    """A line of text."""

    maximum_length: int = 200

    def checked(self, value: Any) -> str:
        if not isinstance(value, str) or len(value.strip()) > self.maximum_length or "\x00" in value:
            raise self.refuse()
        return value.strip()

    def takes(self) -> str:
        return _("a text of at most %(most)s characters") % {"most": self.maximum_length}


_PLAIN: dict[type, PolicyType] = {int: WholeNumber(), bool: YesNo(), str: Text()}


def policy_type(kind: PolicyType | type) -> PolicyType:
    """A type as declared; `int`, `bool` and `str` stand for their unlimited kinds."""
    return kind if isinstance(kind, PolicyType) else _PLAIN[kind]


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and value.isascii():
        value = int(value)
    return value if isinstance(value, int) and abs(value) < 2**53 else None


def _within(number: int, minimum: int | None, maximum: int | None) -> bool:
    return (minimum is None or number >= minimum) and (maximum is None or number <= maximum)
