"""Year levels, what is missing, what to take next, and whether a plan can be followed."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan, Why, recommend, stands_for, year_level
from rollbook.systems.college.catalogue.plan_checks import Asked, check_plan
from rollbook.systems.college.catalogue.prerequisites import read

UNITS = tuple(Decimal(units) for units in (50, 48, 46, 40))


def place(number, year=1, semester="FIRST", units=3, **fields):
    return Place(UUID(int=number), f"S{number}", Decimal(units), year, semester, **fields)


@pytest.mark.example("college", 26)
@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("earned", "level"), [(0, 1), (37, 1), (38, 2), (73, 2), (74, 3), (107, 3), (108, 4), (184, 4), (999, 4)]
)
def test_a_year_is_reached_with_three_quarters_of_the_years_before(earned, level):
    assert year_level(Decimal(earned), UNITS) == level


@pytest.mark.rule("R28")
def test_halves_are_compared_exactly_and_a_floor_raises_but_never_past_the_last_year():
    assert year_level(Decimal("37.5"), UNITS) == 2
    assert year_level(Decimal("37.4"), UNITS) == 1
    assert year_level(Decimal(0), UNITS, floor=3) == 3
    assert year_level(Decimal(0), UNITS, floor=9) == 4
    assert year_level(Decimal(0), ()) == 1


@pytest.mark.rule("R28")
@given(st.integers(0, 800), st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_the_year_agrees_with_counting_by_hand(quarters, units):
    earned = Decimal(quarters) / 4

    # The oracle counts the years whose threshold is reached in a row, in quarters of a unit.
    reached = 0
    for number in range(1, len(units)):
        if quarters < 3 * sum(units[:number]):
            break
        reached = number
    assert year_level(earned, [Decimal(each) for each in units]) == reached + 1


def test_electives_count_once_and_one_of_them_is_enough():
    plan = Plan.of(
        [place(1), place(2, 1, "SECOND", elective_group="E1"), place(3, 1, "SECOND", elective_group="E1"), place(4, 2)]
    )

    assert (plan.total_units, plan.units_by_year) == (9, (6, 3))
    assert [requirement.subject_ids for requirement in plan.missing({UUID(int=3)})] == [
        frozenset({UUID(int=1)}), frozenset({UUID(int=4)}),
    ]  # fmt: skip
    assert plan.majors == (frozenset({UUID(int=1)}), frozenset({UUID(int=2), UUID(int=3)}), frozenset({UUID(int=4)}))
    assert plan.units_at(1, "SECOND") == 3


@pytest.mark.rule("R30")
def test_what_to_take_next_begins_with_retakes_then_what_was_left_behind():
    plan = Plan.of([place(1, 1), place(2, 1), place(3, 2), place(4, 2), place(5, 2, "SECOND"), place(6, 3)])

    chosen = recommend(
        plan, semester="FIRST", year_level=2, passed={UUID(int=4)}, to_retake={UUID(int=3)}, units_left=Decimal(12)
    )

    assert [(one.place.code, one.why) for one in chosen] == [
        ("S3", Why.RETAKE), ("S1", Why.BACK), ("S2", Why.BACK), ("S6", Why.IN_PLAN),
    ]  # fmt: skip


@pytest.mark.rule("R30")
def test_what_does_not_fit_leaves_room_for_what_does_and_closed_subjects_are_left_out():
    plan = Plan.of([place(1, units=5), place(2, units=3), place(3, units=2), place(4, units=1)])

    chosen = recommend(
        plan, semester="FIRST", year_level=1, passed=set(), units_left=Decimal(7),
        is_open=lambda one: one.code != "S4", taken={UUID(int=9)},
    )  # fmt: skip

    assert [one.place.code for one in chosen] == ["S1", "S3"]


@pytest.mark.rule("R30")
def test_of_electives_one_is_offered_and_the_one_begun_comes_first():
    plan = Plan.of([place(1, elective_group="E"), place(2, elective_group="E")])
    known = {"semester": "FIRST", "year_level": 1, "passed": set(), "units_left": Decimal(30)}

    assert [one.place.code for one in recommend(plan, **known)] == ["S1"]
    assert [one.place.code for one in recommend(plan, **known, to_retake={UUID(int=2)})] == ["S2"]
    assert recommend(plan, **known, taken={UUID(int=1)}) == []


def test_what_was_passed_stands_for_others_in_one_step():
    a, b, c = UUID(int=1), UUID(int=2), UUID(int=3)

    assert stands_for({a}, {b: {a}, c: {b}}) == {a, b}


ASKED = Asked(total_units=12, years=4, has_summer=False)
IDS = {f"s{number}": UUID(int=number) for number in range(1, 10)}


def faults(plan, written, **more):
    rules = {UUID(int=number): read(text, IDS) for number, text in written.items()}
    codes = {subject_id: code.upper() for code, subject_id in IDS.items()}
    report = check_plan(plan, rules, ASKED, codes=codes, **more)
    return [fault.sentence for fault in report.faults]


FOUR = Plan.of([place(1), place(2, 1, "SECOND"), place(3, 2), place(4, 2)])


@pytest.mark.rule("R10")
def test_a_plan_that_can_be_followed_has_no_fault():
    written = {2: "S1", 3: "S2 & year:2 & 50%", 4: "with:S3 & permission:dean"}

    assert faults(FOUR, written) == []


@pytest.mark.rule("R10")
@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({2: "S9"}, "S2 asks for S9, which is not in this curriculum."),
        ({2: "S3"}, "S2 asks for S3, which does not come in an earlier term."),
        ({4: "S3"}, "S4 asks for S3, which does not come in an earlier term."),
        ({1: "with:S2"}, "S1 is taken together with S2, which comes later."),
        ({2: "year:2 & S1"}, None),
        ({3: "year:3"}, "S3 cannot be reached in its term. Year 3 standing: in year 2."),
        ({3: "75%"}, "S3 cannot be reached in its term. 75% of the curriculum's units: 6 of 12 earned."),
        ({3: "majors"}, "S3 asks for every major, but some do not come before it. All majors: missing S4."),
        ({3: "1*web"}, "S3 cannot be reached in its term. web: 0 of 1 passed."),
        ({3: "S9 | S2"}, None),
    ],
)
def test_what_cannot_be_met_in_time_is_said(written, sentence):
    said = faults(FOUR, written)

    if sentence is None:
        # Half of year 1's six units are behind by then; one open branch is enough.
        assert said == ([] if 2 not in written else ["S2 cannot be reached in its term. Year 2 standing: in year 1."])
    else:
        assert said == [sentence]


@pytest.mark.rule("R10")
def test_what_is_outside_the_plan_is_met_by_an_equivalent_inside():
    assert faults(FOUR, {2: "S9"}, equivalents={UUID(int=9): frozenset({UUID(int=1)})}) == []


@pytest.mark.rule("R10")
def test_a_ring_is_told_with_its_way():
    assert faults(FOUR, {1: "S2", 2: "S1"})[0] in {
        "These subjects wait for each other: S1 → S2 → S1.", "These subjects wait for each other: S2 → S1 → S2.",
    }  # fmt: skip


@pytest.mark.rule("R10")
def test_units_that_do_not_add_up_are_a_warning_and_no_fault():
    report = check_plan(Plan.of([place(1, 1, "SUMMER", is_active=False)]), {}, ASKED)

    assert report.is_sound
    assert [warning.sentence for warning in report.warnings] == [
        "The subjects add up to 3 units; the programme asks for 12.",
        "There are summer subjects, but the programme has no summer terms.",
        "S1 is not taught any more.",
    ]


@pytest.mark.rule("R10")
def test_an_empty_plan_and_one_that_is_too_long_or_uneven_cannot_be_followed():
    uneven = Plan.of([place(1, elective_group="E"), place(2, 2, elective_group="E"), place(3, 5)])

    assert faults(Plan.of([]), {}) == ["The curriculum has no subjects yet."]
    assert faults(uneven, {}) == [
        "S3 stands in year 5, but the programme takes 4 years.",
        "The electives E (S1, S2) must stand in one term and have the same units.",
    ]
