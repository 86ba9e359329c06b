"""Accounts and secrets: two people, encrypted, never shown."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from rollbook.core import clock
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import decide
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.gateways.errors import AccountClosed, NoGateway
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret
from rollbook.shared.gateways.services import accounts
from rollbook.shared.gateways.services.checkouts import account_for_checkouts, begin
from rollbook.shared.webhooks.rules import organisation_of_key
from rollbook.systems.college.examples import a_cashier, an_administrator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

KEY = "sk_test_abcdefgh12345678"
HOOK = "whsk_abcdefgh1234WXYZ"


@pytest.fixture
def andres() -> Actor:
    return an_administrator()


def proposed(actor: Actor, **changed: object) -> tuple[GatewayAccount, ApprovalRequest]:
    told = {
        "provider": "paymongo", "is_live": False, "label": "San Isidro", "secret_key": KEY, "webhook_secret": HOOK,
        "reason": "Online payment from August", **changed,
    }  # fmt: skip
    return accounts.propose_account(actor, **told)  # type: ignore[arg-type]


def opened(actor: Actor, **changed: object) -> GatewayAccount:
    account, request = proposed(actor, **changed)
    decide(an_administrator(), request.id, approve=True)
    account.refresh_from_db()
    return account


def test_an_account_opens_when_a_second_person_says_so(andres: Actor, tenant: Organisation) -> None:
    account, request = proposed(andres)
    assert account.state == "WAITING"
    assert account_for_checkouts() is None
    with pytest.raises(SelfApproval):
        decide(andres, request.id, approve=True)

    decide(an_administrator(), request.id, approve=True)

    account.refresh_from_db()
    assert account.state == "ACTIVE"
    assert accounts.access_to(account).secret_key == KEY
    assert accounts.webhook_secrets_of(account) == [HOOK]
    assert organisation_of_key(account.endpoint_key) == tenant.id


def test_no_secret_stands_readable_anywhere(andres: Actor) -> None:
    opened(andres)

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM gateways_gatewaysecret WHERE organisation_id = %s", [andres.organisation_id])
        sealed = " ".join(row[0] for row in cursor.fetchall())
    told = json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)), default=str)
    asked = json.dumps(list(ApprovalRequest.objects.values_list("payload", flat=True)))
    for secret in (KEY, HOOK):
        assert secret not in sealed + told + asked
        assert secret[-4:] in asked
    assert KEY not in repr(accounts.access_to(GatewayAccount.objects.get()))


def test_a_new_account_of_the_same_provider_closes_the_one_before(andres: Actor) -> None:
    first = opened(andres)
    second = opened(andres, label="New bank")

    first.refresh_from_db()
    assert (first.state, second.state) == ("CLOSED", "ACTIVE")
    assert account_for_checkouts() == second
    with pytest.raises(IntegrityError), transaction.atomic():
        GatewayAccount.objects.filter(id=first.id).update(state="ACTIVE")


def test_a_changed_webhook_secret_believes_the_one_before_for_a_day(andres: Actor) -> None:
    account = opened(andres)
    request = accounts.propose_secret(
        andres, account_id=account.id, kind="WEBHOOK_SECRET", value="whsk_second_secret", reason="Rolled every year"
    )
    assert accounts.webhook_secrets_of(account) == [HOOK]
    decide(an_administrator(), request.id, approve=True)

    assert accounts.webhook_secrets_of(account) == ["whsk_second_secret", HOOK]
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert accounts.webhook_secrets_of(account) == ["whsk_second_secret"]
        assert accounts.forget_replaced_secrets(andres.organisation_id) == 1
        assert GatewaySecret.objects.filter(sealed="").count() == 1


def test_a_closed_account_takes_nothing_more(andres: Actor) -> None:
    account = opened(andres)
    accounts.close_account(andres, account_id=account.id, reason="We changed the bank")

    assert account_for_checkouts() is None
    with pytest.raises(AccountClosed):
        accounts.propose_secret(andres, account_id=account.id, kind="SECRET_KEY", value=KEY, reason="x")
    with pytest.raises(AccountClosed):
        accounts.close_account(andres, account_id=account.id, reason="Again")


@pytest.mark.parametrize(
    "changed",
    [
        {"provider": "nobody"}, {"label": "  "}, {"secret_key": "sk_live_abcdefgh1234"}, {"secret_key": "short"},
        {"secret_key": KEY + " x"}, {"is_live": True}, {"webhook_secret": "short"}, {"reason": " "},
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_and_nothing_is_kept(andres: Actor, changed: dict[str, object]) -> None:
    with pytest.raises(Invalid), transaction.atomic():
        proposed(andres, **changed)

    assert not GatewayAccount.objects.exists()
    assert not GatewaySecret.objects.exists()


def test_a_cashier_cannot_touch_accounts(andres: Actor) -> None:
    account = opened(andres)
    with pytest.raises(Forbidden):
        proposed(a_cashier())
    with pytest.raises(Forbidden):
        accounts.close_account(a_cashier(), account_id=account.id, reason="No")


def test_without_an_account_nobody_pays_online(andres: Actor) -> None:
    from rollbook.core.ids import new_id
    from rollbook.core.money import Money

    with pytest.raises(NoGateway):
        begin(andres, invoice_id=new_id(), amount=Money(100, "PHP"), description="x")


def test_a_secret_of_another_account_is_out_of_reach(andres: Actor, other_organisation: Organisation) -> None:
    opened(andres)
    assert GatewayAccount.objects.exclude(organisation_id=andres.organisation_id).count() == 0
