"""Codes, fingerprints and amounts in words."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.money import Money
from rollbook.shared.documents import rules

CODES = st.integers(0, 2**40 - 1)


@given(CODES)
def test_a_code_survives_being_read_aloud_and_typed(number: int) -> None:
    code = rules.code_from(number)

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", code)
    for typed in (
        code.lower(),
        rules.shown_code(code),
        f" {code[:3]} {code[3:]} ",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert rules.tidy_code(typed) == code


@given(CODES, st.integers(2000, 2999))
def test_a_code_with_a_prefix_survives_too(number: int, year: int) -> None:
    code = rules.code_from(number, prefix="PRM", year=year)

    assert rules.tidy_code(code.lower().replace("-", " ")) == code
    assert rules.prefix_of(code) == "PRM"
    assert rules.shown_code(code) == code


@pytest.mark.parametrize(
    "text", ["", "7K3M", "7K3M-9QXU", "PRM-31-7K3M9QXD", "7K3M9QXD7", "é" * 8, "<script>", "x" * 100]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert rules.tidy_code(text) is None


def test_every_code_is_as_likely_as_any_other() -> None:
    assert rules.code_from(0) == "00000000"
    assert rules.code_from(2**40 - 1) == "ZZZZZZZZ"
    assert len({rules.code_from(1 << place) for place in range(40)}) == 40


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), JSON))
def test_a_snapshot_has_one_way_to_be_written(snapshot: dict[str, object]) -> None:
    shuffled = json.loads(json.dumps(dict(reversed(list(snapshot.items())))))

    assert rules.canonical(snapshot) == rules.canonical(shuffled)
    assert rules.fingerprint(snapshot) == rules.fingerprint(shuffled)


def test_the_fingerprint_is_the_sha256_of_the_canonical_text() -> None:
    assert rules.canonical({"b": ["ñ", 1, None], "a": {"z": True}}) == '{"a":{"z":true},"b":["ñ",1,null]}'
    assert rules.fingerprint({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("value", [1.5, {"amount": 0.1}, [object()], {1: "x"}, b"x", {"x": {"y": [1.0]}}])
def test_a_snapshot_holds_nothing_that_can_be_written_in_two_ways(value: object) -> None:
    with pytest.raises(TypeError):
        rules.fingerprint({"value": value})


def test_a_snapshot_holds_no_null_character() -> None:
    with pytest.raises(ValueError, match="null character"):
        rules.fingerprint({"name": "a\x00b"})


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (800_050, "PHP", "Eight thousand and 50/100 pesos"),
        (1, "PHP", "Zero and 01/100 pesos"),
        (45_678_99, "PHP", "Forty-five thousand six hundred seventy-eight and 99/100 pesos"),
        (2_100_030_000_00, "PHP", "Two billion one hundred million thirty thousand and 00/100 pesos"),
        (-1500, "PHP", "Minus fifteen and 00/100 pesos"),
        (19_021, "JPY", "Nineteen thousand twenty-one pesos"),
        (1_005, "KWD", "One and 005/1000 pesos"),
    ],
)  # fmt: skip
def test_an_amount_is_written_in_words(minor: int, currency: str, words: str) -> None:
    assert rules.amount_in_words(Money(minor, currency), "pesos") == words
