"""Charts: data for the browser's drawing, and the same data as a table of exact figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rollbook.core.money import Money
from rollbook.core.web import formatting
from rollbook.core.web.states import Words

#: A measure such as an average is an exact decimal; only the picture makes it approximate.
Value = Money | int | Decimal | None
DAY = _("Day")


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars. `dashed` is for a target."""

    label: Words
    values: Sequence[Value]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A shape worth more than a number: a trend (line, over days) or amounts side by side (bar)."""

    kind: Literal["line", "bar"]
    title: Words
    #: Days for a line; words for bars.
    labels: Sequence[date] | Sequence[Words]
    series: Sequence[Series]
    label_heading: Words = DAY
    stacked: bool = False

    @property
    def currency(self) -> str:
        """The currency of the values; empty when they are counts."""
        return next((v.currency for s in self.series for v in s.values if isinstance(v, Money)), "")

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table behind the picture."""
        return [
            (_label(label), [_written(series.values[index]) for series in self.series])
            for index, label in enumerate(self.labels)
        ]

    @property
    def data_block(self) -> SafeString:
        """What the drawing script reads. Exact decimals as text; only the picture makes them approximate."""
        return json_script(
            {
                "labels": [label.isoformat() if isinstance(label, date) else str(label) for label in self.labels],
                "series": [
                    {"label": str(s.label), "values": [_plain(v) for v in s.values], "dashed": s.dashed}
                    for s in self.series
                ],
                "currency": self.currency,
                "stacked": self.stacked,
            }
        )


def _label(label: date | Words) -> str:
    return formatting.day_text(label) if isinstance(label, date) else str(label)


def _plain(value: Value) -> str | None:
    return None if value is None else value.to_decimal_string() if isinstance(value, Money) else str(value)


def _written(value: Value) -> str:
    if value is None:
        return "—"
    return formatting.amount_text(value) if isinstance(value, Money) else formatting.number_text(value)
