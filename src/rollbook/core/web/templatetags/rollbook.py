"""Template words of the web kit: icons, badges, amounts, days, the attributes of a form field."""

import itertools
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rollbook.core import clock
from rollbook.core.figures import plain as written_plainly
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.core.web import formatting, icons, sentences, shares, words
from rollbook.core.web.states import State, Words

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", inline: bool = False) -> SafeString:
    """An icon by its lucide name."""
    return icons.icon(name, str(label), inline)


@register.simple_tag
def badge(
    state: State | None = None, label: Words = "", tone: Any = "neutral", sign: str = "", inline: bool = False
) -> str:
    """A state as word, sign and tone."""
    shown = state or (State(label, tone, sign) if label else None)
    if shown is None:
        return ""
    return format_html(
        '<span class="rb-badge" data-tone="{}">{}{}</span>',
        shown.tone,
        icons.icon(shown.sign, "", inline),
        shown.label,
    )


@register.filter
def amount(money: Money | str | None) -> str:
    """The amount with its currency, its figures of one width."""
    return _amount(money, formatting.amount_text)


@register.filter
def figures(money: Money | str | None) -> str:
    """The amount without its currency, where a header names it."""
    return _amount(money, formatting.figures)


def _amount(money: Money | str | None, write: Callable[[Money], str]) -> str:
    if not isinstance(money, Money):
        return "—"
    zero = SafeString(" data-zero") if not money.minor else ""
    return format_html('<span class="rb-amount"{}>{}</span>', zero, write(money))


@register.filter
def amount_text(money: Money) -> str:
    """The amount as plain text, for attributes and sentences."""
    return formatting.amount_text(money)


@register.filter
def plain(measure: Decimal | int) -> str:
    """A measure without idle zeros: 3, 4.5."""
    return written_plainly(measure)


@register.filter
def count(number: int) -> str:
    """A count with the locale's separators."""
    return formatting.number_text(number)


@register.filter
def day(value: date | None) -> str:
    """A calendar day."""
    return formatting.day_text(value) if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment, local."""
    return formatting.moment_text(value) if value else "—"


@register.filter
def when(value: datetime | None) -> str:
    """How long ago while fresh, then the date; the exact moment is in the title."""
    if not value:
        return "—"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formatting.moment_text(value),
        formatting.when_text(value, clock.now()),
    )


@register.filter
def percent_of(part: Any, whole: Any) -> int:
    """The part as whole percents of the whole, for meters: 0 to 100."""
    return shares.percent(part, whole)


@register.filter
def sentence(refusal: Any) -> str:
    """What a refusal says, in the reader's language."""
    return sentences.refusal_sentence(refusal)


_numbers = itertools.count(1)


@register.simple_tag
def unique_id(prefix: str = "rb") -> str:
    """An id for a part that needs one on its page and has no record behind it."""
    return f"{prefix}-{next(_numbers)}"


@register.filter
def short_id(value: UUID | str) -> str:
    """The end of an id, to be read out to support."""
    return str(value).replace("-", "")[-8:]


@register.simple_tag
def money_style(currency: str) -> dict[str, Any]:
    """How the locale types a currency: its sign, separators and decimals."""
    style = formatting.amount_style(formatting.current_locale(), currency)
    return {
        "symbol": style.symbol,
        "group": style.group,
        "decimal": style.decimal,
        "places": style.places,
        "by_thousands": style.by_thousands,
        "placeholder": formatting.figures(Money(0, currency)),
    }


@register.simple_tag
def words_for_scripts() -> SafeString:
    """The sentences that scripts show."""
    return words.words_for_scripts()


@register.simple_tag
def fresh_key() -> str:
    """A new idempotency key for a form that is not a `Form`."""
    return str(new_id())


@register.filter
def drawn_bars(bars: Any) -> Any:
    """Bars with their lengths on one scale."""
    return shares.drawn(bars)


@register.filter
def shown_value(value: Money | int) -> str:
    """An amount or a count."""
    return formatting.amount_text(value) if isinstance(value, Money) else formatting.number_text(value)
