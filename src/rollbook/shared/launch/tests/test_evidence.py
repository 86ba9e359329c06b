from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rollbook.shared.launch import evidence
from rollbook.shared.launch.tests.examples import an_item


def test_the_same_facts_always_give_the_same_text() -> None:
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)

    assert evidence.canonical({"b": moment, "a": Decimal("1.50"), "c": ["ñ"]}) == (
        '{"a":"1.50","b":"2026-03-01T09:00:00.000000Z","c":["ñ"]}'
    )


def test_facts_that_were_not_declared_are_named_but_not_kept() -> None:
    kept = evidence.keep(an_item("PLT-T-01", evidence=("tables",)), {"tables": 3, "rows": "Maria Santos"})

    assert kept.facts == {"tables": 3, "undeclared": ["rows"]}


def test_masked_facts_show_only_that_they_were_there() -> None:
    item = an_item("PLT-T-01", evidence=(), masked=("owner", "key"))

    assert evidence.keep(item, {"owner": "Maria Santos", "key": ""}).facts == {"owner": "•••"}


@pytest.mark.parametrize(
    "fact",
    [
        "postgresql://rollbook:hunter22@db/rollbook",
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIAIOSFODNN7EXAMPLE",
        "password=sampaguita99",
        "maria.santos@example.edu",
        "4111 1111 1111 1111",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghij",
        "sk_live_51H8abcdefghijk",
    ],
)
def test_evidence_that_seems_to_hold_a_secret_is_withheld(fact: str) -> None:
    kept = evidence.keep(an_item("PLT-T-01", evidence=("fact",)), {"fact": ["fine", fact]})

    assert kept.is_withheld
    assert fact not in evidence.canonical(kept.facts)


@pytest.mark.parametrize("fact", ["4111 1111 1111 1112", "2026-11-21 11:14:42", "01a1fdb7-135b-779c-92e1-f08745d8fb5e"])
def test_numbers_that_are_no_card_are_kept(fact: str) -> None:
    assert not evidence.keep(an_item("PLT-T-01", evidence=("fact",)), {"fact": fact}).is_withheld


def test_long_lists_are_cut_and_counted() -> None:
    kept = evidence.keep(
        an_item("PLT-T-01", evidence=("tables",)), {"tables": [f"table_{n:06d}" for n in range(20_000)]}
    )

    assert len(evidence.canonical(kept.facts).encode()) <= evidence.MOST_BYTES
    assert kept.facts["tables_count"] == 20_000
    assert kept.facts["tables"][0] == "table_000000"


def test_what_cannot_be_cut_leaves_its_digest() -> None:
    kept = evidence.keep(an_item("PLT-T-01", evidence=("text",)), {"text": "ab" * 40_000})

    assert kept.facts["cut"].endswith("bytes")
    assert len(kept.facts["sha256"]) == 64
