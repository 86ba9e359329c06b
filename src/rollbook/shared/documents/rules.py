"""Verification codes, fingerprints and amounts in words, decided from their arguments alone."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from rollbook.core.money import Money, minor_places

#: Crockford's letters: none of them is taken for another, and no word comes out.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}_.]")
_SHAPE = re.compile(r"(?:([A-Z]{2,6})([0-9]{4}))?([0-9A-Z]{8})\Z", re.ASCII)


def code_from(number: int, *, prefix: str = "", year: int = 0) -> str:
    """Write 40 random bits as a code: 7K3M9QXD, or PRM-2031-7K3M9QXD with a prefix."""
    letters = "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(CODE_LENGTH)))
    return f"{prefix}-{year:04d}-{letters}" if prefix else letters


def tidy_code(text: str) -> str | None:
    """A code as typed or scanned in the form in which it is stored; None when it is none.

    Case, spaces and hyphens are forgiven, and O, I and L where they can only be 0 and 1.
    """
    if len(text) > 60:
        return None
    found = _SHAPE.match(_SEPARATORS.sub("", text).upper())
    if found is None:
        return None
    letters = found[3].translate(_LOOKALIKES)
    if not set(letters) <= set(ALPHABET):
        return None
    return f"{found[1]}-{found[2]}-{letters}" if found[1] else letters


def scanned(text: str) -> str:
    """The code in what a scanner read: the code itself, or the address of the page on which it is verified."""
    return text.strip().rstrip("/").rsplit("/", 1)[-1]


def prefix_of(code: str) -> str:
    """PRM of PRM-2031-7K3M9QXD; nothing of a code without one."""
    return code.split("-", 1)[0] if "-" in code else ""


def shown_code(code: str) -> str:
    """A code as papers and pages show it: in groups that a person can copy."""
    return code if "-" in code else f"{code[:4]}-{code[4:]}"


def canonical(snapshot: Mapping[str, Any]) -> str:
    """The one way to write a snapshot: keys sorted, no spaces, amounts and days as text."""
    _check(snapshot, "snapshot")
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(snapshot: Mapping[str, Any]) -> str:
    """SHA-256 of the snapshot in its canonical form."""
    return hashlib.sha256(canonical(snapshot).encode()).hexdigest()


def _check(value: Any, place: str) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{place}: a key is text, not {type(key).__name__}.")
            _check(inner, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _check(inner, f"{place}[{number}]")
    elif isinstance(value, str):
        if "\x00" in value:
            raise ValueError(f"{place}: a text has no null character.")
    elif value is not None and not isinstance(value, bool | int):
        raise TypeError(f"{place}: {type(value).__name__} has no one way to be written; use text.")


_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))


def amount_in_words(amount: Money, unit: str) -> str:
    """An amount in English words, as receipts carry it: "Eight thousand and 50/100 pesos"."""
    places = minor_places(amount.currency)
    whole, fraction = divmod(abs(amount.minor), 10**places)
    words = f"{_words(whole)} and {fraction:0{places}d}/{10**places} {unit}" if places else f"{_words(whole)} {unit}"
    words = f"minus {words}" if amount.minor < 0 else words
    return words[0].upper() + words[1:]


def _words(number: int) -> str:
    for size, name in _GROUPS:
        if number >= size:
            rest = number % size
            return f"{_words(number // size)} {name}" + (f" {_words(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{_ONES[number // 100]} hundred" + (f" {_words(rest)}" if rest else "")
    if number >= 20:
        rest = number % 10
        return _TENS[number // 10] + (f"-{_ONES[rest]}" if rest else "")
    return _ONES[number]
