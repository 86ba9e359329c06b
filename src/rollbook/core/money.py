"""Money: whole minor units and an ISO 4217 currency, always together. Floats never touch an amount."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_precision

from rollbook.core.errors import Refusal


class CurrencyMismatch(Refusal):
    """Amounts in {left} and {right} cannot be put together."""

    code = "CURRENCY_MISMATCH"
    status = 422


class NotAnAmount(Refusal):
    """Enter an amount with at most {places} decimals, such as {example}."""

    code = "NOT_AN_AMOUNT"
    status = 422


@dataclass(frozen=True, order=False, slots=True)
class Money:
    """An amount: `minor` whole minor units (centavos, cents) of `currency`."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.to_decimal_string()} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return other.minor

    def split(self, parts: int) -> list["Money"]:
        """Share the amount over `parts`; the first ones get one more minor unit, the sum is exact."""
        return [Money(minor, self.currency) for minor in split_minor(self.minor, parts)]

    def to_decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_places(self.currency))

    def to_decimal_string(self) -> str:
        """The amount as APIs and files carry it: "5333.34"."""
        places = minor_places(self.currency)
        if not places:
            return str(self.minor)
        whole, rest = divmod(abs(self.minor), 10**places)
        return f"{'-' if self.minor < 0 else ''}{whole}.{rest:0{places}d}"

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> "Money":
        """Exact conversion; an amount finer than the minor unit is refused, never rounded."""
        places = minor_places(currency)
        minor = amount.scaleb(places) if amount.is_finite() else None
        if minor is None or minor != minor.to_integral_value():
            raise NotAnAmount(places=places, example=f"{1250:.{places}f}")
        return cls(int(minor), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> "Money":
        """Round a computed amount half up, once, where it becomes money."""
        places = minor_places(currency)
        return cls(int(amount.scaleb(places).quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a plain decimal such as "5333.34". Signs, exponents and separators are refused."""
        places = minor_places(currency)
        whole, _, fraction = text.strip().partition(".")
        plain = (whole + fraction).isascii() and whole.isdigit() and (fraction.isdigit() or "." not in text)
        if not plain or len(fraction) > places or len(whole) > 15:
            raise NotAnAmount(places=places, example=f"{1250:.{places}f}")
        return cls(int(whole + fraction.ljust(places, "0")), currency)


def minor_places(currency: str) -> int:
    """Decimals of a currency by ISO 4217 (CLDR data): 2 for PHP, 0 for JPY, 3 for KWD."""
    return _places(currency)


_known_places: dict[str, int] = {}


def _places(currency: str) -> int:
    if currency not in _known_places:
        _known_places[currency] = get_currency_precision(currency)
    return _known_places[currency]


def split_minor(total: int, parts: int) -> list[int]:
    """Split whole minor units: each part gets the floor, the first `total mod parts` one more."""
    if parts < 1:
        raise ValueError("A split needs at least one part.")
    share, extra = divmod(total, parts)
    return [share + 1 if index < extra else share for index in range(parts)]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts of one currency; nothing adds up to zero."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result


def format_money(amount: Money, locale: str = "en") -> str:
    """The amount as people of a locale read it: ₱5,333.34."""
    return format_currency(amount.to_decimal(), amount.currency, locale=locale.replace("-", "_"))
