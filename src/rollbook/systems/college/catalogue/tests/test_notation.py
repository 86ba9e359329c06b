"""Prerequisites as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given

from rollbook.systems.college.catalogue.prerequisites import (
    AllMajor,
    AllOf,
    AnyOf,
    Corequisite,
    Group,
    NotationError,
    PercentUnits,
    Permission,
    Specific,
    YearStanding,
    parse,
    read,
    to_json,
    write,
)
from rollbook.systems.college.catalogue.tests.test_prerequisites import CODES, TREES, A, B, C, D

IDS = {code.lower(): subject_id for subject_id, code in CODES.items()}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  ", None),
        ("a", Specific(A)),
        ("A >= 2.00", Specific(A, Decimal("2.00"))),
        ("A; B", AllOf((Specific(A), Specific(B)))),
        ("A & (B | C>=2.5)", AllOf((Specific(A), AnyOf((Specific(B), Specific(C, Decimal("2.5"))))))),
        ("A | B & C", AnyOf((Specific(A), AllOf((Specific(B), Specific(C)))))),
        ("with: D", Corequisite(D)),
        ("year:3 & 75% & majors", AllOf((YearStanding(3), PercentUnits(Decimal(75)), AllMajor()))),
        ("2*Programming", Group("programming", 2)),
        ("permission:program_head", Permission("program_head")),
    ],
)
def test_what_people_write_is_read(text, tree):
    assert read(text, IDS) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E", "There is no subject 'E'."),
        ("A &", "Something is missing beside"),
        ("| A", "Something is missing beside"),
        ("(A & B", "A bracket is not closed."),
        ("A)", "There is a ')' too many."),
        ("year:9", "Enter a year from 1 to 6."),
        ("0%", "Enter a share of more than 0"),
        ("(((((((A)))))))", "Nest brackets at most 6 deep."),
        ("A B", "There is no subject 'A B'."),
    ],
)
def test_what_cannot_be_read_says_why(text, message):
    with pytest.raises(NotationError) as wrong:
        read(text, IDS)

    assert str(wrong.value).startswith(message)


@given(TREES)
def test_what_is_written_is_read_again_with_the_same_meaning(tree):
    assert read(write(tree, CODES), IDS) == _plain(tree)
    assert parse(to_json(tree)) == tree


def _plain(tree):
    """A group of one means what its part means, and is written so."""
    if not isinstance(tree, AllOf | AnyOf):
        return tree
    parts = tuple(_plain(part) for part in tree.parts)
    return parts[0] if len(parts) == 1 else type(tree)(parts)
