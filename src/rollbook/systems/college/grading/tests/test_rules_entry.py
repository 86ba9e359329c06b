"""What may be typed as a grade."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.ids import new_id
from rollbook.systems.college.grading.rules.entry import (
    Entry,
    Problem,
    must_be_complete,
    read_grade,
    resolves_incomplete,
)
from rollbook.systems.college.grading.rules.scales import (
    BY_PASSING,
    CREDITED,
    DROPPED,
    FAIL,
    HIGHER_BETTER,
    INC,
    LOWER_BETTER,
    NO_GRADE,
    NUMERIC,
    PASS,
    WITHDRAWN,
    Scale,
    Value,
    outcome,
)


def a_number(text: str, *, passes: bool = True, symbol: str = "") -> Value:
    return Value(symbol or text, Decimal(text), passes, counts_in_gpa=True, earns_units=passes, kind=NUMERIC)


def a_mark(symbol: str, kind: str, *, passes: bool = False) -> Value:
    return Value(symbol, None, passes, counts_in_gpa=False, earns_units=passes, kind=kind)


_PASSING = ("1.00", "1.25", "1.50", "1.75", "2.00", "2.25", "2.50", "2.75", "3.00")
PH_5 = Scale(
    new_id(), "PH_5", LOWER_BETTER,
    (
        *(a_number(text) for text in _PASSING), a_number("5.00", passes=False), a_mark("INC", INC),
        a_mark("NG", NO_GRADE), a_mark("DRP", DROPPED), a_mark("W", WITHDRAWN), a_mark("P", PASS, passes=True),
        a_mark("F*", FAIL), a_mark("CR", CREDITED, passes=True),
    ),
)  # fmt: skip
US_4 = Scale(
    new_id(), "US_4", HIGHER_BETTER,
    (
        a_number("4.0", symbol="A"), a_number("3.7", symbol="A-"), a_number("1.0", symbol="D"),
        a_number("0.0", symbol="F", passes=False), a_mark("INC", INC), a_mark("P", PASS, passes=True),
    ),
)  # fmt: skip
ALLOWED = (*_PASSING, "5.00", "INC")


def symbol_of(text: str, scale: Scale = PH_5, **said: str) -> str:
    found = read_grade(text, scale, **said)
    assert isinstance(found, Entry)
    assert found.value is not None
    return found.value.symbol


@pytest.mark.rule("R48")
def test_values_of_the_scale_are_taken_and_spaces_and_small_letters_forgiven():
    assert symbol_of("1.25") == "1.25"
    assert symbol_of(" 1.5 ") == "1.50"
    assert symbol_of("2") == "2.00"
    assert symbol_of("inc ") == "INC"
    assert symbol_of("a-", US_4) == "A-"


@pytest.mark.rule("R48")
@pytest.mark.example("college", 34)
@pytest.mark.parametrize("text", ["2.1", "4.00", "0", "1.2.5", "1e0", "-1", "١", "=1.25", "NaN", "1.250001", "ABS"])
def test_anything_else_is_refused_with_the_allowed_list(text):
    found = read_grade(text, PH_5)

    assert isinstance(found, Problem)
    assert found.allowed == ALLOWED
    assert "1.00, 1.25, 1.50" in found.message


@pytest.mark.rule("R48")
def test_a_comma_is_refused_with_what_was_probably_meant():
    found = read_grade("1,25", PH_5)

    assert isinstance(found, Problem)
    assert found.hint == "1.25"
    assert found.message.startswith("Write a point, not a comma. Did you mean 1.25?")
    assert read_grade("2,1", PH_5).hint == ""  # type: ignore[union-attr]  # a comma is never an entry


def test_the_number_behind_a_letter_is_only_a_hint():
    found = read_grade("4.0", US_4)

    assert isinstance(found, Problem)
    assert found.hint == "A"


@pytest.mark.parametrize("text", ["NG", "W", "DRP", "CR", "P", "f*"])
def test_values_that_others_give_are_not_given_on_a_sheet_of_numbers(text):
    found = read_grade(text, PH_5)

    assert isinstance(found, Problem)
    assert "is not given on a grade sheet" in found.message


def test_a_subject_that_is_passed_or_failed_takes_no_number():
    assert symbol_of("p", basis=BY_PASSING) == "P"
    assert symbol_of("F*", basis=BY_PASSING) == "F*"
    assert isinstance(read_grade("1.25", PH_5, basis=BY_PASSING), Problem)
    assert symbol_of("F", US_4, basis=BY_PASSING) == "F"


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_blank_is_nothing_yet(text):
    assert read_grade(text, PH_5) == Entry(None)


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_a_value_of_the_scale_or_says_why_not(text):
    found = read_grade(text, PH_5)

    if isinstance(found, Problem):
        assert found.message.endswith("Allowed: " + ", ".join(ALLOWED) + ".")
    else:
        assert found.value is None or found.value.symbol in ALLOWED


@given(st.sampled_from(ALLOWED), st.text(" \t", max_size=3))
def test_reading_a_value_back_gives_the_same_value(symbol, space):
    assert symbol_of(space + symbol.lower() + space) == symbol


@pytest.mark.rule("R49")
def test_an_incomplete_needs_the_work_that_is_required():
    inc = PH_5.find("INC")

    assert must_be_complete(None, required_work="") == "This row has no grade yet."
    assert must_be_complete(inc, required_work=" ") == "Write the work that is still required for this INC."
    assert must_be_complete(inc, required_work="Chapter 4") == ""
    assert must_be_complete(inc, required_work="", needs_work=False) == ""
    assert must_be_complete(PH_5.find("1.00"), required_work="") == ""


def test_only_a_number_ends_an_incomplete():
    assert resolves_incomplete(a_number("2.00"))
    assert not resolves_incomplete(a_mark("P", PASS, passes=True))
    assert not resolves_incomplete(a_mark("INC", INC))


def test_the_mark_of_an_expired_incomplete_is_the_worst_failing_number():
    assert PH_5.worst_failing() == a_number("5.00", passes=False)
    assert US_4.worst_failing() == a_number("0.0", symbol="F", passes=False)
    assert Scale(new_id(), "NONE", LOWER_BETTER, (a_number("1.00"),)).worst_failing() is None


def test_what_a_grade_means_for_the_subject():
    assert outcome(a_number("3.00")) == "PASSED"
    assert outcome(a_number("5.00", passes=False)) == "FAILED"
    assert outcome(a_mark("INC", INC)) == "INC"
    assert outcome(a_mark("NG", NO_GRADE)) == "NG"
    assert outcome(a_mark("W", WITHDRAWN)) == "WITHDRAWN"
    assert outcome(a_mark("P", PASS, passes=True)) == "PASSED"
    assert outcome(a_mark("F*", FAIL)) == "FAILED"
