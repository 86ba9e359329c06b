"""The account of somebody who was anonymised is nobody's key any more; what another organisation keeps, it keeps."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from rollbook.core.identity.examples import (
    PASSWORD,
    a_member,
    a_second_factor,
    an_administrator,
    sign_in,
)
from rollbook.core.identity.models import Membership, Session, User
from rollbook.core.identity.selectors import user_for_sign_in
from rollbook.core.identity.services.forgetting import forget_accounts
from rollbook.core.ids import new_id
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


def forget(member: Membership) -> int:
    actor = an_administrator(Organisation.objects.get(id=member.organisation_id))
    with tenant_scope(member.organisation_id):
        Membership.objects.filter(id=member.id).update(is_active=False)
        return forget_accounts(actor, person_ids=[member.person_id])


@pytest.mark.rule("R63")
def test_address_number_password_factors_and_sessions_go_once_and_for_good(organisation: Organisation) -> None:
    ana = a_member(
        organisation, "auditor", email="ana@example.edu", login_name="310001", password=PASSWORD, person_id=new_id()
    )
    factor = a_second_factor(ana.user)
    sign_in(Client(), ana)

    assert (forget(ana), forget(ana)) == (1, 0)

    user = User.objects.get(id=ana.user_id)
    assert (user.email, user.is_active, user.display_name) == (None, False, "Reyes, Ana")
    assert not user.check_password(PASSWORD)
    assert user_for_sign_in("ana@example.edu", organisation.id) is None
    assert user_for_sign_in("310001", organisation.id) is None
    assert not Session.objects.filter(user=user).exists()
    assert not type(factor).objects.filter(user=user).exists()


@pytest.mark.rule("R63")
def test_the_address_stays_until_the_last_organisation_lets_go_of_it(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    ana = a_member(organisation, email="ana@example.edu", login_name="310001", person_id=new_id())
    elsewhere = a_member(other_organisation, user=ana.user, person_id=new_id())

    forget(ana)
    user = User.objects.get(id=ana.user_id)
    assert (user.email, user.is_active) == ("ana@example.edu", True)
    with tenant_scope(organisation.id):
        assert Membership.objects.get(id=ana.id).login_name is None

    forget(elsewhere)
    user.refresh_from_db()
    assert (user.email, user.is_active) == (None, False)


def test_postgresql_lets_no_forgotten_account_in_again(tenant: Organisation) -> None:
    ana = a_member(tenant, email="ana@example.edu", person_id=new_id())
    forget(ana)

    for change in ({"is_active": True}, {"login_name": "310001"}):
        with pytest.raises(IntegrityError, match="forgotten_stays_out"), transaction.atomic():
            Membership.objects.filter(id=ana.id).update(**change)
