"""What a graduation is judged by (R58), without a database."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan
from rollbook.systems.college.credentials.rules.graduation import Facts, judge

pytestmark = pytest.mark.rule("R58")

MATH, PHYSICS, ART, MUSIC = (uuid4() for _ in range(4))


def place(subject_id: UUID, code: str, year: int = 1, semester: str = "FIRST", group: str = "") -> Place:
    return Place(subject_id, code, Decimal(3), year, semester, elective_group=group)


PLAN = Plan.of([
    place(PHYSICS, "PHYS 2", 2, "SECOND"), place(MATH, "MATH 1"), place(ART, "ART", 3, "FIRST", "arts"),
    place(MUSIC, "MUSIC", 3, "SUMMER", "arts"),
])  # fmt: skip


def facts(*done: UUID, **more: Any) -> Facts:
    named: dict[str, Any] = {
        "earned_units": Decimal(9), "required_units": Decimal(9), "units_here": Decimal(9),
        "residency_units": Decimal(0),
    } | more  # fmt: skip
    return Facts(done=done, **named)


def test_whoever_has_everything_may_graduate() -> None:
    assert judge(PLAN, facts(MATH, PHYSICS, MUSIC)).is_eligible


def test_what_is_missing_is_listed_in_the_order_of_the_curriculum() -> None:
    outcome = judge(PLAN, facts())

    assert [sorted(each.code for each in one.places) for one in outcome.missing] == [
        ["MATH 1"], ["PHYS 2"], ["ART", "MUSIC"],
    ]  # fmt: skip
    assert not outcome.is_eligible


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"earned_units": Decimal(6)}, ("UNITS", "6 of 9")),
        ({"residency_units": Decimal(10)}, ("RESIDENCY", "9 of 10")),
        ({"incomplete": ["ELEC 9"]}, ("INC", "ELEC 9")),
        ({"without_grade": ["PE 1"]}, ("NG", "PE 1")),
        ({"holds": ["Library"]}, ("HOLD", "Library")),
        ({"average": Decimal("2.51"), "worst_average": Decimal("2.50")}, ("AVERAGE", "2.51, 2.50")),
        ({"worst_average": Decimal("2.50")}, ("AVERAGE", "—, 2.50")),
        (
            {"average": Decimal("1.99"), "worst_average": Decimal("2.00"), "is_lower_better": False},
            ("AVERAGE", "1.99, 2.00"),
        ),
    ],
)
def test_each_other_reason_alone_is_enough_to_wait(more: dict[str, Any], reason: tuple[str, str]) -> None:
    outcome = judge(PLAN, facts(MATH, PHYSICS, ART, **more))

    assert (outcome.is_eligible, outcome.reasons) == (False, (reason,))


@pytest.mark.parametrize(
    "more",
    [
        {"average": Decimal("2.50"), "worst_average": Decimal("2.50")},
        {"average": Decimal("2.00"), "worst_average": Decimal("2.00"), "is_lower_better": False},
        {"units_here": Decimal(3), "residency_units": Decimal(3)},
    ],
)
def test_reaching_what_is_asked_for_exactly_is_enough(more: dict[str, Any]) -> None:
    assert judge(PLAN, facts(MATH, PHYSICS, ART, **more)).is_eligible
