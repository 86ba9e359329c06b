"""What an entry says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from rollbook.core.audit.rules import MASKED, SealHead, difference, plain, without_secrets
from rollbook.core.money import Money


def test_only_what_changed_is_said() -> None:
    before = {"name": "Ana", "units": 21, "block": "A"}
    after = {"name": "Ana", "units": 24, "room": "301"}

    assert difference(before, after) == {
        "units": {"before": 21, "after": 24},
        "block": {"before": "A", "after": None},
        "room": {"before": None, "after": "301"},
    }
    assert difference(None, None) == {}


@pytest.mark.rule("R60")
@pytest.mark.parametrize(
    "field", ["password", "otp_secret", "api_token", "TOTP", "recovery_codes", "private_key", "webhook_signature_key"]
)
def test_that_a_secret_changed_is_said_but_not_what_it_is(field: str) -> None:
    assert difference({field: "old"}, {field: "new"}) == {field: {"before": MASKED, "after": MASKED}}
    assert without_secrets({"inner": [{field: "x"}]}) == {"inner": [{field: MASKED}]}


@pytest.mark.parametrize("field", ["pinned", "tokenised_on", "passwordless", "shopping", "secretary", "token_id"])
def test_a_word_that_only_looks_like_a_secret_is_said(field: str) -> None:
    assert without_secrets({field: "x"}) == {field: "x"}


def test_amounts_moments_and_ids_are_said_exactly() -> None:
    an_id = UUID("01890a5d-ac96-774b-bcce-b302099a8057")

    assert plain(Money(500_001, "PHP")) == {"minor": 500001, "currency": "PHP"}
    assert plain(Decimal("0.10")) == "0.10"
    assert plain(datetime(2031, 7, 1, 12, tzinfo=UTC)) == "2031-07-01T12:00:00+00:00"
    assert plain(date(2031, 7, 1)) == "2031-07-01"
    assert plain({"ids": (an_id,), "set": {"b", "a"}}) == {"ids": [str(an_id)], "set": ["a", "b"]}
    assert plain("a\x00b") == "ab"


def test_a_float_cannot_get_into_the_trail() -> None:
    with pytest.raises(TypeError, match="float"):
        plain({"amount": 0.1})


def test_the_hash_of_a_seal_covers_everything_it_states() -> None:
    head = {
        "organisation_id": UUID(int=1),
        "stream": "acts",
        "number": 7,
        "scheme": 1,
        "horizon": 900,
        "cluster": "77",
        "entry_count": 3,
        "entries_digest": "ab" * 32,
        "sealed_at": datetime(2031, 7, 1, 12, tzinfo=UTC),
        "previous_hash": "cd" * 32,
    }
    first = SealHead(**head).hash()  # type: ignore[arg-type]
    others = {
        SealHead(**head | {name: value}).hash()  # type: ignore[arg-type]
        for name, value in {
            "organisation_id": UUID(int=2),
            "stream": "reads",
            "number": 8,
            "scheme": 2,
            "horizon": 901,
            "cluster": "78",
            "entry_count": 4,
            "entries_digest": "ac" * 32,
            "sealed_at": datetime(2031, 7, 1, 12, 0, 0, 1, tzinfo=UTC),
            "previous_hash": "ce" * 32,
        }.items()
    }

    assert len(first) == 64
    assert len(others) == 10
    assert first not in others
