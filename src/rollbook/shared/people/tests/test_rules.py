"""Names, numbers and ages: rules without a database."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.shared.people import rules
from rollbook.shared.people.rules import AgeBounds, BirthDateVerdict, Name
from rollbook.shared.people.search import exact_alternatives, search_terms

ADMISSIBLE = AgeBounds(youngest=14, oldest=90)


@pytest.mark.parametrize(
    "name",
    ["Peña", "O'Brien", "O’Brien", "D’Angelo-Smith", "Jean-Luc", "Ma. Theresa", "Sukarno", "Đặng", "Łukasz", "李",
     "أحمد", "José (Pepe)", "श्रीमती", "क्\u200dष", "Þór", "Mª del Carmen"],
)  # fmt: skip
def test_names_of_the_world_are_names(name: str) -> None:
    assert rules.strange_character(name) is None


@pytest.mark.parametrize(
    ("name", "strange"),
    [("Juan 😀", "😀"), ("Ana❤️", "❤"), ("🇵🇭 Ana", "🇵"), ("𝓙uan", "𝓙"), ("Ana\x00", "\x00"),
     ("Ana\u200bCruz", "\u200b"), ("<b>Ana</b>", "<"), ("Ⓙuan", "Ⓙ"), ("Ana\u202ezurC", "\u202e"),
     ("\u200dAna", "\u200d"), ("=cmd", "=")],
)  # fmt: skip
def test_emoji_symbols_and_hidden_characters_are_no_part_of_a_legal_name(name: str, strange: str) -> None:
    assert rules.strange_character(name) == strange


def test_a_name_may_count() -> None:
    assert rules.strange_character("3rd") is None


def test_a_name_is_stored_in_one_form() -> None:
    decomposed = unicodedata.normalize("NFD", "  Peña   Muñoz ")

    assert rules.tidy(decomposed) == "Peña Muñoz"


JUAN = Name("Dela Cruz", "Juan", "Santos", "Jr.")


def test_a_name_is_written_for_address_for_lists_masked_and_as_initials() -> None:
    assert rules.full_name(JUAN) == "Juan Santos Dela Cruz Jr."
    assert rules.roll_name(JUAN) == "Dela Cruz, Juan Santos Jr."
    assert rules.masked_name(JUAN) == "J*** D."
    assert rules.initials(JUAN) == "J. D."


def test_a_single_name_is_enough() -> None:
    single = Name(given="Sukarno")

    assert (rules.full_name(single), rules.roll_name(single)) == ("Sukarno", "Sukarno")
    assert (rules.masked_name(single), rules.initials(single)) == ("S***", "S.")
    assert rules.masked_name(Name(family="Ñusta")) == "Ñ***"


def test_a_masked_letter_keeps_the_marks_that_belong_to_it() -> None:
    assert rules.masked_name(Name("'Ōnishi", "श्री")) == "श्*** Ō."


@given(given_name=st.text(alphabet="abcdeñéßø", min_size=2, max_size=20), family=st.text(alphabet="xyzč", min_size=2))
def test_a_masked_name_shows_one_letter_of_each_part(given_name: str, family: str) -> None:
    masked = rules.masked_name(Name(family, given_name))

    assert masked == f"{given_name[0].upper()}*** {family[0].upper()}."


def test_words_are_compared_without_accents_case_and_apostrophes() -> None:
    assert rules.words_of("O'Brien-Peña") == ["obrien", "pena"]
    assert rules.words_of("Łukasz Straße Øre Đặng") == ["lukasz", "strasse", "ore", "dang"]
    assert rules.search_key(JUAN) == "dela cruz juan santos jr"
    assert rules.name_tokens("Jean-Luc", "O’Brien") == {"jean", "luc", "jeanluc", "obrien"}


def test_a_number_is_found_by_its_beginning_and_by_each_group() -> None:
    assert rules.number_tokens("2031-00042") == {"203100042", "00042", "42"}
    assert rules.number_tokens("260001") == {"260001"}
    assert rules.number_tokens("ST/26-07") == {"st2607", "26", "07", "7"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("0917 123 4567", "+639171234567"), ("+63 (917) 123-4567", "+639171234567"), ("(02) 8123 4567", "+63281234567"),
     ("+1 212 555 2368", "+12125552368"), ("12345", None), ("call me", None), ("+63 917 123 456", None), ("", None)],
)  # fmt: skip
def test_a_telephone_number_is_read_as_the_country_writes_it(typed: str, stored: str | None) -> None:
    assert rules.phone_e164(typed, "PH") == stored


def test_a_telephone_number_is_found_with_and_without_its_country() -> None:
    assert rules.phone_tokens("+639171234567") == {"639171234567", "9171234567"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" Maria.Cruz@Example.ORG ", "maria.cruz@example.org"), ("a+b@x.co", "a+b@x.co"), ("ñ@example.ph", "ñ@example.ph"),
     ("maria@", None), ("@x.org", None), ("a@b", None), ("a b@x.org", None), ("a@x..org", None), ("<a@x.org>", None),
     ("a@-x.org", None), (f"{'a' * 65}@x.org", None)],
)  # fmt: skip
def test_an_address_is_kept_in_lower_case_or_refused(typed: str, stored: str | None) -> None:
    assert rules.email_address(typed) == stored


@pytest.mark.parametrize(
    ("born", "verdict"),
    [(date(2031, 7, 2), BirthDateVerdict.FUTURE), (date(2031, 7, 1), BirthDateVerdict.TOO_YOUNG),
     (date(2017, 7, 2), BirthDateVerdict.TOO_YOUNG), (date(2017, 7, 1), BirthDateVerdict.USUAL),
     (date(1940, 7, 2), BirthDateVerdict.USUAL), (date(1940, 7, 1), BirthDateVerdict.TOO_OLD)],
)  # fmt: skip
def test_a_birth_date_is_judged_to_the_day(born: date, verdict: BirthDateVerdict) -> None:
    # 14 and 90 themselves are usual: whoever turned 90 on the day is 91 in a year.
    today = date(2031, 7, 1)
    if verdict is BirthDateVerdict.TOO_OLD:
        assert rules.judge_birth_date(born, today, AgeBounds(14, 90)) is BirthDateVerdict.TOO_OLD
    else:
        assert rules.judge_birth_date(born, today, ADMISSIBLE) is verdict


def test_who_was_born_on_29_february_is_older_from_1_march() -> None:
    assert rules.age_on(date(2016, 2, 29), date(2031, 2, 28)) == 14
    assert rules.age_on(date(2016, 2, 29), date(2031, 3, 1)) == 15


@pytest.mark.parametrize(
    ("typed", "terms"),
    [("", []), ("  ", []), ("Cruz", [("cruz",)]), ("dela cruz", [("dela",), ("cruz",)]),
     ("2031-00042", [("203100042",)]),
     ("00042", [("00042", "42")]), ("0917 123", [("0917123", "917123")]), ("+63 917", [("63917",)]),
     ("cruz 0917", [("cruz",), ("0917", "917")]), ("Maria@X.org", [("maria@x.org",)]), ("'; DROP", [("drop",)]),
     ("st-26", [("st26",)]), ("!!!", []), ("0", [("0",)])],
)  # fmt: skip
def test_what_is_typed_becomes_beginnings_of_words(typed: str, terms: list[tuple[str, ...]]) -> None:
    assert search_terms(typed) == terms


@given(st.text(max_size=80))
def test_whatever_is_typed_makes_at_most_six_terms_and_no_error(typed: str) -> None:
    terms = search_terms(typed)

    assert len(terms) <= 6
    assert all(start and start == start.lower() for term in terms for start in term)
    assert isinstance(exact_alternatives(typed), list)
