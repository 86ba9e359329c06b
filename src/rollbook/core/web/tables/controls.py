"""The filters of a table as chips: what is on, what can be chosen, and where each choice leads."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from rollbook.core.web.states import Words
from rollbook.core.web.tables.filters import BooleanFilter, ChoiceFilter, DateRangeFilter, TextFilter

if TYPE_CHECKING:
    from rollbook.core.web.tables.table import Table


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    label: Words
    value: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class Chip:
    """A filter as it stands above the list."""

    name: str
    label: Words
    #: choice, several, switch or days.
    shape: str
    #: What it does at present; empty when it is off.
    sentence: str
    #: Turns it off, or a switch on.
    url: str
    options: list[Option] = field(default_factory=list)
    start: str = ""
    end: str = ""
    #: Everything else that is on, for forms: names and values.
    rest: list[tuple[str, str]] = field(default_factory=list)


def chips(table: "Table") -> list[Chip]:
    """One chip for each filter but the typed one, which has its own field."""
    found = []
    for item in table.filters:
        value = table.query.filters.get(item.name)
        sentence = item.sentence(value) if value is not None else ""
        off = "" if item.default else table.url(without=item.name)
        if isinstance(item, TextFilter):
            if value is not None:
                found.append(Chip(item.name, item.label, "typed", sentence, off))
        elif isinstance(item, BooleanFilter):
            url = off if value else table.url(with_values={item.name: True})
            found.append(Chip(item.name, item.label, "switch", sentence, url))
        elif isinstance(item, ChoiceFilter):
            shape = "several" if item.multiple else "choice"
            options = _options(table, item, value or ())
            found.append(Chip(item.name, item.label, shape, sentence, off, options, rest=_rest(table, item.name)))
        elif isinstance(item, DateRangeFilter):
            days = item.params(value) if value is not None else {}
            start, end = (days.get(name, [""])[0] for name in item.param_names)
            found.append(
                Chip(item.name, item.label, "days", sentence, off, start=start, end=end, rest=_rest(table, item.name))
            )
    return found


def _options(table: "Table", item: ChoiceFilter, chosen: tuple[object, ...]) -> list[Option]:
    return [
        Option(label, str(value), table.url(with_values={item.name: (value,)}), value in chosen)
        for value, label in item.options()
    ]


def _rest(table: "Table", without: str) -> list[tuple[str, str]]:
    """What a form of one filter must carry along so that the others stay on."""
    query = table.url(without=without).partition("?")[2]
    return parse_qsl(query, keep_blank_values=True)
