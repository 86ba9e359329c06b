"""Standing, honours and repeating a subject."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.systems.college.grading.rules.attempts import Again, Earlier, next_attempt
from rollbook.systems.college.grading.rules.scales import HIGHER_BETTER, LOWER_BETTER
from rollbook.systems.college.grading.rules.standing import (
    DEFAULT_HONOURS,
    DEFAULT_STANDINGS,
    GOOD,
    PROBATION,
    SEVERITY,
    SUSPENDED,
    WARNING,
    Figures,
    StandingBand,
    honours_of,
    standing_of,
)


def figures(attempted: int = 20, failed: int = 0, gpa: str | None = "2.00", **said: object) -> Figures:
    shown = None if gpa is None else Decimal(gpa)
    return Figures(shown, shown, Decimal(attempted), Decimal(failed), **said)  # type: ignore[arg-type]  # the test says


@pytest.mark.rule("R54")
@pytest.mark.parametrize(
    ("failed", "standing"),
    [
        (0, GOOD),
        (4, GOOD),
        (5, WARNING),
        (9, WARNING),
        (10, PROBATION),
        (14, PROBATION),
        (15, SUSPENDED),
        (20, SUSPENDED),
    ],
)
def test_the_share_of_failed_units_decides_the_standing(failed, standing):
    assert standing_of(figures(20, failed)) == standing


def test_nobody_is_judged_on_no_units():
    assert standing_of(figures(0, 0, None)) == GOOD


@pytest.mark.rule("R54")
def test_bands_are_judged_on_the_figure_that_is_shown():
    band = [StandingBand(PROBATION, worse_than=Decimal("3.00"))]

    assert standing_of(figures(gpa="3.00"), band) == GOOD
    assert standing_of(figures(gpa="3.01"), band) == PROBATION
    assert standing_of(figures(gpa=None), band) == GOOD
    better_high = [StandingBand(PROBATION, worse_than=Decimal("2.00"), is_cumulative=True)]
    assert standing_of(figures(gpa="1.99", direction=HIGHER_BETTER), better_high) == PROBATION
    assert standing_of(figures(gpa="2.00", direction=HIGHER_BETTER), better_high) == GOOD


@given(st.integers(1, 300), st.data())
def test_failing_more_is_never_a_better_standing(attempted, data):
    fewer = data.draw(st.integers(0, attempted))
    more = data.draw(st.integers(fewer, attempted))

    one, other = standing_of(figures(attempted, fewer)), standing_of(figures(attempted, more), DEFAULT_STANDINGS)

    assert SEVERITY.index(one) <= SEVERITY.index(other)
    # The oracle counts in whole hundredths instead of dividing.
    reached = [limit for limit in (25, 50, 75) if fewer * 100 >= limit * attempted]
    assert SEVERITY.index(one) == len(reached)


@pytest.mark.rule("R54")
def test_honours_need_the_average_a_full_load_and_no_failure():
    bands = DEFAULT_HONOURS[LOWER_BETTER]
    full = Decimal(18)

    assert honours_of(figures(gpa="1.25"), bands, graded_units=full) == "President's list"
    assert honours_of(figures(gpa="1.26"), bands, graded_units=full) == "Dean's list"
    assert honours_of(figures(gpa="1.75"), bands, graded_units=full) == "Dean's list"
    assert honours_of(figures(gpa="1.76"), bands, graded_units=full) == ""
    assert honours_of(figures(gpa="1.25"), bands, graded_units=Decimal(12)) == ""
    assert honours_of(figures(gpa="1.25", failed=3), bands, graded_units=full) == ""
    assert honours_of(figures(gpa=None), bands, graded_units=full) == ""
    letters = figures(gpa="3.90", direction=HIGHER_BETTER)
    assert honours_of(letters, DEFAULT_HONOURS[HIGHER_BETTER], graded_units=full) == "President's list"


@pytest.mark.rule("R55")
def test_a_failed_or_withdrawn_subject_is_retaken_with_the_next_number():
    assert next_attempt([]) == Again(1, is_retake=False)
    assert next_attempt([Earlier(1, "FAILED")]) == Again(2, is_retake=True)
    assert next_attempt([Earlier(1, "WITHDRAWN"), Earlier(2, "FAILED")]) == Again(3, is_retake=True)
    assert next_attempt([Earlier(1, "PASSED")]) == Again(2, is_retake=False)


@pytest.mark.rule("R55")
def test_an_open_incomplete_is_resolved_not_repeated():
    assert next_attempt([Earlier(1, "INC")]) == Again(2, is_retake=False, refusal="INC_OPEN")
