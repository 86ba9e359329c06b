"""Templates, exam weeks, who may sit: decided from their arguments alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.systems.college.exams import rules
from rollbook.systems.college.exams.rules import Window


@pytest.mark.rule("R42")
def test_the_templates_are_those_of_the_rule_book():
    assert rules.TEMPLATES == {
        "STANDARD_4": (("PRELIM", 1), ("MIDTERM", 2), ("PREFINAL", 3), ("FINAL", 4)),
        "STRETCH_4": (("PRELIM", 1), ("MIDTERM", 2), ("PREFINAL", 4), ("FINAL", 6)),
        "SIX_STEP": (("CHAPTER", 2), ("PRELIM", 3), ("MIDTERM", 4), ("PREFINAL", 5), ("FINAL", 6)),
    }
    assert all(code in rules.NAMES for exams in rules.TEMPLATES.values() for code, _ in exams)


def test_exam_weeks_are_spread_over_the_term():
    assert rules.usual_windows(date(2031, 8, 1), date(2031, 12, 31), 4) == [
        Window(date(2031, 9, 1), date(2031, 9, 7)),
        Window(date(2031, 10, 9), date(2031, 10, 15)),
        Window(date(2031, 11, 16), date(2031, 11, 22)),
        Window(date(2031, 12, 25), date(2031, 12, 31)),
    ]


@given(st.integers(1, 400), st.integers(1, 12))
def test_exam_weeks_lie_in_the_term_whatever_its_length(days, count):
    first = date(2031, 8, 1)
    last = date.fromordinal(first.toordinal() + days - 1)

    for window in rules.usual_windows(first, last, count):
        assert first <= window.opens_on <= window.closes_on <= last


def test_the_days_of_a_certificate_may_cover_a_part_of_an_exam():
    week = Window(date(2031, 9, 1), date(2031, 9, 7))

    assert week.overlap(date(2031, 9, 5), date(2031, 12, 31)) == Window(date(2031, 9, 5), date(2031, 9, 7))
    assert week.overlap(date(2031, 9, 8), date(2031, 12, 31)) is None


@pytest.mark.rule("R43")
@pytest.mark.parametrize(
    ("policy", "opens", "verdict"), [("ENFORCE", True, True), ("ENFORCE", False, False), ("ADVISORY", False, True)]
)
def test_an_advisory_policy_turns_nobody_away(policy, opens, verdict):
    assert rules.may_sit(policy, permit_opens=opens) is verdict
