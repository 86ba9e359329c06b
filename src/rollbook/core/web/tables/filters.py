"""Filters: each reads its value from the address, narrows the rows, and says in words what it does."""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rollbook.core.web import formatting
from rollbook.core.web.states import Words
from rollbook.core.web.tables.columns import Row

Choices = Sequence[tuple[Any, Words]]
Params = Mapping[str, Sequence[str]]
LONGEST_TEXT = 100


@dataclass(frozen=True)
class Filter(ABC):
    """What narrows a list."""

    name: str
    label: Words
    #: What holds while nothing is chosen, as it stands in an address; such a filter is changed, never taken away.
    default: Callable[[], Params] | None = field(default=None, kw_only=True, compare=False)

    @abstractmethod
    def read(self, params: Params) -> Any:
        """The value in the address, or None when it is absent or makes no sense."""

    @abstractmethod
    def condition(self, value: Any) -> Q:
        """The rows to keep, for the database."""

    @abstractmethod
    def keeps(self, value: Any, row: Row) -> bool:
        """Whether to keep a row that is already here."""

    @abstractmethod
    def sentence(self, value: Any) -> str:
        """What the filter does, for its chip."""

    @abstractmethod
    def params(self, value: Any) -> dict[str, list[str]]:
        """The value as it stands in an address."""

    @property
    def param_names(self) -> tuple[str, ...]:
        """The names that the filter uses in an address."""
        return (self.name,)

    @property
    def shape(self) -> str:
        """Which of the kit's controls shows it."""
        return type(self).__name__


def _single(params: Params, name: str) -> str:
    values = params.get(name) or [""]
    return values[-1].strip()


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One of a few, or some of them."""

    choices: Choices | Callable[[], Choices] = ()
    lookup: str = ""
    multiple: bool = False

    def options(self) -> Choices:
        """The choices, asked for late because many come from the database."""
        return self.choices() if callable(self.choices) else self.choices

    def read(self, params: Params) -> Any:
        wanted = set(params.get(self.name) or [])
        chosen = tuple(value for value, _label in self.options() if str(value) in wanted) if wanted else ()
        return (chosen if self.multiple else chosen[:1]) or None

    def condition(self, value: Any) -> Q:
        field = self.lookup or self.name
        return Q(**{field: value[0]}) if len(value) == 1 else Q(**{f"{field}__in": value})

    def keeps(self, value: Any, row: Row) -> bool:
        return row[self.lookup or self.name] in value

    def sentence(self, value: Any) -> str:
        names = ", ".join(str(label) for option, label in self.options() if option in value)
        return f"{self.label}: {names}"

    def params(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [str(option) for option in value]}


@dataclass(frozen=True)
class TextFilter(Filter):
    """Words typed. They are personal data, so they wait in the session and never stand in an address."""

    lookups: tuple[str, ...] = ()
    placeholder: Words = ""

    def read(self, params: Params) -> Any:
        return " ".join(_single(params, self.name)[:LONGEST_TEXT].split()) or None

    def condition(self, value: Any) -> Q:
        whole = Q()
        for word in value.split():
            anywhere = Q()
            for lookup in self.lookups:
                anywhere |= Q(**{lookup: word})
            whole &= anywhere
        return whole

    def keeps(self, value: Any, row: Row) -> bool:
        return all(any(matches(row, lookup, word) for lookup in self.lookups) for word in value.split())

    def sentence(self, value: Any) -> str:
        return f"{self.label}: “{value}”"

    def params(self, value: Any) -> dict[str, list[str]]:
        return {"find": ["1"]}

    @property
    def param_names(self) -> tuple[str, ...]:
        return ("find",)


@dataclass(frozen=True)
class DateRangeFilter(Filter):
    """From a day to a day, both included, either end open. `moments` is for fields that hold instants."""

    lookup: str = ""
    moments: bool = False

    def read(self, params: Params) -> Any:
        start, end = (_day(_single(params, name)) for name in self.param_names)
        if start and end and start > end:
            start, end = end, start
        return (start, end) if start or end else None

    def condition(self, value: Any) -> Q:
        field, (start, end) = self.lookup or self.name, value
        condition = Q()
        if start:
            condition &= Q(**{f"{field}__gte": _midnight(start) if self.moments else start})
        if end:
            condition &= (
                Q(**{f"{field}__lt": _midnight(end + timedelta(days=1))})
                if self.moments
                else Q(**{f"{field}__lte": end})
            )
        return condition

    def keeps(self, value: Any, row: Row) -> bool:
        found = row[self.lookup or self.name]
        if found is None:
            return False
        day = timezone.localtime(found).date() if isinstance(found, datetime) else found
        start, end = value
        return (start is None or day >= start) and (end is None or day <= end)

    def sentence(self, value: Any) -> str:
        start, end = value
        facts = {
            "label": self.label,
            "start": formatting.day_text(start) if start else "",
            "end": formatting.day_text(end) if end else "",
        }
        if start and end:
            return _("%(label)s: %(start)s to %(end)s") % facts
        return (_("%(label)s: from %(start)s") if start else _("%(label)s: until %(end)s")) % facts

    def params(self, value: Any) -> dict[str, list[str]]:
        return {name: [day.isoformat()] for name, day in zip(self.param_names, value, strict=True) if day}

    @property
    def param_names(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to")


@dataclass(frozen=True)
class BooleanFilter(Filter):
    """Only those: late only, mine only."""

    lookup: Mapping[str, Any] | Q | None = None

    def read(self, params: Params) -> Any:
        return True if _single(params, self.name) == "1" else None

    def condition(self, value: Any) -> Q:
        if isinstance(self.lookup, Q):
            return self.lookup
        return Q(**(self.lookup or {self.name: True}))

    def keeps(self, value: Any, row: Row) -> bool:
        if isinstance(self.lookup, Q):
            raise TypeError("A list of rows is filtered by lookups, not by a Q.")
        return all(matches(row, lookup, wanted) for lookup, wanted in (self.lookup or {self.name: True}).items())

    def sentence(self, value: Any) -> str:
        return str(self.label)

    def params(self, value: Any) -> dict[str, list[str]]:
        return {self.name: ["1"]}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "iexact": lambda found, wanted: str(found).casefold() == str(wanted).casefold(),
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda found, wanted: found in wanted,
    "contains": lambda found, wanted: str(wanted) in str(found),
    "icontains": lambda found, wanted: str(wanted).casefold() in str(found).casefold(),
    "startswith": lambda found, wanted: str(found).startswith(str(wanted)),
    "istartswith": lambda found, wanted: str(found).casefold().startswith(str(wanted).casefold()),
}


def matches(row: Row, lookup: str, wanted: Any) -> bool:
    """Apply one of the database's simple lookups to a row that is already here."""
    field, _separator, comparison = lookup.rpartition("__")
    if not field or comparison not in {*_COMPARE, "isnull"}:
        field, comparison = lookup, "exact"
    if comparison == "isnull":
        return bool((row[field] is None) == wanted)
    found = row[field]
    return found is not None and _COMPARE[comparison](found, wanted)


def named(filters: Iterable[Filter]) -> dict[str, Filter]:
    """Filters by name."""
    return {narrowing.name: narrowing for narrowing in filters}
