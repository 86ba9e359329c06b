"""Mail about signing in: sent by jobs, with secrets made at that moment."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.core import mail
from django.test import Client

from rollbook.core.identity import mailing
from rollbook.core.identity.examples import PASSWORD, a_member, an_administrator
from rollbook.core.identity.models import LoginEvent, PasswordLink
from rollbook.core.identity.services import links
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.identity.services.members import invite_member
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


def an_invitation(organisation: Organisation) -> UUID:
    with tenant_scope(organisation.id):
        member = invite_member(
            actor=an_administrator(organisation), display_name="Cruz, Ben", email="ben@example.edu", roles=[]
        )
        link: PasswordLink = PasswordLink.objects.get(membership=member)
    return link.id


def address_in(body: str) -> str:
    found = re.search(r"https?://[^/]+(/o/\S+/password/\S+/)", body)
    assert found is not None
    return found.group(1)


def test_an_invitation_brings_a_link_that_works(organisation: Organisation, client: Client) -> None:
    mailing.send_password_link(organisation_id=organisation.id, link_id=an_invitation(organisation))

    [message] = mail.outbox
    assert message.to == ["ben@example.edu"]
    assert message.subject == "Your access to San Isidro College"
    assert client.get(address_in(message.body), follow=True).status_code == 200


def test_sent_twice_only_one_mail_goes_out(organisation: Organisation) -> None:
    link_id = an_invitation(organisation)
    for _ in range(2):
        mailing.send_password_link(organisation_id=organisation.id, link_id=link_id)

    assert len(mail.outbox) == 1


def test_a_mail_that_failed_is_sent_again_with_a_new_secret(
    organisation: Organisation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link_id = an_invitation(organisation)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", _fail)
        with pytest.raises(ConnectionError):
            mailing.send_password_link(organisation_id=organisation.id, link_id=link_id)

    mailing.send_password_link(organisation_id=organisation.id, link_id=link_id)

    assert client.get(address_in(mail.outbox[0].body), follow=True).status_code == 200


def test_a_withdrawn_link_is_not_mailed(organisation: Organisation) -> None:
    link_id = an_invitation(organisation)
    with tenant_scope(organisation.id):
        PasswordLink.objects.update(withdrawn_at="2031-07-01T00:00:00Z")

    mailing.send_password_link(organisation_id=organisation.id, link_id=link_id)

    assert mail.outbox == []


def test_who_has_a_password_already_is_told_where_to_sign_in(organisation: Organisation) -> None:
    member = a_member(organisation, email="ana@example.edu", password=PASSWORD)
    with tenant_scope(organisation.id):
        link = links.request_mail(member, links.ACTIVATION)

    mailing.send_password_link(organisation_id=organisation.id, link_id=link.id)

    [message] = mail.outbox
    assert message.subject == "You can now sign in to San Isidro College"
    assert f"/o/{organisation.slug}/login/" in message.body


def test_a_new_password_is_asked_for_in_the_owners_name(organisation: Organisation) -> None:
    member = a_member(organisation, email="ana@example.edu", password=PASSWORD, name="Reyes, Ana")
    with tenant_scope(organisation.id):
        link = links.request_mail(member, links.RESET)

    mailing.send_password_link(organisation_id=organisation.id, link_id=link.id)

    assert mail.outbox[0].subject == "Your new password"
    assert "Hello Reyes, Ana," in mail.outbox[0].body


def test_the_owner_is_told_in_local_time_what_changed(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock("2031-07-01T16:30:00+00:00")
    member = a_member(organisation, email="ana@example.edu", password=PASSWORD)
    event = record_login_event(
        LoginEvent.Kind.PASSWORD_CHANGED, user_id=member.user_id, ip="203.0.113.7", user_agent=""
    )

    mailing.send_security_notice(organisation_id=organisation.id, membership_id=member.id, login_event_id=event.id)

    assert "Password changed, 2031-07-02 00:30, from 203.0.113.7" in mail.outbox[0].body


def _fail(*_args: object, **_kwargs: object) -> int:
    raise ConnectionError("mail server is down")
