"""Decisions at the door that need no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.identity import keys, rules

NOON = datetime(2031, 7, 1, 12, tzinfo=UTC)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Ana@Example.EDU ", "ana@example.edu"), ("E-17", "e-17"), ("２０３１-1", "2031-1")]
)
def test_a_name_has_one_spelling(typed: str, kept: str) -> None:
    assert rules.clean_name(typed) == kept


@pytest.mark.parametrize(("length", "is_one"), [(9, False), (10, True), (500, True), (501, False)])
def test_a_reason_has_ten_to_five_hundred_characters(length: int, is_one: bool) -> None:
    assert rules.is_a_reason("x" * length) is is_one


def test_spaces_make_no_reason() -> None:
    assert rules.clean_reason("  a \n\n b  ") == "a b"


@pytest.mark.parametrize(
    ("is_staff", "shortened_to", "minutes"), [(True, 30, 30), (True, 10, 10), (True, 600, 30), (False, 10, None)]
)
def test_staff_are_signed_out_early_and_an_organisation_may_only_shorten_it(
    is_staff: bool, shortened_to: int, minutes: int | None
) -> None:
    assert rules.idle_minutes(is_staff=is_staff, shortened_to=shortened_to) == minutes


def test_idle_begins_after_the_last_minute() -> None:
    assert not rules.is_idle(NOON, 30, NOON + timedelta(minutes=30))
    assert rules.is_idle(NOON, 30, NOON + timedelta(minutes=30, seconds=1))
    assert not rules.is_idle(NOON, None, NOON + timedelta(days=365))


def test_a_proof_is_fresh_for_ten_minutes() -> None:
    assert rules.is_fresh_proof(NOON, NOON + timedelta(minutes=10))
    assert not rules.is_fresh_proof(NOON, NOON + timedelta(minutes=10, seconds=1))
    assert not rules.is_fresh_proof(None, NOON)


@pytest.mark.parametrize(
    ("password", "number", "resembles"),
    [
        ("my 2031-00042 card", "2031-00042", True),
        ("MY E-17-X card", "e-17-x", True),
        ("sampaguita bloom", "2031-00042", False),
        ("anything at all", None, False),
        ("a 17 in it", "17", False),
    ],
)
def test_a_password_is_not_the_number_on_the_card(password: str, number: str | None, resembles: bool) -> None:
    assert rules.resembles_name(password, number) is resembles


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome on Linux"),
        (CHROME.replace("X11; Linux x86_64", "Linux; Android 14; K"), "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        (CHROME + " Edg/140.0", "Edge on Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "—"),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent: str, words: str) -> None:
    assert rules.browser_in_words(user_agent) == words


@given(st.uuids())
def test_keys_and_tokens_name_their_organisation(organisation_id: UUID) -> None:
    assert keys.organisation_of_token(keys.new_token(organisation_id)) == organisation_id
    assert keys.organisation_of_session_key(keys.new_session_key(organisation_id)) == organisation_id


@given(st.text(max_size=120))
def test_anything_else_names_none(text: str) -> None:
    assert keys.organisation_of_token(text) is None
    assert keys.organisation_of_session_key(text) is None


def test_a_key_without_an_organisation_names_none() -> None:
    assert keys.organisation_of_session_key(keys.new_session_key(None)) is None
    assert keys.organisation_of_session_key(None) is None
