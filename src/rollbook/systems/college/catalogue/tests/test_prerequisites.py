"""What must come before a subject: read, refused, judged."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.systems.college.catalogue.prerequisites import (
    AllMajor,
    AllOf,
    AnyOf,
    Corequisite,
    Group,
    LeafState,
    MalformedTree,
    Passed,
    PercentUnits,
    Permission,
    Specific,
    StudentFacts,
    YearStanding,
    judge,
    parse,
    subjects_of,
    to_json,
)

A, B, C, D = (UUID(int=number) for number in (1, 2, 3, 4))
CODES = {A: "A", B: "B", C: "C", D: "D"}


def facts(**known):
    return StudentFacts(codes=CODES, **known)


def said(tree, **known):
    verdict = judge(tree, facts(**known), of=B)
    return verdict.is_met, [leaf.sentence for leaf in verdict.leaves]


@pytest.mark.example("college", 23)
@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        # 5.00 first, then 2.00: the pass counts. Passed 2024 and failed 2025: the pass counts as well.
        ({"passed": {A: Passed(Decimal("2.00"))}, "failed": frozenset({A})}, (True, ["A: passed 2.00"])),
        ({"incomplete": {A: date(2027, 6, 20)}}, (False, ["A: INC, deadline 2027-06-20"])),
        ({"passed": {A: Passed(is_credited=True)}}, (True, ["A: credited"])),
        ({"in_progress": frozenset({A})}, (False, ["A: in progress"])),
        ({"dropped": frozenset({A})}, (False, ["A: not taken"])),
        ({}, (False, ["A: not taken"])),
        ({"failed": frozenset({A})}, (False, ["A: failed"])),
        ({"withdrawn": frozenset({A})}, (False, ["A: withdrawn"])),
        ({"no_grade": frozenset({A})}, (False, ["A: no grade yet"])),
        ({"incomplete": {A: None}}, (False, ["A: INC, no deadline while on leave"])),
    ],
)
def test_a_subject_is_met_by_one_pass_whatever_came_before_or_after(known, verdict):
    assert said(Specific(A), **known) == verdict


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("passed", "met", "sentence"),
    [
        (Passed(Decimal("2.00")), True, "A: passed 2.00"),
        (Passed(Decimal("2.25")), False, "A: 2.25, needs 2.00 or better"),
        (Passed(Decimal("2.25"), is_credited=True), True, "A: credited"),
        (Passed(None), False, "A: passed without a grade, needs 2.00 or better"),
        (Passed(Decimal("3.00"), lower_is_better=False), True, "A: passed 3.00"),
        (Passed(Decimal("1.70"), lower_is_better=False), False, "A: 1.70, needs 2.00 or better"),
    ],
)
def test_a_least_grade_is_compared_in_the_direction_of_its_scale_and_a_credit_meets_any(passed, met, sentence):
    assert said(Specific(A, Decimal("2.00")), passed={A: passed}) == (met, [sentence])


@pytest.mark.rule("R20")
def test_an_equivalent_subject_counts_one_step_and_no_further():
    stands_for = {A: frozenset({C}), C: frozenset({D})}

    assert said(Specific(A), passed={C: Passed(Decimal("1.25"))}, equivalents=stands_for) == (True, ["A: met by C"])
    assert said(Specific(A), passed={D: Passed(Decimal("1.25"))}, equivalents=stands_for) == (False, ["A: not taken"])
    too_low = said(Specific(A, Decimal("2.00")), passed={C: Passed(Decimal("2.50"))}, equivalents=stands_for)
    assert too_low == (False, ["A: not taken"])


@pytest.mark.rule("R20")
def test_a_corequisite_is_met_in_the_same_term_or_by_a_pass_before():
    assert said(Corequisite(A), this_term=frozenset({A})) == (True, ["A: taken in the same term"])
    assert said(Corequisite(A), passed={A: Passed(Decimal("1.00"))}) == (True, ["A: passed 1.00"])
    assert said(Corequisite(A)) == (False, ["A: not taken; take it in the same term"])
    assert said(Specific(A), this_term=frozenset({A})) == (False, ["A: not taken"])


@pytest.mark.rule("R20")
def test_what_is_in_progress_counts_only_where_the_college_allows_it_and_is_called_provisional():
    tree = AnyOf((Specific(A), Specific(C)))
    open_now = {"in_progress": frozenset({A})}

    assert not judge(tree, facts(**open_now), of=B).is_met
    verdict = judge(tree, facts(**open_now, allows_provisional=True), of=B)
    assert (verdict.is_met, verdict.is_provisional, verdict.leaves[0].state) == (True, True, LeafState.PROVISIONAL)
    firm = judge(tree, facts(**open_now, allows_provisional=True, passed={C: Passed(Decimal("1.00"))}), of=B)
    assert (firm.is_met, firm.is_provisional) == (True, False)


@pytest.mark.example("college", 25)
@pytest.mark.rule("R20")
@pytest.mark.parametrize(("earned", "met"), [(89, False), (90, True), (91, True)])
def test_a_share_of_units_is_compared_exactly(earned, met):
    tree = PercentUnits(Decimal(75))

    verdict = judge(tree, facts(earned_units=Decimal(earned), curriculum_units=Decimal(120)), of=B)

    assert verdict.is_met is met
    assert verdict.leaves[0].sentence == f"75% of the curriculum's units: {earned} of 120 earned"


def test_a_share_of_no_units_at_all_is_never_earned():
    assert not judge(PercentUnits(Decimal("0.01")), facts(), of=B).is_met


@pytest.mark.rule("R20")
@given(
    half_units=st.integers(0, 600),
    half_whole=st.integers(1, 600),
    hundredths=st.integers(1, 10_000),
)
def test_a_share_agrees_with_counting_in_whole_numbers(half_units, half_whole, hundredths):
    known = facts(earned_units=Decimal(half_units) / 2, curriculum_units=Decimal(half_whole) / 2)

    met = judge(PercentUnits(Decimal(hundredths) / 100), known, of=B).is_met

    # The oracle never divides and never meets a decimal: both sides in half units and hundredths of a percent.
    assert met is (half_units * 10_000 >= hundredths * half_whole)
    assert met is (Fraction(half_units, half_whole) >= Fraction(hundredths, 10_000))


@pytest.mark.rule("R20")
def test_year_standing_tags_and_permissions_are_looked_up():
    assert said(YearStanding(3), year_level=2) == (False, ["Year 3 standing: in year 2"])
    assert said(YearStanding(3), year_level=3) == (True, ["Year 3 standing: in year 3"])
    tags = {A: frozenset({"programming"}), C: frozenset({"programming", "web"})}
    assert said(Group("programming", 2), passed_tags=tags) == (True, ["programming: 2 of 2 passed"])
    assert said(Group("web", 2), passed_tags=tags) == (False, ["web: 1 of 2 passed"])
    assert said(Permission("program_head")) == (False, ["Permission of program head: not given"])
    assert said(Permission("dean"), permissions=frozenset({"dean"})) == (True, ["Permission of dean: given"])


@pytest.mark.rule("R20")
def test_all_majors_leaves_out_the_subject_itself_and_takes_one_of_alternatives():
    majors = (frozenset({A}), frozenset({B}), frozenset({C, D}))

    assert said(AllMajor(), majors=majors) == (False, ["All majors: missing A, C / D"])
    done = {A: Passed(Decimal("3.00")), D: Passed(is_credited=True)}
    assert said(AllMajor(), majors=majors, passed=done) == (True, ["All majors: passed"])


def test_only_what_stands_in_the_way_is_said_but_every_leaf_is_listed():
    tree = AllOf((Specific(A), AnyOf((Specific(C), Specific(D)))))

    verdict = judge(tree, facts(passed={C: Passed(Decimal("1.00"))}), of=B)

    assert (verdict.is_met, verdict.sentences) == (False, ("A: not taken",))
    assert [leaf.sentence for leaf in verdict.leaves] == ["A: not taken", "C: passed 1.00", "D: not taken"]
    assert judge(tree, facts(), of=B).sentences == ("A: not taken", "C: not taken", "D: not taken")
    assert verdict.as_facts()["leaves"][0] == {
        "kind": "SPECIFIC", "subject_id": str(A), "state": "NOT_TAKEN", "is_met": False, "sentence": "A: not taken",
    }  # fmt: skip


def test_a_subject_that_asks_for_nothing_is_open():
    verdict = judge(None, facts(), of=B)

    assert (verdict.is_met, verdict.leaves, verdict.sentences) == (True, (), ())


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        (None, "tree.kind", "Choose one of: ALL_OF"),
        ([], "tree.kind", "Choose one of: ALL_OF"),
        ({"kind": ["ALL_OF"]}, "tree.kind", "Choose one of: ALL_OF"),
        ({"kind": "ALL_OF", "parts": []}, "tree.parts", "Give 1 to 60 conditions."),
        ({"kind": "ALL_OF", "parts": {"0": {}}}, "tree.parts", "Give 1 to 60 conditions."),
        ({"kind": "SPECIFIC"}, "tree.subject_id", "Choose a subject."),
        ({"kind": "SPECIFIC", "subject_id": "A"}, "tree.subject_id", "Choose a subject."),
        ({"kind": "SPECIFIC", "subject_id": str(A), "min_grade": 2.0}, "tree.min_grade", "Enter a grade such as 2.00."),
        ({"kind": "SPECIFIC", "subject_id": str(A), "min_grade": "NaN"}, "tree.min_grade", "Enter a grade"),
        ({"kind": "SPECIFIC", "subject_id": str(A), "min_grade": "2.005"}, "tree.min_grade", "Enter a grade"),
        ({"kind": "SPECIFIC", "subject_id": str(A), "grade": 2}, "tree", "SPECIFIC does not take: grade."),
        ({"kind": "YEAR_STANDING", "year_level": 7}, "tree.year_level", "Enter a year from 1 to 6."),
        ({"kind": "YEAR_STANDING", "year_level": True}, "tree.year_level", "Enter a year from 1 to 6."),
        ({"kind": "GROUP", "tag": "two words", "min_subjects": 2}, "tree.tag", "Enter one word"),
        ({"kind": "GROUP", "tag": "web", "min_subjects": 0}, "tree.min_subjects", "Enter a number from 1 to 50."),
        ({"kind": "PERCENT_UNITS", "percent": "0"}, "tree.percent", "Enter a share of more than 0"),
        ({"kind": "PERCENT_UNITS", "percent": "100.5"}, "tree.percent", "Enter a share of more than 0"),
        ({"kind": "PERMISSION", "role": ""}, "tree.role", "Enter the role that has to agree"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_place(sent, field, message):
    with pytest.raises(MalformedTree) as refusal:
        parse(sent)

    assert refusal.value.errors[0]["field"] == field
    assert refusal.value.errors[0]["message"].startswith(message)


def test_every_part_that_does_not_fit_is_named_at_once():
    sent = {"kind": "ALL_OF", "parts": [{"kind": "NONE"}, {"kind": "ANY_OF", "parts": [{"kind": "COREQUISITE"}]}]}

    with pytest.raises(MalformedTree) as refusal:
        parse(sent)

    assert [error["field"] for error in refusal.value.errors] == [
        "tree.parts.0.kind",
        "tree.parts.1.parts.0.subject_id",
    ]


def test_a_tree_that_is_too_deep_or_too_wide_is_refused():
    deep = {"kind": "ALL_MAJOR"}
    for _ in range(6):
        deep = {"kind": "ALL_OF", "parts": [deep]}
    wide = {"kind": "ANY_OF", "parts": [{"kind": "ALL_OF", "parts": [{"kind": "ALL_MAJOR"}] * 31}] * 2}

    for sent, message in ((deep, "Nest groups at most 6 deep."), (wide, "Name at most 60 conditions.")):
        with pytest.raises(MalformedTree) as refusal:
            parse(sent)
        assert refusal.value.errors[0]["message"] == message


_SUBJECTS = st.sampled_from([A, B, C, D])
_WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
LEAVES = st.one_of(
    st.builds(Specific, _SUBJECTS, st.none() | st.decimals(1, 5, places=2)),
    st.builds(Corequisite, _SUBJECTS),
    st.builds(YearStanding, st.integers(1, 6)),
    st.builds(Group, _WORDS, st.integers(1, 50)),
    st.builds(PercentUnits, st.decimals("0.01", 100, places=2)),
    st.just(AllMajor()),
    st.builds(Permission, _WORDS),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple).flatmap(
        lambda parts: st.sampled_from([AllOf(parts), AnyOf(parts)])
    ),
    max_leaves=12,
).filter(lambda tree: _depth(tree) <= 6)  # fmt: skip


def _depth(tree):
    return 1 + max((_depth(part) for part in getattr(tree, "parts", ())), default=0)


@given(TREES)
def test_a_tree_is_read_as_it_was_written(tree):
    assert parse(to_json(tree)) == tree


@given(TREES, st.sets(_SUBJECTS))
def test_the_verdict_is_what_all_and_any_say_of_the_leaves(tree, passed):
    known = facts(passed={subject_id: Passed(Decimal("1.00")) for subject_id in passed})

    verdict = judge(tree, known, of=B)

    leaves = iter(verdict.leaves)

    def by_hand(node):
        if isinstance(node, AllOf | AnyOf):
            answers = [by_hand(part) for part in node.parts]
            return (False not in answers) if isinstance(node, AllOf) else (True in answers)
        return next(leaves).is_met

    assert verdict.is_met is by_hand(tree)
    assert verdict.is_met is (not verdict.blocking)
    assert subjects_of(tree) <= set(CODES)
