"""The grade point average as an exact ratio, against an oracle that divides with sixty digits."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.ids import new_id
from rollbook.systems.college.grading.rules.averages import (
    ALL,
    BEST,
    LATEST,
    Attempt,
    Average,
    average,
    counted,
    fingerprint,
    half_up,
    sums,
)
from rollbook.systems.college.grading.rules.scales import HIGHER_BETTER

PASSING = [Decimal(text) for text in ("1.00", "1.25", "1.50", "1.75", "2.00", "2.25", "2.50", "2.75", "3.00")]


def an_attempt(numeric: str | None, units: str | int, *, subject: UUID | None = None, **fields: object) -> Attempt:
    grade = None if numeric is None else Decimal(numeric)
    passes = grade is not None and grade <= 3
    said: dict[str, object] = {
        "id": new_id(),
        "subject_id": subject or new_id(),
        "attempt_no": 1,
        "units": Decimal(units),
        "symbol": numeric or "INC",
        "numeric": grade,
        "counts_in_gpa": grade is not None,
        "passes": passes,
        "earns_units": passes,
        "fails": grade is not None and not passes,
        **fields,
    }
    return Attempt(**said)  # type: ignore[arg-type]  # the test says its own facts


def shown(attempts: list[Attempt], policy: str = ALL) -> tuple[str, str]:
    found = average(attempts, policy)
    return str(found.rounded(4)), str(found.rounded(2))


@pytest.mark.rule("R51")
@pytest.mark.example("college", 27)
def test_the_average_of_a_term_and_of_two():
    term = [an_attempt("1.25", 3), an_attempt("1.75", 3), an_attempt("2.00", 3), an_attempt("2.25", 2)]
    practicum = an_attempt("1.50", 5)

    assert average([*term, practicum]) == Average(Decimal("27.00"), Decimal(16))
    assert shown([*term, practicum]) == ("1.6875", "1.69")
    assert shown([*term[:3], an_attempt(None, 2), practicum]) == ("1.6071", "1.61")
    assert shown([*term[:3], an_attempt("5.00", 2), practicum]) == ("2.0313", "2.03")
    two_terms = Average(Decimal("27.00") + Decimal("31.50"), Decimal(16 + 18))
    assert (str(two_terms.rounded(4)), str(two_terms.rounded(2))) == ("1.7206", "1.72")


@pytest.mark.rule("R51")
@pytest.mark.example("college", 28)
def test_each_figure_is_rounded_from_the_ratio_not_from_the_other_figure():
    assert shown([an_attempt("1.00", 3), an_attempt("1.25", 3)]) == ("1.1250", "1.13")
    odd = Average(Decimal("152.00"), Decimal(101))
    assert (str(odd.rounded(4)), str(odd.rounded(2))) == ("1.5050", "1.50")
    assert average([an_attempt(None, 3)]).rounded(2) is None


@pytest.mark.rule("R51")
@pytest.mark.example("college", 29)
def test_an_average_of_letters():
    letters = [an_attempt("4.0", 3), an_attempt("3.3", 4), an_attempt("0.0", 3)]

    assert average(letters) == Average(Decimal("25.2"), Decimal(10))
    assert shown(letters) == ("2.5200", "2.52")


@pytest.mark.rule("R52")
@pytest.mark.example("college", 30)
def test_which_attempts_count_is_the_colleges_policy():
    subject = new_id()
    attempts = [
        an_attempt("5.00", 3, subject=subject),
        an_attempt("2.00", 3, subject=subject, attempt_no=2),
        an_attempt("1.50", 3),
    ]

    assert shown(attempts, ALL) == ("2.8333", "2.83")
    assert shown(attempts, LATEST) == ("1.7500", "1.75")
    assert shown(attempts, BEST) == ("1.7500", "1.75")


@pytest.mark.rule("R52")
def test_an_incomplete_or_withdrawn_attempt_never_replaces_a_grade():
    subject = new_id()
    attempts = [an_attempt("2.50", 3, subject=subject), an_attempt(None, 3, subject=subject, attempt_no=2)]

    for policy in (ALL, LATEST, BEST):
        assert shown(attempts, policy)[1] == "2.50"


@pytest.mark.rule("R52")
def test_the_latest_attempt_counts_even_when_it_is_worse_and_the_best_one_does_not():
    subject = new_id()
    attempts = [an_attempt("2.00", 3, subject=subject), an_attempt("5.00", 3, subject=subject, attempt_no=2)]

    assert shown(attempts, LATEST)[1] == "5.00"
    assert shown(attempts, BEST)[1] == "2.00"


def test_the_best_attempt_follows_the_direction_of_the_scale():
    subject = new_id()
    attempts = [
        an_attempt("1.0", 3, subject=subject, direction=HIGHER_BETTER, passes=True),
        an_attempt("3.3", 3, subject=subject, attempt_no=2, direction=HIGHER_BETTER, passes=True),
    ]

    assert shown(attempts, BEST)[1] == "3.30"


def test_a_subject_of_several_sections_counts_each_time():
    subject = new_id()
    attempts = [
        an_attempt("1.00", 3, subject=subject, is_repeatable=True),
        an_attempt("2.00", 3, subject=subject, attempt_no=2, is_repeatable=True),
    ]

    assert shown(attempts, LATEST)[1] == "1.50"
    assert sums(attempts).units_earned == 6


def test_units_that_are_passed_twice_are_earned_once():
    subject = new_id()
    found = sums([an_attempt("3.00", 3, subject=subject), an_attempt("2.00", 3, subject=subject, attempt_no=2)])

    assert found.units_earned == 3
    assert found.units_attempted == 6


def test_a_credit_earns_units_without_being_attempted_or_counted():
    credit = an_attempt(None, 3, symbol="CR", passes=True, earns_units=True, is_attempted=False)
    found = sums([credit, an_attempt("2.00", 3)])

    assert (found.units_earned, found.units_attempted) == (6, 3)
    assert found.average.rounded(2) == Decimal("2.00")


def test_a_subject_without_units_moves_no_average():
    assert average([an_attempt("1.00", 0)]).rounded(2) is None


@pytest.mark.rule("R51")
@given(
    st.lists(st.tuples(st.sampled_from([*PASSING, Decimal("5.00")]), st.integers(1, 60)), min_size=1, max_size=60),
    st.integers(0, 6),
)
def test_the_average_agrees_with_a_division_of_sixty_digits(rows, places):
    found = average([an_attempt(str(grade), Decimal(halves) / 2) for grade, halves in rows]).rounded(places)

    with localcontext() as context:
        context.prec = 60
        points = sum((grade * halves for grade, halves in rows), Decimal(0))
        divided = points / sum(halves for _, halves in rows)
        assert found == divided.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@given(st.fractions(-10, 10, max_denominator=2000), st.integers(0, 5))
def test_half_up_is_never_further_than_half_a_step_and_mirrors_for_negatives(ratio, places):
    rounded = half_up(ratio, places)

    assert (
        abs(ratio - rounded.as_integer_ratio()[0] / ratio.__class__(rounded.as_integer_ratio()[1])) * 2 * 10**places
        <= 1
    )
    assert half_up(-ratio, places) == -rounded


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(PASSING)), max_size=12), st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows, random):
    subjects = [new_id() for _ in range(4)]
    attempts = [
        an_attempt(str(grade), 3, subject=subjects[index], attempt_no=number)
        for number, (index, grade) in enumerate(rows, start=1)
    ]
    shuffled = list(attempts)
    random.shuffle(shuffled)

    for policy in (ALL, LATEST, BEST):
        assert average(shuffled, policy) == average(attempts, policy)
        assert fingerprint(shuffled, policy) == fingerprint(attempts, policy)
        best = {attempt.subject_id for attempt in counted(attempts, policy)}
        assert best == {attempt.subject_id for attempt in attempts}


def test_what_a_result_was_computed_from_tells_a_changed_grade():
    subject, row = new_id(), new_id()
    before = an_attempt("2.50", 3, subject=subject, id=row)
    after = an_attempt("2.00", 3, subject=subject, id=row)

    assert fingerprint([before], ALL) != fingerprint([after], ALL)
    assert fingerprint([before], ALL) != fingerprint([before], LATEST)
