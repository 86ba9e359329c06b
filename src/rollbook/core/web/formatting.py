"""Amounts, days and moments as people of a locale write and read them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from django.utils import timezone, translation

from rollbook.core.money import Money, NotAnAmount, minor_places

#: The true minus sign has the width of a figure and cannot break from its number.
MINUS = "\N{MINUS SIGN}"
#: How long "3 min ago" says more than the hour.
FRESH = timedelta(hours=1)

_territory: ContextVar[str] = ContextVar("formatting_territory", default="")


@contextmanager
def territory(code: str) -> Iterator[None]:
    """Write numbers and dates as in a country (ISO 3166-1), in whatever language is active."""
    token = _territory.set(code.upper())
    try:
        yield
    finally:
        _territory.reset(token)


def current_locale() -> Locale:
    """The locale of the active language, with the institution's country where that combination exists."""
    return _locale(translation.get_language() or "en", _territory.get())


@cache
def _locale(language: str, country: str) -> Locale:
    base = translation.to_locale(language)
    candidates = [f"{base.split('_')[0]}_{country}"] if country else []
    for candidate in [*candidates, base, base.split("_")[0]]:
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@dataclass(frozen=True, slots=True)
class AmountStyle:
    """How one locale writes one currency."""

    symbol: str
    prefix: str
    suffix: str
    group: str
    decimal: str
    places: int
    by_thousands: bool


@cache
def amount_style(locale: Locale, currency: str) -> AmountStyle:
    """The signs and separators of a currency in a locale."""
    pattern = locale.currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale=locale)
    symbols = locale.number_symbols["latn"]
    return AmountStyle(
        symbol=symbol,
        prefix=_beside_figures(pattern.prefix[0].replace("¤", symbol)),
        suffix=pattern.suffix[0].replace("¤", symbol),
        group=symbols["group"],
        decimal=symbols["decimal"],
        places=minor_places(currency),
        by_thousands=pattern.grouping == (3, 3),
    )


def _beside_figures(prefix: str) -> str:
    """A currency without a sign of its own is written as letters, and letters stand apart from figures."""
    return prefix + "\N{NO-BREAK SPACE}" if prefix[-1:].isalpha() else prefix


def figures(amount: Money) -> str:
    """The amount without its currency, for columns whose header names it: 5,333.34."""
    return figures_writer(amount.currency)(amount)


def figures_writer(currency: str) -> Callable[[Money], str]:
    """A function that writes many amounts of one currency for the present reader."""
    locale = current_locale()
    style = amount_style(locale, currency)

    def write(amount: Money) -> str:
        sign = MINUS if amount.minor < 0 else ""
        return sign + _digits(abs(amount.minor), currency, style, locale)

    return write


def _digits(minor: int, currency: str, style: AmountStyle, locale: Locale) -> str:
    if not style.by_thousands:
        places = "." + "0" * style.places if style.places else ""
        pattern = f"#,##,##0{places}" if locale.territory == "IN" else f"#,##0{places}"
        return str(format_decimal(Money(minor, currency).to_decimal(), format=pattern, locale=locale))
    whole, fraction = divmod(minor, 10**style.places)
    text = f"{whole:,}".replace(",", style.group)
    return f"{text}{style.decimal}{fraction:0{style.places}d}" if style.places else text


def amount_text(amount: Money) -> str:
    """The amount with its currency, once: ₱5,333.34."""
    locale = current_locale()
    style = amount_style(locale, amount.currency)
    if not style.by_thousands:
        return str(format_currency(amount.to_decimal(), amount.currency, locale=locale)).replace("-", MINUS)
    sign = MINUS if amount.minor < 0 else ""
    return f"{sign}{style.prefix}{_digits(abs(amount.minor), amount.currency, style, locale)}{style.suffix}"


_SPACES = re.compile(r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")


def parse_amount(text: str, currency: str) -> Money:
    """Read an amount as the active locale types it: "5,000.00", "₱5,000", "5000".

    Separators must stand where the locale puts them, so that "1,5" is asked about and never taken for fifteen.
    """
    style = amount_style(current_locale(), currency)
    bare = _SPACES.sub("", text)
    for mark in (currency, style.symbol):
        bare = bare.removeprefix(mark).removesuffix(mark)
    whole, _, fraction = bare.partition(style.decimal)
    group = _SPACES.sub("", style.group)
    if group and group in whole:
        first, *rest = whole.split(group)
        sizes = {len(part) for part in rest[:-1]}
        if not 1 <= len(first) <= 3 or len(rest[-1]) != 3 or not sizes <= {2, 3} or (style.by_thousands and 2 in sizes):
            raise NotAnAmount(places=style.places, example=figures(Money(1250 * 10**style.places, currency)))
        whole = first + "".join(rest)
    if "." in whole or "," in whole:
        raise NotAnAmount(places=style.places, example=figures(Money(1250 * 10**style.places, currency)))
    try:
        return Money.parse(f"{whole}.{fraction}" if style.decimal in bare else whole, currency)
    except NotAnAmount:
        raise NotAnAmount(places=style.places, example=figures(Money(1250 * 10**style.places, currency))) from None


def number_text(number: object) -> str:
    """A count or a measure with the locale's separators."""
    return str(format_decimal(number, locale=current_locale()))  # type: ignore[arg-type]


def day_text(day: date) -> str:
    """A calendar day: 15 Jan 2031."""
    return str(format_date(day, "medium", locale=current_locale()))


def days_text(first: date, last: date) -> str:
    """Days from the first to the last, as short as they can be said: Oct 7 – 13, 2031."""
    return str(format_interval(first, last, "yMMMd", locale=current_locale()))


def moment_text(moment: datetime) -> str:
    """A moment in the local time zone: 15 Jan 2031, 10:42."""
    return _moment(timezone.localtime(moment))


def _moment(local: datetime) -> str:
    locale = current_locale()
    return f"{format_date(local, 'medium', locale=locale)}, {format_time(local, 'short', locale=locale)}"


def when_text(moment: datetime, now: datetime) -> str:
    """How long ago while that is fresh; then the hour if it was today, else the day."""
    age = now - moment
    locale = current_locale()
    if timedelta(0) <= age < FRESH:
        rounded = max(age, timedelta(minutes=1))
        return str(format_timedelta(-rounded, add_direction=True, format="short", granularity="minute", locale=locale))
    local = timezone.localtime(moment)
    if local.date() == timezone.localtime(now).date():
        return str(format_time(local, "short", locale=locale))
    return _moment(local)
