"""What operators do from the command line."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from rollbook.core.identity.examples import PASSWORD
from rollbook.core.identity.management.commands import create_platform_staff
from rollbook.core.identity.models import Membership, User
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


def invite(organisation: Organisation, email: str = "maria@example.edu") -> str:
    out = StringIO()
    call_command("invite_administrator", organisation=organisation.slug, email=email, name="Santos, Maria", stdout=out)
    return out.getvalue()


def test_the_first_administrator_gets_a_link_that_works(organisation: Organisation, client: Client) -> None:
    with tenant_scope(organisation.id):
        install_role_bundles(organisation.system)

    printed = invite(organisation)

    found = re.search(r"https?://[^/]+(/o/\S+)", printed)
    assert found is not None
    assert client.get(found.group(1), follow=True).status_code == 200
    with tenant_scope(organisation.id):
        assert Membership.objects.get().roles == ["administrator"]


def test_an_unknown_organisation_and_a_second_invitation_are_refused_in_words(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        install_role_bundles(organisation.system)
    invite(organisation)

    with pytest.raises(CommandError, match="is a member already"):
        invite(organisation)
    with pytest.raises(CommandError, match="could not find"):
        call_command("invite_administrator", organisation="nowhere", email="a@b.ph", name="X")


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    waiting = list(answers)
    monkeypatch.setattr(create_platform_staff, "getpass", lambda _prompt: waiting.pop(0))


def test_platform_staff_choose_their_own_password(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, PASSWORD, PASSWORD)

    call_command("create_platform_staff", email="Help@rollbook.example", name="Lim, Joy", stdout=StringIO())

    user = User.objects.get(email="help@rollbook.example")
    assert user.is_platform_staff
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("answers", "words"), [(["weak"], "at least 10 characters"), ([PASSWORD, "other"], "not the same")]
)
def test_a_weak_or_mistyped_password_makes_nobody(
    monkeypatch: pytest.MonkeyPatch, answers: list[str], words: str
) -> None:
    typed(monkeypatch, *answers)

    with pytest.raises(CommandError, match=words):
        call_command("create_platform_staff", email="help@rollbook.example", name="Lim, Joy")
    assert not User.objects.exists()
