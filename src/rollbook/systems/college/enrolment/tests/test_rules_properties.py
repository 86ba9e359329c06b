"""Rules against oracles that reckon differently: caps in half units, years in whole numbers, carts by trying out."""

from datetime import date
from decimal import Decimal
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan, year_level
from rollbook.systems.college.catalogue.prerequisites import AllOf, Corequisite
from rollbook.systems.college.enrolment.rules.carts import judge_cart
from rollbook.systems.college.enrolment.rules.choice import best_section
from rollbook.systems.college.enrolment.rules.facts import Item, Offer, SectionFacts, Standing, SubjectFacts, Taken
from rollbook.systems.college.enrolment.rules.regularity import History, Off, irregular_reasons
from rollbook.systems.college.scheduling.rules import Slot

#: A machine under load draws slowly; that says nothing about the rules.
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FROM, TO = date(2031, 8, 1), date(2031, 12, 31)


def number(of: int, kind: int = 0) -> UUID:
    return UUID(int=kind * 1_000 + of + 1)


def a_subject(of: int, half_units: int = 6, tree=None) -> SubjectFacts:
    return SubjectFacts(
        id=number(of), code=f"S{of:02d}", title="", units=Decimal(half_units) / 2, category="MAJOR", tree=tree
    )


def a_section(of: int, subject: int | None = None, **fields) -> SectionFacts:
    return SectionFacts(
        id=number(of, 1), subject_id=number(of if subject is None else subject), code=f"{of:03d}", **fields
    )


def offered(subjects, sections) -> Offer:
    return Offer({one.id: one for one in subjects}, {one.id: one for one in sections})


def taken_units(half_units: int) -> tuple[Taken, ...]:
    return (
        Taken(
            subject_id=number(900), code="OLD", section_id=number(900, 1), section_code="A",
            units=Decimal(half_units) / 2,
        ),
    )  # fmt: skip


@pytest.mark.rule("R19")
@patiently
@given(cap=st.integers(0, 72), has=st.integers(0, 72), wants=st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_no_cart_ever_passes_the_cap_and_nothing_that_fits_is_left_out(cap, has, wants):
    subjects = [a_subject(of, half) for of, half in enumerate(wants)]
    standing = Standing(term="2031-1", max_units=Decimal(cap) / 2, taken=taken_units(has))

    verdicts = judge_cart(
        standing, offered(subjects, [a_section(of) for of in range(len(wants))]),
        [Item(number(of), number(of, 1)) for of in range(len(wants))],
    )  # fmt: skip

    # The oracle counts half units down from what is left.
    left, fits = cap - has, []
    for half in wants:
        fits.append(half <= left)
        left -= half if fits[-1] else 0
    assert [verdict.is_possible for verdict in verdicts] == fits


@pytest.mark.rule("R28")
@pytest.mark.example("college", 26)
@pytest.mark.parametrize(("earned", "level"), [(37, 1), (38, 2), (73, 2), (74, 3), (107, 3), (108, 4)])
def test_the_year_level_of_the_example(earned, level):
    assert year_level(Decimal(earned), [Decimal(units) for units in (50, 48, 46, 40)]) == level


@pytest.mark.rule("R28")
@patiently
@given(years=st.lists(st.integers(0, 140), min_size=1, max_size=6), earned=st.integers(0, 900))
def test_the_year_level_is_the_number_of_thresholds_reached_in_a_row(years, earned):
    # In half units and whole numbers: four times what is earned against three times what is asked.
    reached = 0
    while reached < len(years) - 1 and 4 * earned >= 3 * sum(years[: reached + 1]):
        reached += 1

    assert year_level(Decimal(earned) / 2, [Decimal(half) / 2 for half in years]) == reached + 1


@pytest.mark.rule("R20")
@patiently
@given(
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8),
    full=st.sets(st.integers(0, 5)),
    order=st.permutations(range(6)),
)
def test_what_goes_together_is_possible_together_and_never_alone(pairs, full, order):
    asked = {of: [Corequisite(number(b)) for a, b in pairs if a == of and b != of] for of in range(6)}
    subjects = [a_subject(of, tree=AllOf(tuple(asked[of])) if asked[of] else None) for of in range(6)]
    sections = [a_section(of, capacity=1, seated=1 if of in full else 0) for of in range(6)]

    verdicts = judge_cart(
        Standing(term="2031-1", max_units=Decimal(36)), offered(subjects, sections),
        [Item(number(of), number(of, 1)) for of in order],
    )  # fmt: skip
    possible = {verdict.item.subject_id for verdict in verdicts if verdict.is_possible}

    # The oracle tries every set: the largest in which each has its seat and everything that it asks for.
    def stands(some):
        return all(
            of not in full and {leaf.subject_id for leaf in asked[of]} <= {number(o) for o in some} for of in some
        )

    largest = next(set(some) for size in range(6, -1, -1) for some in combinations(range(6), size) if stands(some))
    assert possible == {number(of) for of in largest}


