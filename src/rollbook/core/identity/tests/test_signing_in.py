"""Signing in as a browser does it: by address, by number, with a second step, and how it is refused."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.test import Client

from rollbook.core import clock, events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.identity import keys
from rollbook.core.identity.events import SecurityNoticeWanted
from rollbook.core.identity.examples import PASSWORD, a_member, a_role, sign_in
from rollbook.core.identity.models import LoginEvent, Membership, RateWindow, Session, User
from rollbook.core.identity.services import links
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def member(organisation: Organisation) -> Membership:
    return a_member(organisation, "auditor", email="ana@example.edu", login_name="2031-00042", password=PASSWORD)


def submit(
    client: Client, name: str = "ana@example.edu", password: str = PASSWORD, at: str = "/login/", **more: str
) -> Any:
    return client.post(at, {"login": name, "password": password, **more}, headers={"User-Agent": "Phone"})


def kinds() -> list[str]:
    return list(LoginEvent.objects.order_by("happened_at", "id").values_list("kind", flat=True))


class TestByPassword:
    def test_by_address_into_the_only_organisation(self, client: Client, member: Membership) -> None:
        response = submit(client, "Ana@Example.edu ", next="/members/")

        assert (response.status_code, response["Location"]) == (302, "/members/")
        assert client.get("/members/").status_code == 200
        session = Session.objects.get()
        assert (session.user_id, session.idle_minutes, session.user_agent) == (member.user_id, 30, "Phone")
        assert session.expires_at - session.started_at <= timedelta(hours=12)
        assert kinds() == ["signed_in"]
        with tenant_scope(member.organisation_id):
            assert AuditEntry.objects.get(action="identity.entered").user_id == member.user_id

    def test_by_number_on_the_institutions_own_page(
        self, client: Client, member: Membership, organisation: Organisation
    ) -> None:
        response = submit(client, "2031-00042", at=f"/o/{organisation.slug}/login/")

        assert response.status_code == 302
        assert client.get("/members/").status_code == 200

    def test_the_institution_is_remembered_so_that_a_number_is_enough(
        self, client: Client, member: Membership, organisation: Organisation
    ) -> None:
        submit(client)
        client.post("/logout/")

        assert submit(client, "2031-00042").status_code == 302
        assert client.get("/members/").status_code == 200

    def test_a_number_of_another_institution_is_a_strangers(
        self, client: Client, member: Membership, other_organisation: Organisation
    ) -> None:
        assert submit(client, "2031-00042", at=f"/o/{other_organisation.slug}/login/").status_code == 422

    def test_somebody_with_two_organisations_chooses(
        self, client: Client, member: Membership, other_organisation: Organisation
    ) -> None:
        a_member(other_organisation, "administrator", user=member.user)

        response = submit(client)

        assert response["Location"].startswith("/account/organisation/")
        assert client.get("/members/")["Location"].startswith("/account/organisation/")
        page = client.get("/account/organisation/").content.decode()
        assert {name for name in ("San Isidro College", "Mabini College") if name in page} == {
            "San Isidro College",
            "Mabini College",
        }
        chosen = client.post("/account/organisation/", {"organisation": str(other_organisation.id)})
        assert chosen.status_code == 302
        assert client.get("/api/v1/identity/me").json()["organisation_id"] == str(other_organisation.id)

    def test_nobody_chooses_where_they_do_not_belong(
        self, client: Client, member: Membership, other_organisation: Organisation
    ) -> None:
        submit(client)

        refused = client.post("/account/organisation/", {"organisation": str(other_organisation.id)})

        assert refused.status_code == 404
        assert client.get("/api/v1/identity/me").json()["organisation_id"] == str(member.organisation_id)

    def test_the_session_key_changes_with_every_step(
        self, client: Client, member: Membership, other_organisation: Organisation
    ) -> None:
        a_member(other_organisation, "auditor", user=member.user)
        submit(client)
        before = client.session.session_key

        client.post("/account/organisation/", {"organisation": str(other_organisation.id)})

        assert client.session.session_key != before
        assert Session.objects.count() == 1

    def test_students_are_not_signed_out_after_half_an_hour(self, client: Client, organisation: Organisation) -> None:
        a_role(organisation, "visitor", ["x.see"], is_staff=False)
        a_member(organisation, "visitor", email="juan@example.edu", password=PASSWORD)

        submit(client, "juan@example.edu")

        session = Session.objects.get()
        assert session.idle_minutes is None
        assert timedelta(days=13) < session.expires_at - session.started_at <= timedelta(days=14)

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
    def test_it_never_leads_away(self, client: Client, member: Membership, target: str) -> None:
        assert submit(client, next=target)["Location"] == "/"

    def test_signing_out_ends_the_session(self, client: Client, member: Membership) -> None:
        submit(client)
        client.post("/logout/")

        assert not Session.objects.exists()
        assert kinds() == ["signed_in", "signed_out"]
        assert client.get("/members/")["Location"].startswith("/login/")

    def test_the_form_needs_its_csrf_token(self, member: Membership) -> None:
        strict = Client(enforce_csrf_checks=True)

        assert submit(strict).status_code == 403
        assert not Session.objects.filter(user_id=member.user_id).exists()


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "password"),
        [("ana@example.edu", "wrong"), ("nobody@example.edu", PASSWORD), ("2031-00042", "wrong")],
    )
    def test_a_wrong_name_and_a_wrong_password_look_the_same(
        self, client: Client, member: Membership, organisation: Organisation, name: str, password: str
    ) -> None:
        response = submit(client, name, password, at=f"/o/{organisation.slug}/login/")

        assert response.status_code == 422
        assert "That name and password do not belong together." in response.content.decode()
        assert not Session.objects.filter(user_id=member.user_id).exists()

    @pytest.mark.parametrize("what", ["membership", "user"])
    def test_who_lost_access_looks_the_same_too(
        self, client: Client, member: Membership, organisation: Organisation, what: str
    ) -> None:
        if what == "user":
            User.objects.filter(id=member.user_id).update(is_active=False)
        else:
            with tenant_scope(organisation.id):
                Membership.objects.update(is_active=False)

        assert submit(client, "2031-00042", at=f"/o/{organisation.slug}/login/").status_code == 422

    def test_the_typed_name_is_kept_nowhere(self, client: Client, member: Membership) -> None:
        submit(client, "typo-of-somebody@example.edu", "wrong")

        event = LoginEvent.objects.get()
        assert (event.kind, event.user_id) == ("password_refused", None)
        assert event.name_digest == keys.keyed_digest("typo-of-somebody@example.edu")
        attempt = AccessAttempt.objects.get()
        kept = f"{attempt.username} {attempt.post_data} {attempt.get_data} {attempt.path_info}"
        assert "typo-of-somebody" not in kept
        assert "wrong" not in kept

    def test_after_five_wrong_tries_the_right_password_is_refused_too(self, client: Client, member: Membership) -> None:
        for _ in range(4):
            assert submit(client, password="wrong").status_code == 422
        locking = submit(client, password="wrong")
        right = submit(client)

        assert (locking.status_code, right.status_code) == (429, 429)
        assert 0 < int(right["Retry-After"]) <= 900
        assert not Session.objects.filter(user_id=member.user_id).exists()
        assert kinds().count("password_refused") == 4
        assert kinds().count("locked_out") == 2

    def test_a_name_that_nobody_has_is_locked_out_in_the_same_way(self, client: Client) -> None:
        answers = [submit(client, "nobody@example.edu", "wrong").status_code for _ in range(6)]

        assert answers == [422, 422, 422, 422, 429, 429]

    def test_another_address_can_still_sign_in(self, client: Client, member: Membership) -> None:
        for _ in range(5):
            submit(client, password="wrong")

        elsewhere = Client(REMOTE_ADDR="198.51.100.4")
        assert submit(elsewhere).status_code == 302

    def test_after_a_quarter_of_an_hour_the_lock_is_off(self, client: Client, member: Membership) -> None:
        for _ in range(5):
            submit(client, password="wrong")
        AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(minutes=15, seconds=1))

        assert submit(client).status_code == 302

    def test_a_success_starts_the_count_again(self, client: Client, member: Membership) -> None:
        for _ in range(4):
            submit(client, password="wrong")
        submit(client)
        client.post("/logout/")

        assert submit(client, password="wrong").status_code == 422

    def test_one_address_that_tries_many_names_is_stopped(self, client: Client, settings: Any) -> None:
        from rollbook.core.identity import lockout

        RateWindow.objects.create(
            key=f"{lockout.FAILURES_FROM_ONE_ADDRESS.name}:127.0.0.1",
            used=100,
            ends_at=clock.now() + timedelta(minutes=10),
        )

        response = submit(client, "fresh@example.edu", "wrong")

        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= 600


def code(step: int = 0) -> str:
    counter = list(yield_hotp_counters_from_time())[1 + step]
    return format_hotp_value(hotp_value(SECRET, counter))


class TestSecondStep:
    @pytest.fixture
    def guarded(self, member: Membership, client: Client) -> Membership:
        from rollbook.core.identity.adapters import MFAAdapter

        Authenticator.objects.create(user=member.user, type="totp", data={"secret": MFAAdapter().encrypt(SECRET)})
        return member

    def test_a_password_alone_is_not_enough(self, client: Client, guarded: Membership) -> None:
        response = submit(client)

        assert response["Location"].startswith("/account/security/code/")
        assert client.get("/members/")["Location"].startswith("/login/")
        assert client.get("/account/security/code/").status_code == 200

    def test_the_code_lets_in_and_counts_as_a_proof(self, client: Client, guarded: Membership) -> None:
        submit(client, next="/members/")
        response = client.post("/account/security/code/", {"code": code()})

        assert response["Location"] == "/members/"
        assert client.get("/members/new/").status_code == 403  # an auditor, but inside
        assert kinds() == ["signed_in"]

    def test_a_code_works_once(self, client: Client, guarded: Membership) -> None:
        submit(client)
        client.post("/account/security/code/", {"code": code()})
        client.post("/logout/")
        submit(client)

        again = client.post("/account/security/code/", {"code": code()})

        assert again.status_code == 200
        assert client.get("/members/")["Location"].startswith("/login/")

    def test_five_wrong_codes_and_the_right_one_has_to_wait(self, client: Client, guarded: Membership) -> None:
        submit(client)
        for _ in range(5):
            client.post("/account/security/code/", {"code": "000000"})

        right = client.post("/account/security/code/", {"code": code()})

        assert "Too many wrong codes" in right.content.decode()
        assert kinds().count("factor_refused") == 5
        assert client.get("/members/")["Location"].startswith("/login/")

    def test_the_secret_is_encrypted_in_the_database(self, guarded: Membership) -> None:
        stored = Authenticator.objects.get().data["secret"]

        assert SECRET not in stored
        assert TOTP(Authenticator.objects.get()).validate_code(code())


class TestSettingUpASecondFactor:
    @pytest.fixture(autouse=True)
    def _required(self, settings: Any) -> None:
        settings.REQUIRE_SECOND_FACTOR = True

    def test_whoever_needs_one_is_led_to_it_and_then_let_in(self, client: Client, member: Membership) -> None:
        submit(client)
        led = client.get("/members/")
        assert led["Location"] == "/account/security/?next=%2Fmembers%2F"
        assert b"needs a second factor before you go on" in client.get(led["Location"]).content

        page = client.get("/account/security/app/").content.decode()
        found = re.search(r'class="rb-code"[^>]*>([A-Z2-7]{32})<', page)
        assert found is not None
        counter = list(yield_hotp_counters_from_time())[1]
        typed = format_hotp_value(hotp_value(found.group(1), counter))
        done = client.post("/account/security/app/", {"code": typed})

        assert done["Location"] == "/account/security/recovery-codes/"
        codes = client.get("/account/security/recovery-codes/").content.decode()
        assert len(re.findall(r"\b\d{8}\b", codes)) == 10
        assert client.get("/members/").status_code == 200
        assert kinds() == ["signed_in", "factor_added"]

    def test_other_sessions_end_because_they_knew_the_password_only(
        self, client: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[SecurityNoticeWanted] = []
        monkeypatch.setitem(events._subscribers, SecurityNoticeWanted, [heard.append])
        other = Client()
        sign_in(other, member)
        self.test_whoever_needs_one_is_led_to_it_and_then_let_in(client, member)

        assert Session.objects.filter(user_id=member.user_id).count() == 1
        assert other.get("/members/")["Location"].startswith("/login/")
        assert len(heard) == 1

    def test_the_last_one_that_a_role_needs_cannot_be_removed(self, client: Client, member: Membership) -> None:
        self.test_whoever_needs_one_is_led_to_it_and_then_let_in(client, member)

        page = client.get("/account/security/app/remove/")
        client.post("/account/security/app/remove/")

        assert "Add another one before you remove this one" in page.content.decode()
        assert Authenticator.objects.filter(type="totp").exists()

    def test_it_is_not_offered_without_a_recent_proof(
        self, client: Client, member: Membership, frozen_clock: Callable[[datetime | str], None]
    ) -> None:
        sign_in(client, member, proved=False)

        assert client.get("/account/security/app/")["Location"].startswith("/account/confirm/")
        confirmed = client.post("/account/confirm/?next=/account/security/app/", {"password": "wrong"})
        assert confirmed.status_code == 200
        assert not Authenticator.objects.exists()


class TestPasswordLinkPages:
    def test_from_the_link_to_the_first_sign_in(self, client: Client, organisation: Organisation) -> None:
        member = a_member(organisation, "auditor", email=None, login_name="2031-7")
        with tenant_scope(organisation.id):
            secret = links.show_link(actor=Actor.system(organisation.id, job="test"), membership_id=member.id)

        followed = client.get(f"/o/{organisation.slug}/password/{secret}/")
        assert followed["Location"] == f"/o/{organisation.slug}/password/"
        assert secret not in followed["Location"]
        page = client.get(followed["Location"])
        assert b"2031-7" in page.content
        weak = client.post(followed["Location"], {"password": "weak", "again": "weak"})
        assert weak.status_code == 422
        different = client.post(followed["Location"], {"password": PASSWORD, "again": "x" * 12})
        assert different.status_code == 422
        done = client.post(followed["Location"], {"password": PASSWORD, "again": PASSWORD})

        assert done["Location"] == f"/o/{organisation.slug}/login/"
        assert submit(client, "2031-7", at=done["Location"]).status_code == 302
        assert Client().get(f"/o/{organisation.slug}/password/{secret}/", follow=True).status_code == 410

    def test_without_a_link_there_is_nothing(self, client: Client, organisation: Organisation) -> None:
        assert client.get(f"/o/{organisation.slug}/password/").status_code == 410
        assert client.get("/o/no-such-place/password/").status_code == 404
        assert client.get("/o/no-such-place/login/").status_code == 404

    def test_asking_answers_the_same_for_everybody(self, client: Client, member: Membership) -> None:
        known = client.post("/password/", {"name": "ana@example.edu"})
        unknown = client.post("/password/", {"name": "nobody@example.edu"})

        csrf = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
        assert csrf.sub("", known.content.decode()) == csrf.sub("", unknown.content.decode())
        assert known.status_code == unknown.status_code == 200

    def test_asking_too_often_is_refused(self, client: Client, member: Membership) -> None:
        answers = [client.post("/password/", {"name": "ana@example.edu"}).status_code for _ in range(6)]

        assert answers == [200, 200, 200, 200, 200, 429]

    def test_changing_ones_own_password_keeps_this_session_and_ends_the_others(
        self, client: Client, member: Membership
    ) -> None:
        other = Client()
        sign_in(other, member)
        submit(client)

        changed = client.post("/account/password/", {"password": "Another-1896-flower", "again": "Another-1896-flower"})

        assert changed.status_code == 303
        assert client.get("/members/").status_code == 200
        assert other.get("/members/")["Location"].startswith("/login/")
        assert User.objects.get(id=member.user_id).check_password("Another-1896-flower")
        assert "password_changed" in kinds()

    def test_without_a_recent_proof_the_password_is_asked_first(self, client: Client, member: Membership) -> None:
        sign_in(client, member, proved=False)

        asked = client.get("/account/password/")
        assert asked["Location"] == "/account/confirm/?next=%2Faccount%2Fpassword%2F"
        confirmed = client.post(asked["Location"], {"password": PASSWORD})
        assert confirmed["Location"] == "/account/password/"
        assert client.get("/account/password/").status_code == 200

    def test_five_wrong_passwords_at_the_confirmation_have_to_wait(self, client: Client, member: Membership) -> None:
        sign_in(client, member, proved=False)
        for _ in range(5):
            client.post("/account/confirm/", {"password": "wrong"})

        assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 429
