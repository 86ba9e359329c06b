"""What a term costs, by pure arithmetic (example 1, R31 and its neighbours)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.ids import new_id
from rollbook.core.money import split_minor
from rollbook.systems.college.fees.rules import (
    WHOLE,
    Fee,
    Given,
    Schedule,
    Scope,
    Taken,
    assess,
    percent_back,
    read_refund_table,
    schedule_for,
    share_of,
)

TUITION = Fee("Tuition", "TUITION", "PER_UNIT", 650_00)
LABORATORY = Fee("Laboratory", "LABORATORY", "PER_LAB_SUBJECT", 1_200_00)
MISCELLANEOUS = Fee("Miscellaneous", "MISCELLANEOUS", "FLAT", 3_450_50)
FEES = [TUITION, LABORATORY, MISCELLANEOUS]
TABLE = read_refund_table("0:100, 1:75, 2:50")
FIRST_DAY = date(2031, 8, 4)


def taken(code: str = "IT 101", lecture: str = "3", lab: str = "0", kept: str = "100") -> Taken:
    units = Decimal(lecture) + Decimal(lab)
    return Taken(new_id(), code, units, Decimal(lecture), Decimal(lab), Decimal(kept))


def twenty_one_units() -> list[Taken]:
    """Seven subjects of three units, two of them with a laboratory."""
    return [taken(f"IT {n}", "2", "1") for n in (1, 2)] + [taken(f"GE {n}") for n in range(5)]


@pytest.mark.example("college", 1)
@pytest.mark.example("college", 2)
@pytest.mark.rule("R31")
def test_twenty_one_units_two_laboratories_and_miscellaneous_come_to_19500_50() -> None:
    assessed = assess(FEES, twenty_one_units())

    assert [line.minor for line in assessed.lines] == [13_650_00, 2_400_00, 3_450_50]
    assert assessed.total_minor == 19_500_50
    assert assessed.units == 21
    assert split_minor(assessed.total_minor, 6) == [3_250_09] * 2 + [3_250_08] * 4


def test_each_basis_counts_what_it_says() -> None:
    lab = taken("IT 1", "2", "1.5")
    fees = {
        "PER_UNIT": 650, "PER_LECTURE_UNIT": 500, "PER_LAB_UNIT": 150, "PER_SUBJECT": 200, "PER_LAB_SUBJECT": 100,
        "ONE_SUBJECT": 100, "FLAT": 100,
    }  # fmt: skip
    for basis, minor in fees.items():
        fee = Fee("Fee", "OTHER", basis, 100, lab.subject_id if basis == "ONE_SUBJECT" else None)
        assert assess([fee], [lab, taken()]).total_minor == minor, basis


def test_half_a_minor_unit_goes_up_once_for_a_line() -> None:
    assert assess([Fee("Tuition", "TUITION", "PER_UNIT", 33)], [taken(lecture="1.5")]).total_minor == 50
    assert assess([Fee("Tuition", "TUITION", "PER_UNIT", 33)], [taken(lecture="1.5")] * 2).total_minor == 99


def test_a_fee_that_counts_nothing_makes_no_line() -> None:
    assert [line.label for line in assess(FEES, [taken()]).lines] == ["Tuition", "Miscellaneous"]
    assert assess([TUITION], []).lines == ()


@pytest.mark.rule("R26")
def test_a_dropped_class_costs_nothing_and_a_class_that_was_left_what_the_table_keeps() -> None:
    assessed = assess(FEES, [taken(), taken("IT 2", "2", "1", kept="0"), taken("IT 3", "2", "1", kept="25")])

    assert [(line.label, line.category, line.minor) for line in assessed.lines] == [
        ("Tuition", "TUITION", 1_950_00),
        ("Miscellaneous", "MISCELLANEOUS", 3_450_50),
        ("IT 3, left: 25 % stays", "TUITION", 487_50),
        ("IT 3, left: 25 % stays", "LABORATORY", 300_00),
    ]
    assert assessed.total_minor == 1_950_00 + 3_450_50 + 487_50 + 300_00
    assert assessed.units == 3


def test_discounts_come_off_in_their_order_each_from_what_is_left() -> None:
    half = Given("HALF", "Half of tuition", Decimal(50), None, ("TUITION",), position=1)
    tenth = Given("TEN", "A tenth of everything", Decimal(10), None, position=2)

    assessed = assess([TUITION, MISCELLANEOUS], [taken(), taken()], [tenth, half])

    assert [line.minor for line in assessed.lines] == [3_900_00, 3_450_50, -1_950_00, -540_05]
    assert (assessed.charges_minor, assessed.concessions_minor) == (7_350_50, 2_490_05)


def test_a_discount_never_takes_off_more_than_its_cap_nor_than_there_is() -> None:
    capped = Given("CAP", "Capped", Decimal(100), None, cap_minor=500_00)
    huge = Given("HUGE", "Huge", None, 1_000_000_00, ("TUITION",))
    assert assess([TUITION], [taken()], [capped]).concessions_minor == 500_00
    assert assess(FEES, [taken()], [huge]).total_minor == 3_450_50
    assert assess([MISCELLANEOUS], [taken()], [huge]).concessions_minor == 0


@given(
    percents=st.lists(st.integers(1, 100), max_size=4),
    amounts=st.lists(st.integers(1, 5_000_00), max_size=4),
    count=st.integers(0, 9),
)
def test_what_is_left_to_pay_is_never_below_zero(percents: list[int], amounts: list[int], count: int) -> None:
    given_ = [Given(f"P{i}", "Percent", Decimal(p), None, position=i) for i, p in enumerate(percents)]
    given_ += [Given(f"A{i}", "Amount", None, minor, position=i) for i, minor in enumerate(amounts)]

    assessed = assess(FEES, [taken() for _ in range(count)], given_)

    assert 0 <= assessed.total_minor <= assessed.charges_minor
    assert assessed.total_minor == sum(line.minor for line in assessed.lines)


def a_schedule(code: str, **scope: object) -> Schedule:
    return Schedule(new_id(), code, 1, Scope(**scope), ())  # type: ignore[arg-type]


def test_the_most_exact_schedule_wins_and_the_programme_weighs_most() -> None:
    programme, other, term = new_id(), new_id(), new_id()
    student = Scope(programme, 2, term, "FIRST", "FRESHMAN")
    everybody, second_years = a_schedule("ALL"), a_schedule("Y2", year_level=2, term_id=term, semester="")
    ours, theirs = a_schedule("OURS", programme_id=programme), a_schedule("THEIRS", programme_id=other)

    assert schedule_for(student, [everybody, second_years]) is second_years
    assert schedule_for(student, [everybody, second_years, ours, theirs]) is ours
    assert schedule_for(student, [theirs]) is None
    assert schedule_for(student, [a_schedule("SUMMER", semester="SUMMER")]) is None


@pytest.mark.rule("R62")
@pytest.mark.parametrize(
    ("on", "percent"),
    [
        (date(2031, 8, 3), 100), (date(2031, 8, 4), 75), (date(2031, 8, 10), 75), (date(2031, 8, 11), 50),
        (date(2031, 8, 17), 50), (date(2031, 8, 18), 0),
    ],
)  # fmt: skip
def test_who_leaves_later_gets_less_back(on: date, percent: int) -> None:
    assert percent_back(TABLE, starts_on=FIRST_DAY, on=on) == percent


@pytest.mark.parametrize("text", ["0", "0:101", "1:50, 1:40", "0:50, 1:75", "x:5", "1:-5", "99:1", "1:1e1"])
def test_a_refund_table_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_refund_table(text)


def test_an_empty_table_gives_nothing_back() -> None:
    assert percent_back(read_refund_table(""), starts_on=FIRST_DAY, on=date(2031, 1, 1)) == 0


def test_a_sponsor_answers_for_everything_a_part_or_a_sum() -> None:
    assert share_of(30_000_00, share="FULL", percent=None, amount_minor=None) == 30_000_00
    assert share_of(30_000_01, share="PERCENT", percent=Decimal(50), amount_minor=None) == 15_000_01
    assert share_of(30_000_00, share="FIXED", percent=None, amount_minor=40_000_00) == 30_000_00
    assert WHOLE == 100
