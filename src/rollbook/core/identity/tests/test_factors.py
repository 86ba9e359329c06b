"""Second factors: help for who lost theirs, and what the last one protects."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity import errors
from rollbook.core.identity.door import Client as Browser
from rollbook.core.identity.events import SecurityNoticeWanted
from rollbook.core.identity.examples import (
    a_member,
    a_role,
    a_second_factor,
    an_actor,
    an_administrator,
    sign_in,
)
from rollbook.core.identity.models import LoginEvent, Session
from rollbook.core.identity.services import factors
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db
REASON = "Seen in person, her phone was stolen"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[SecurityNoticeWanted]:
    heard: list[SecurityNoticeWanted] = []
    monkeypatch.setitem(events._subscribers, SecurityNoticeWanted, [heard.append])
    return heard


def test_all_factors_go_all_sessions_end_and_the_owner_is_told(
    organisation: Organisation, told: list[SecurityNoticeWanted]
) -> None:
    member = a_member(organisation, "auditor")
    a_second_factor(member.user)
    sign_in(Client(), member)

    with tenant_scope(organisation.id):
        factors.remove_second_factors(actor=an_administrator(organisation), membership_id=member.id, reason=REASON)
        assert AuditEntry.objects.get(action="identity.second_factors_removed").reason == REASON

    assert not Authenticator.objects.exists()
    assert not Session.objects.filter(user_id=member.user_id).exists()
    assert [event.membership_id for event in told] == [member.id]
    assert LoginEvent.objects.get().kind == "factor_removed"


def test_it_is_refused_and_nothing_changes(
    organisation: Organisation, other_organisation: Organisation, told: list[SecurityNoticeWanted]
) -> None:
    member, shared, stranger = a_member(organisation), a_member(organisation), a_member(other_organisation)
    a_member(other_organisation, user=shared.user)
    for somebody in (member, shared, stranger):
        a_second_factor(somebody.user)
    administrator = an_administrator(organisation)
    attempts: list[tuple[type[Exception], dict[str, Any]]] = [
        (errors.ElsewhereToo, {"membership_id": shared.id}),
        (NotFound, {"membership_id": stranger.id}),
        (Invalid, {"membership_id": member.id, "reason": "lost"}),
        (Forbidden, {"membership_id": member.id, "actor": an_actor(a_member(organisation, "auditor"))}),
        (errors.ProofNeeded, {"membership_id": member.id, "actor": an_administrator(organisation, proved_at=None)}),
        (errors.OwnRoles, {"membership_id": administrator.membership_id}),
    ]

    for refusal, changes in attempts:
        with tenant_scope(organisation.id), pytest.raises(refusal):
            factors.remove_second_factors(**({"actor": administrator, "reason": REASON} | changes))
    assert Authenticator.objects.count() == 3
    assert told == []


def test_the_last_factor_that_any_organisation_needs_stays(
    organisation: Organisation, other_organisation: Organisation, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    a_role(organisation, "visitor", [], is_staff=False)
    member = a_member(organisation, "visitor")
    factor = a_second_factor(member.user)
    assert not factors.is_last_needed(factor)

    a_member(other_organisation, "administrator", user=member.user)
    assert factors.is_last_needed(factor)
    with pytest.raises(errors.SecondFactorRequired):
        factors.check_removal(factor)

    key = Authenticator.objects.create(user=member.user, type="webauthn", data={})
    assert not factors.is_last_needed(factor)
    assert not factors.is_last_needed(key)


def test_a_change_keeps_only_the_session_it_was_made_in(
    organisation: Organisation, told: list[SecurityNoticeWanted]
) -> None:
    member = a_member(organisation)
    here, _elsewhere = sign_in(Client(), member), sign_in(Client(), member)
    kept = Session.objects.order_by("started_at", "id").first()
    assert kept is not None
    assert here.session_key

    factors.record_change(
        LoginEvent.Kind.FACTOR_ADDED,
        user_id=member.user_id,
        client=Browser("203.0.113.7", "Phone"),
        keep_session_id=kept.id,
    )

    assert list(Session.objects.values_list("id", flat=True)) == [kept.id]
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.get().action == "identity.factor_added"