@pytest.mark.rule("R23")
@patiently
@given(
    sections=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(7, 12), st.booleans()), min_size=1, max_size=8
    ),
    busy=st.lists(st.tuples(st.integers(1, 3), st.integers(7, 12)), max_size=3),
)
def test_the_section_chosen_is_open_without_a_clash_with_most_seats_and_the_lowest_code(sections, busy):
    found = [
        a_section(
            of, subject=0, capacity=3, seated=seated, is_open=is_open,
            slots=(Slot(day, hour * 60, hour * 60 + 90, FROM, TO),),
        )
        for of, (day, seated, hour, is_open) in enumerate(sections)
    ]  # fmt: skip
    taken = tuple(
        Taken(
            subject_id=number(900 + of), code="OLD", section_id=number(900 + of, 1), section_code="A",
            units=Decimal(3), slots=(Slot(day, hour * 60, hour * 60 + 60, FROM, TO),),
        )
        for of, (day, hour) in enumerate(busy)
    )  # fmt: skip

    minutes = {(day, minute) for day, hour in busy for minute in range(hour * 60, hour * 60 + 60)}
    fitting = [
        (-(3 - seated), f"{of:03d}")
        for of, (day, seated, hour, is_open) in enumerate(sections)
        if is_open and seated < 3 and not any((day, m) in minutes for m in range(hour * 60, hour * 60 + 90))
    ]
    chosen = best_section(found, taken)
    assert chosen is not None
    if fitting:
        assert chosen.code == min(fitting)[1]


@pytest.mark.rule("R29")
@patiently
@given(states=st.lists(st.sampled_from(["PASSED", "FAILED", "INC", "NG", "NONE"]), min_size=4, max_size=4))
def test_a_student_is_irregular_exactly_when_something_is_open_failed_or_missing(states):
    places = [
        Place(number(of), f"S{of:02d}", Decimal(3), year, semester)
        for of, (year, semester) in enumerate([(1, "FIRST"), (1, "SECOND"), (2, "FIRST"), (2, "SECOND")])
    ]
    ids = {state: frozenset(number(of) for of, found in enumerate(states) if found == state) for state in set(states)}
    history = History(
        passed=ids.get("PASSED", frozenset()), incomplete=ids.get("INC", frozenset()),
        no_grade=ids.get("NG", frozenset()), failed_or_withdrawn=ids.get("FAILED", frozenset()),
    )  # fmt: skip

    found = irregular_reasons(
        Plan.of(places), history, when=(2, 0), codes={place.subject_id: place.code for place in places}
    )

    # The term is year 2, first semester: the first two places are behind it.
    expected = {
        *([Off.OPEN_INC] if "INC" in states else []),
        *([Off.NO_GRADE] if "NG" in states else []),
        *([Off.TO_RETAKE] if "FAILED" in states else []),
        *([Off.MISSING] if any(state != "PASSED" for state in states[:2]) else []),
    }
    assert {why for why, _codes in found} == expected


@pytest.mark.rule("R29")
def test_a_transferee_without_credits_is_irregular():
    plan = Plan.of([Place(number(0), "S00", Decimal(3), 1, "FIRST")])

    for has_credits, expected in ((False, [(Off.TRANSFEREE, ())]), (True, [])):
        history = History(is_transferee=True, has_credits=has_credits)
        assert irregular_reasons(plan, history, when=(1, 0), codes={}) == expected
