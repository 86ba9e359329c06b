"""PayMongo's signatures (example 12)."""

from datetime import UTC, datetime, timedelta

import pytest

from rollbook.shared.gateways import paymongo

SECRET = "whsk_test_secret"
BODY = b'{"data":{"id":"evt_1"}}'
SENT = datetime.fromtimestamp(1_700_000_000, UTC)
TE = "e3870da184d61a80f899c338ee3899c943fb28da3fe414a93dd418db4dd9bfd6"


@pytest.mark.example("college", 12)
def test_the_signature_is_the_one_paymongo_makes() -> None:
    assert paymongo.signature(SECRET, "1700000000", BODY) == TE
    assert paymongo.is_signed(f"t=1700000000,te={TE},li=", BODY, secret=SECRET, is_live=False, now=SENT)


@pytest.mark.parametrize(
    ("header", "is_live", "later"),
    [
        (f"t=1700000000,te={TE},li=", True, 0),
        (f"t=1700000000,te={TE[:-1]}0,li=", False, 0),
        (f"t=1700000001,te={TE},li=", False, 0),
        (f"t=1700000000,te={TE},li=", False, 301),
        (f"t=1700000000,te={TE},li=", False, -301),
        ("", False, 0),
        ("t=,te=,li=", False, 0),
        ("t=abc,te=é,li=", False, 0),
    ],
)
def test_a_wrong_stale_or_foreign_signature_is_refused(header: str, is_live: bool, later: int) -> None:
    now = SENT + timedelta(seconds=later)

    assert not paymongo.is_signed(header, BODY, secret=SECRET, is_live=is_live, now=now)


def test_the_last_second_of_the_tolerance_still_counts() -> None:
    now = SENT + timedelta(seconds=300)

    assert paymongo.is_signed(f"t=1700000000,te={TE},li=", BODY, secret=SECRET, is_live=False, now=now)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"data":null}', b'{"data":{"id":"evt_1"}}'])
def test_a_body_that_is_no_event_is_none(body: bytes) -> None:
    assert paymongo.read_event(body) is None
