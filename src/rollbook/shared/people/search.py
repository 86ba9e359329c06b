"""What somebody typed or scanned into a search box, as the beginnings of words to look for."""

import re

from rollbook.shared.people import rules

#: The beginnings of which one must be found: a number may be typed with or without its leading zeros.
Term = tuple[str, ...]

MOST_TERMS = 6
_LONGEST = 60
_NUMBER = re.compile(r"[\d\s+().\-/]*\d[\d\s+().\-/]*\Z")


def search_terms(text: str) -> list[Term]:
    """Every term must be found: "cruz 0917" is somebody called Cruz whose number begins with 0917."""
    text = rules.tidy(text)
    if _NUMBER.match(text):
        return [_number(text)]
    terms: list[Term] = []
    for word in text.split():
        terms += _terms_of(word)
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def exact_alternatives(text: str) -> list[str]:
    """What a whole number, telephone number or address would be stored as, were it the text."""
    text = rules.tidy(text)
    if "@" in text:
        return [text.lower()]
    return list(_number(text)) if rules.number_key(text) else []


def _terms_of(word: str) -> list[Term]:
    if "@" in word:
        return [(word.lower()[:_LONGEST],)]
    if any(character.isdigit() for character in word):
        return [_number(word)] if rules.number_key(word) else []
    return [(part[:_LONGEST],) for part in rules.words_of(word)]


def _number(text: str) -> Term:
    key = rules.number_key(text)[:_LONGEST]
    return tuple(dict.fromkeys(part for part in (key, key.lstrip("0")) if part))
