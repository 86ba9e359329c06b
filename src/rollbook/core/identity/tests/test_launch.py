"""Each item about signing in is made to fail by breaking what it tries."""

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponseRedirect

from rollbook.core.identity import arrival, backends, forms, launch, recognition, rules, selectors
from rollbook.core.identity.examples import PASSWORD, a_member, a_second_factor
from rollbook.core.identity.models import PasswordLink, User
from rollbook.core.identity.services import links
from rollbook.core.readiness import Item, Outcome, State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tests.attacks import outcome_of

pytestmark = pytest.mark.django_db

ITEMS = [
    launch.front_door_works,
    launch.tokens_end,
    launch.sessions_time_out,
    launch.return_addresses_are_ours,
    launch.links_work_once,
    launch.operators_stay_outside,
    launch.passwords_are_strong,
    launch.sign_ins_are_recorded,
]


def assert_fails(item: Item, *words: str) -> Outcome:
    outcome = outcome_of(item)
    assert outcome.state is State.FAIL, outcome
    assert outcome.limit == "= 0"
    assert outcome.value
    for word in words:
        assert word in str(outcome.evidence["found"]), outcome
    return outcome


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_untouched_door_passes(item: Item) -> None:
    outcome = outcome_of(item)

    assert outcome.state is State.PASS or outcome.summary == "Signing in takes too long.", outcome


def test_a_door_that_takes_any_password_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User, "check_password", lambda user, password: True)

    assert_fails(launch.front_door_works, "a wrong password opened the door")


def test_a_door_that_lets_nobody_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends.MembershipBackend, "authenticate", lambda *args, **kwargs: None)

    assert_fails(launch.front_door_works, "the right password did not open the door", "the right code was not let in")


def test_an_answer_that_tells_who_exists_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = forms.SignInForm._words

    def words(form: Any) -> Any:
        known = User.objects.filter(email=form.cleaned_data["login"]).exists()
        return "We know you, but not this password." if known else real(form)

    monkeypatch.setattr(forms.SignInForm, "_words", words)

    assert_fails(launch.front_door_works, "the answer tells whether the name exists")


def test_a_revoked_token_that_still_works_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = recognition.token
    monkeypatch.setattr(recognition, "token", lambda *args: (found := real(*args)) and replace(found, revoked_at=None))

    assert_fails(launch.tokens_end, "revoked: 200 instead of 401")


def test_a_token_without_an_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    real = recognition.token
    monkeypatch.setattr(
        recognition,
        "token",
        lambda *args: (found := real(*args)) and replace(found, expires_at=found.expires_at + timedelta(days=9)),
    )

    assert_fails(launch.tokens_end, "expired: 200 instead of 401")


def test_sessions_that_never_time_out_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "is_idle", lambda *args: False)

    assert_fails(launch.sessions_time_out, "a session that was left alone is still open")


def test_tries_without_end_are_found(settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 500

    assert_fails(launch.sessions_time_out, "after five wrong passwords the sixth try was answered 302")


def test_a_way_to_a_foreign_address_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "safe_target", lambda request, wanted: wanted or "/")

    assert_fails(launch.return_addresses_are_ours, "choosing leads to https://elsewhere.example/")


def test_production_without_its_own_https_address_is_found(settings: Any) -> None:
    settings.BASE_URL = "http://127.0.0.1:8700"

    outcome = outcome_of(launch.return_addresses_are_ours, environment="production")

    assert outcome.evidence["found"] == ["the installation's own address is http://127.0.0.1:8700"]


def test_a_link_that_can_be_used_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = links.set_password_by_link

    def forgetful(**facts: Any) -> Any:
        membership = real(**facts)
        with tenant_scope(facts["organisation_id"]):
            PasswordLink.objects.update(used_at=None, withdrawn_at=None)
        return membership

    monkeypatch.setattr(links, "set_password_by_link", forgetful)

    assert_fails(launch.links_work_once, "a link was used twice")


def test_staff_who_can_walk_in_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def everywhere(_user_id: Any) -> list[selectors.Place]:
        return [
            selectors.Place(row.pk, row.slug, row.name, row.system, row.accent, ())
            for row in Organisation.objects.all()
        ]

    monkeypatch.setattr(selectors, "organisations_of", everywhere)
    monkeypatch.setattr(arrival, "enter", lambda request, place, target: HttpResponseRedirect(target))

    assert_fails(launch.operators_stay_outside, "staff entered an organisation without a reason")


def test_an_old_hash_a_weak_hasher_and_a_lax_policy_are_found(settings: Any) -> None:
    member = a_member(_an_organisation())
    User.objects.filter(pk=member.user_id).update(password="md5$salt$hash")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.AUTH_PASSWORD_VALIDATORS = []

    outcome = assert_fails(
        launch.passwords_are_strong, "1 users with md5", "new passwords are stored with pbkdf2_sha256"
    )

    assert outcome.evidence["found"].count("a weak password is accepted") == 4


def test_a_door_that_records_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "record_login_event", lambda *args, **kwargs: None)

    assert_fails(launch.sign_ins_are_recorded, "refused sign-in")


def _an_organisation() -> Organisation:
    return launch._organisation()


def _two_safe_administrators(organisation: Organisation) -> None:
    for name in ("Santos, Maria", "Cruz, Ben"):
        member = a_member(organisation, "administrator", name=name, password="a-long-one-nobody-knows-1896")
        a_second_factor(member.user)


def test_two_administrators_with_second_factors_pass(organisation: Organisation) -> None:
    _two_safe_administrators(organisation)

    outcome = outcome_of(launch.administrators_are_safe)

    assert (outcome.state, outcome.evidence["administrators"], outcome.evidence["with_second_factor"]) == (
        State.PASS, 2, 2,
    )  # fmt: skip


def test_a_single_administrator_with_a_known_password_is_found(organisation: Organisation) -> None:
    a_member(organisation, "administrator", password=PASSWORD)

    outcome = outcome_of(launch.administrators_are_safe)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 3, "= 0")
    assert outcome.evidence["found"] == [
        f"{organisation.slug} has 1 administrators, not 2",
        f"1 administrators of {organisation.slug} have no second factor",
        f"1 administrators of {organisation.slug} have a known default password",
    ]


def test_without_any_organisation_nothing_passes() -> None:
    outcome = outcome_of(launch.administrators_are_safe)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 0, "> 0")


def test_nobody_made_up_stays() -> None:
    for item in ITEMS:
        outcome_of(item)

    assert not Organisation.objects.filter(slug__startswith="marker-").exists()
    assert not User.objects.exists()
