"""Links that set a password: once, in time, and only in the right hands."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from rollbook.core import clock, events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, Refusal
from rollbook.core.identity import errors, keys
from rollbook.core.identity.events import PasswordLinkWanted
from rollbook.core.identity.examples import PASSWORD, a_member, an_actor, an_administrator, sign_in
from rollbook.core.identity.models import LoginEvent, Membership, PasswordLink, Session
from rollbook.core.identity.services import links
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


def a_link(organisation: Organisation, member: Membership) -> str:
    with tenant_scope(organisation.id):
        return links.show_link(actor=Actor.system(organisation.id, job="test"), membership_id=member.id)


def use(organisation: Organisation, secret: str, password: str = PASSWORD) -> Membership:
    return links.set_password_by_link(
        organisation_id=organisation.id, secret=secret, password=password, ip="203.0.113.7", user_agent="Test"
    )


def test_a_link_sets_the_first_password_and_ends_every_session(organisation: Organisation, client: object) -> None:
    member = a_member(organisation)
    sign_in(client, member)  # type: ignore[arg-type]

    use(organisation, a_link(organisation, member))

    member.user.refresh_from_db()
    assert member.user.check_password(PASSWORD)
    assert member.user.password.startswith("argon2")
    assert not Session.objects.exists()
    assert [event.kind for event in LoginEvent.objects.all()] == [LoginEvent.Kind.PASSWORD_SET]
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.get(action="identity.password_set_by_link").user_id == member.user_id


@pytest.mark.rule("R9")
def test_a_link_works_once(organisation: Organisation) -> None:
    member = a_member(organisation)
    secret = a_link(organisation, member)
    use(organisation, secret)

    with pytest.raises(errors.LinkSpent):
        use(organisation, secret, "Somebody-else-1896")
    member.user.refresh_from_db()
    assert member.user.check_password(PASSWORD)


def test_a_newer_link_takes_the_place_of_an_older_one(organisation: Organisation) -> None:
    member = a_member(organisation)
    older, newer = a_link(organisation, member), a_link(organisation, member)

    with pytest.raises(errors.LinkSpent):
        use(organisation, older)
    use(organisation, newer)


@pytest.mark.rule("R9")
def test_a_link_lasts_seventy_two_hours(
    organisation: Organisation, frozen_clock: Callable[[datetime | str], None]
) -> None:
    member = a_member(organisation)
    secret, made = a_link(organisation, member), clock.now()

    frozen_clock(made + timedelta(hours=72))
    with pytest.raises(errors.LinkSpent):
        use(organisation, secret)
    frozen_clock(made + timedelta(hours=72) - timedelta(seconds=1))
    use(organisation, secret)


def test_only_a_digest_is_kept(organisation: Organisation) -> None:
    secret = a_link(organisation, a_member(organisation))

    with tenant_scope(organisation.id):
        assert PasswordLink.objects.get().digest == keys.digest_of(secret)


def test_another_organisation_cannot_use_it(organisation: Organisation, other_organisation: Organisation) -> None:
    secret = a_link(organisation, a_member(organisation))

    with pytest.raises(errors.LinkSpent):
        use(other_organisation, secret)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Short-1", "at least 10 characters"),
        ("password1234", "too common"),
        ("Reyes, Ana 1", "too similar"),
        ("Card 2031-00042", "contains your number"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays(organisation: Organisation, password: str, words: str) -> None:
    member = a_member(organisation, login_name="2031-00042")
    secret = a_link(organisation, member)

    with pytest.raises(Invalid, match=words):
        use(organisation, secret, password)
    member.user.refresh_from_db()
    assert not member.user.has_usable_password()
    use(organisation, secret)


def test_whoever_lost_access_cannot_use_an_older_link(organisation: Organisation) -> None:
    member = a_member(organisation)
    secret = a_link(organisation, member)
    with tenant_scope(organisation.id):
        member.is_active = False
        member.save()

    with pytest.raises(errors.LinkSpent):
        use(organisation, secret)


class TestWhoSeesALink:
    def test_a_link_of_somebody_with_an_address_is_never_shown(self, organisation: Organisation) -> None:
        member = a_member(organisation)

        with tenant_scope(organisation.id), pytest.raises(errors.LinkNotShown):
            links.show_link(actor=an_administrator(organisation), membership_id=member.id)

    def test_a_link_of_somebody_without_one_is_shown(self, organisation: Organisation) -> None:
        member = a_member(organisation, email=None, login_name="2031-1")
        with tenant_scope(organisation.id):
            secret = links.show_link(actor=an_administrator(organisation), membership_id=member.id)

        assert use(organisation, secret).id == member.id

    def test_nor_when_they_belong_to_another_organisation_too(
        self, organisation: Organisation, other_organisation: Organisation
    ) -> None:
        member = a_member(organisation, email=None, login_name="2031-1")
        a_member(other_organisation, user=member.user, login_name="7")

        with tenant_scope(organisation.id), pytest.raises(errors.LinkNotShown):
            links.show_link(actor=an_administrator(organisation), membership_id=member.id)

    def test_a_lower_role_shows_and_sends_none(self, organisation: Organisation) -> None:
        member = a_member(organisation, email=None, login_name="2031-1")
        auditor = an_actor(a_member(organisation, "auditor"))

        with tenant_scope(organisation.id):
            for act in (links.show_link, links.mail_link):
                with pytest.raises(Forbidden):
                    act(actor=auditor, membership_id=member.id)
            assert not PasswordLink.objects.exists()


class TestAskingForANewPassword:
    @pytest.fixture
    def wanted(self, monkeypatch: pytest.MonkeyPatch) -> list[PasswordLinkWanted]:
        heard: list[PasswordLinkWanted] = []
        monkeypatch.setitem(events._subscribers, PasswordLinkWanted, [heard.append])
        return heard

    def ask(self, name: str, organisation: Organisation | None = None) -> None:
        links.request_new_password(
            name=name, organisation_id=organisation.id if organisation else None, ip="203.0.113.7", user_agent=""
        )

    def test_by_address(self, organisation: Organisation, wanted: list[PasswordLinkWanted]) -> None:
        a_member(organisation, email="ana@example.edu", password=PASSWORD)

        self.ask("Ana@Example.edu")

        assert [event.organisation_id for event in wanted] == [organisation.id]
        with tenant_scope(organisation.id):
            link = PasswordLink.objects.get()
        assert link.purpose == "reset"
        assert link.expires_at - link.created_at == timedelta(hours=1)

    def test_by_number(self, organisation: Organisation, wanted: list[PasswordLinkWanted]) -> None:
        a_member(organisation, email="ana@example.edu", login_name="2031-1")

        self.ask("2031-1", organisation)

        assert len(wanted) == 1

    def test_nobody_of_that_name_leaves_a_trace_without_the_name(
        self, organisation: Organisation, wanted: list[PasswordLinkWanted]
    ) -> None:
        self.ask("nobody@example.edu", organisation)

        assert wanted == []
        event = LoginEvent.objects.get()
        assert (event.kind, event.user_id) == (LoginEvent.Kind.PASSWORD_LINK_ASKED, None)
        assert event.name_digest == keys.keyed_digest("nobody@example.edu")

    def test_a_link_cannot_be_used_before_it_is_mailed_and_is_mailed_once(
        self, organisation: Organisation, wanted: list[PasswordLinkWanted]
    ) -> None:
        a_member(organisation, email="ana@example.edu", password=PASSWORD)
        self.ask("ana@example.edu")
        place = {"organisation_id": organisation.id, "link_id": wanted[0].link_id}

        made = links.make_mailed_secret(**place)
        assert made is not None
        links.mark_mailed(**place)

        assert links.make_mailed_secret(**place) is None
        use(organisation, made[1], "Another-1896-flower")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control"])
def test_a_link_used_twice_at_the_same_moment_sets_one_password(
    organisation: Organisation, is_locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = a_member(organisation)
    secret = a_link(organisation, member)
    if not is_locked:
        monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **_: self)
    meeting = threading.Barrier(2, timeout=20)
    real = links.passwords.set_password

    def slowly(membership: Membership, password: str) -> None:
        if not is_locked:
            meeting.wait()
        real(membership, password)

    monkeypatch.setattr(links.passwords, "set_password", slowly)
    outcomes: list[str] = []

    def try_it(password: str) -> None:
        try:
            use(organisation, secret, password)
            outcomes.append("set")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[f"Sampaguita-{n}-bloom"]) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    if is_locked:
        assert sorted(outcomes) == ["LINK_SPENT", "set"]
    else:
        assert outcomes == ["set", "set"], "without the lock both would have set a password"
