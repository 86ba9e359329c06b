"""Names, telephone numbers, e-mail addresses and ages, decided from their arguments alone."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

import phonenumbers

NAME_LENGTH = 120

#: Written in names around the world; everything that is not a letter, a mark or one of these is refused.
_APOSTROPHE_MARKS = (
    "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
    "\N{MODIFIER LETTER APOSTROPHE}\N{MODIFIER LETTER TURNED COMMA}"
)
_NAME_MARKS = frozenset(" .,-'/()\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MIDDLE DOT}" + _APOSTROPHE_MARKS)
#: Joiners shape letters of Indic and Arabic scripts; between other characters they hide things.
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_VARIATION_SELECTORS = re.compile("[\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}]")

#: Letters drawn for effect (bold script, circled) are symbols, whatever Unicode's category says.
_ORNAMENTAL = ("<font>", "<circle>", "<square>")

#: Letters that do not come apart into a plain letter and an accent.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
    }
)
_ACCENTS = re.compile("[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]")
_APOSTROPHES = re.compile(f"['`´{_APOSTROPHE_MARKS}]")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
_EMAIL = re.compile(
    r"[^@\s\x00-\x1f\x7f<>()\[\],;:\\\"]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z0-9-]{2,63}\Z"
)


class Name(NamedTuple):
    """The parts of a legal name."""

    family: str = ""
    given: str = ""
    middle: str = ""
    suffix: str = ""


def tidy(text: str) -> str:
    """Unicode NFC, no outer spaces, one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def strange_character(text: str) -> str | None:
    """The first character that no legal name has (emoji, symbols, control characters), or None.

    Digits stay: "3rd" is a suffix, and old rolls tell namesakes apart by a number.
    """
    previous = ""
    for character in unicodedata.normalize("NFC", text):
        if not _is_of_a_name(character, previous):
            return character
        previous = character
    return None


def _is_of_a_name(character: str, previous: str) -> bool:
    if character in _NAME_MARKS:
        return True
    if _VARIATION_SELECTORS.match(character):
        return False
    if character in _JOINERS:
        return bool(previous) and unicodedata.category(previous)[0] in "LM"
    if unicodedata.decomposition(character).startswith(_ORNAMENTAL):
        return False
    category = unicodedata.category(character)
    return category[0] == "L" or (category[0] == "M" and bool(previous)) or category == "Nd"


def full_name(name: Name) -> str:
    """As one is addressed: Juan Santos Dela Cruz Jr."""
    return " ".join(part for part in (name.given, name.middle, name.family, name.suffix) if part)


def roll_name(name: Name) -> str:
    """As lists are sorted: Dela Cruz, Juan Santos Jr."""
    rest = " ".join(part for part in (name.given, name.middle, name.suffix) if part)
    return f"{name.family}, {rest}" if name.family and rest else name.family or rest


def masked_name(name: Name) -> str:
    """First letter of the given name and of the family name: J*** D."""
    first, last = _letter(name.given), _letter(name.family)
    if first and last:
        return f"{first}*** {last}."
    return f"{first or last}***"


def initials(name: Name) -> str:
    """Initials of given and family name: J. D."""
    return " ".join(f"{letter}." for letter in (_letter(name.given), _letter(name.family)) if letter)


def _letter(part: str) -> str:
    """The first letter with the marks that belong to it."""
    letters = unicodedata.normalize("NFC", part)
    start = next((index for index, character in enumerate(letters) if character.isalpha()), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(letters) and unicodedata.category(letters[end])[0] == "M":
        end += 1
    return letters[start:end].upper()


def plain(text: str) -> str:
    """Lower case without accents: "Muñoz-Łaski" becomes "munoz-laski"."""
    # Taken apart before and after: superscript and other dressed-up capitals show only then.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_PLAIN)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", folded))


def search_key(name: Name) -> str:
    """The key by which people are sorted: words of the name, family name first."""
    return " ".join(" ".join(words_of(part)) for part in (name.family, name.given, name.middle, name.suffix) if part)


def words_of(text: str) -> list[str]:
    """The words of a name as search sees them: "O'Brien-Peña" gives "obrien" and "pena"."""
    bare = _APOSTROPHES.sub("", plain(text))
    return [word for word in re.split(r"[\W_]+", bare) if word]


def name_tokens(*parts: str) -> set[str]:
    """Every word by which a name is found; a hyphenated one also as a whole."""
    tokens: set[str] = set()
    for part in parts:
        tokens.update(words_of(part))
        tokens.update("".join(words_of(word)) for word in part.split() if len(words_of(word)) > 1)
    return tokens


def number_key(value: str) -> str:
    """A number as it is compared: letters and digits, lower case."""
    return _NOT_ALPHANUMERIC.sub("", plain(value))


def number_tokens(value: str) -> set[str]:
    """A number is found by its beginning and by each group: 2031-00042 by "2031000", "00042" and "42"."""
    groups = [group for group in re.split(r"[^a-z0-9]+", plain(value)) if group]
    tokens = {number_key(value), *groups[1:]}
    tokens.update(group.lstrip("0") for group in groups[1:] if group.isdigit() and group.strip("0"))
    return {token for token in tokens if token}


def phone_tokens(value: str) -> set[str]:
    """An E.164 number is found with and without its country code."""
    digits = value.removeprefix("+")
    parsed = phonenumbers.parse(value)
    return {digits, str(phonenumbers.national_significant_number(parsed))}


def phone_e164(text: str, country: str) -> str | None:
    """Read a telephone number as people of a country write it; None when it cannot be one."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email_address(text: str) -> str | None:
    """An e-mail address in lower case; None when it cannot be one."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    return address if len(address) <= 254 and ".." not in address and _EMAIL.match(address) else None


@dataclass(frozen=True, slots=True)
class AgeBounds:
    """Ages that need no second look where people are added, both ends included."""

    youngest: int
    oldest: int


class BirthDateVerdict(Enum):
    """What a birth date is, seen from today."""

    USUAL = "usual"
    FUTURE = "future"
    TOO_YOUNG = "too young"
    TOO_OLD = "too old"


def age_on(birth_date: date, day: date) -> int:
    """Completed years on a day. Who was born on 29 February is a year older from 1 March in other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def judge_birth_date(birth_date: date, today: date, bounds: AgeBounds | None) -> BirthDateVerdict:
    """A day to come is impossible; an age outside the bounds needs to be confirmed."""
    if birth_date > today:
        return BirthDateVerdict.FUTURE
    age = age_on(birth_date, today)
    if bounds and age < bounds.youngest:
        return BirthDateVerdict.TOO_YOUNG
    if bounds and age > bounds.oldest:
        return BirthDateVerdict.TOO_OLD
    return BirthDateVerdict.USUAL
