"""Keys and fingerprints."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import BaseModel

from rollbook.core.idempotency.errors import IdempotencyKeyInvalid
from rollbook.core.idempotency.rules import checked_key, fingerprint, lock_number


class Body(BaseModel):
    """A body as an endpoint receives it."""

    amount: Decimal
    paid_on: date
    account_id: UUID


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("01890A5D-AC96-774B-BCCE-B302099A8057", "01890a5dac96774bbcceb302099a8057"),
        ("01890a5dac96774bbcceb302099a8057", "01890a5dac96774bbcceb302099a8057"),
        (" 01hf7yat00k3t5m0q8s9w2x4ye ", "01HF7YAT00K3T5M0Q8S9W2X4YE"),
    ],
)
def test_a_key_has_one_spelling(sent: str, kept: str) -> None:
    assert checked_key(sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "1",
        "pay-now",
        "x" * 65,
        "01890a5d-ac96-774b-bcce-b302099a805",
        "81HF7YAT00K3T5M0Q8S9W2X4YE",
        "01HF7YAT00K3T5M0Q8S9W2X4YU",
        "01890a5dac96774bbcceb302099a8057\n'; --",
    ],
)
def test_anything_but_a_uuid_or_a_ulid_is_no_key(sent: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid):
        checked_key(sent)


def test_equal_bodies_have_one_fingerprint_whatever_their_order() -> None:
    an_id = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    body = Body(amount=Decimal("5000.00"), paid_on=date(2031, 7, 1), account_id=an_id)
    same = {"paid_on": "2031-07-01", "account_id": str(an_id), "amount": "5000.00"}

    assert fingerprint(body) == fingerprint(same) == fingerprint(dict(reversed(same.items())))
    assert len(fingerprint(body)) == 64


def test_the_smallest_difference_makes_another_fingerprint() -> None:
    bodies = [{"a": 1}, {"a": "1"}, {"a": 1.0}, {"a": None}, {}, [], None, {"b": 1}, {"a": [1]}, b'{"a":1} ']

    assert len({fingerprint(body) for body in bodies}) == len(bodies)


def test_locks_of_different_keys_differ() -> None:
    numbers = {lock_number("organisation", "actor", "route", str(n)) for n in range(1_000)}

    assert len(numbers) == 1_000
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert lock_number("ab", "c") != lock_number("a", "bc")
