"""Going to a provider to pay, in three steps: note it, ask the provider, note the answer.

The first and the last are transactions of their own; between them nothing is open. Whatever breaks on the way
leaves a checkout that is PENDING, is asked about within the hour and expires after a day.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as policy
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Checkout
from rollbook.shared.billing.services.checkouts import start_checkout
from rollbook.shared.gateways import policies
from rollbook.shared.gateways.errors import GatewayDown, NoGateway, SessionNotFound
from rollbook.shared.gateways.models import GatewayAccount, GatewaySession
from rollbook.shared.gateways.outcomes import OutcomeUnknown, ProviderFault
from rollbook.shared.gateways.port import Access, CheckoutMade, CheckoutOrder, Gateway
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.services.accounts import access_to

log = structlog.get_logger("rollbook.gateways")

EXPIRES_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Ready:
    """Everything a call needs, read while the transaction was open."""

    gateway: Gateway
    access: Access
    order: CheckoutOrder


def account_for_checkouts() -> GatewayAccount | None:
    """The account that online payments go through: of the chosen provider, else whichever is in use."""
    found = {one.provider: one for one in GatewayAccount.objects.filter(state=GatewayAccount.State.ACTIVE)}
    return found.get(policy(policies.PROVIDER)) or next(iter(found.values()), None)


def begin(actor: Actor, *, invoice_id: UUID, amount: Money, description: str) -> GatewaySession:
    """First step: note that somebody goes to pay. Runs in the caller's transaction, after its permission."""
    account = account_for_checkouts()
    if account is None:
        raise NoGateway
    checkout = start_checkout(
        actor, invoice_id=invoice_id, amount=amount, provider=account.provider, is_live=account.is_live
    )
    session: GatewaySession = GatewaySession.objects.create(
        checkout=checkout, account=account, description=description[:120], expires_at=clock.now() + EXPIRES_AFTER
    )
    return session


def send(organisation_id: UUID, session_id: UUID, *, return_url: str, cancel_url: str) -> str:
    """Second and third step, in no transaction: ask the provider for its page and answer the address of it.

    Sent twice, the second answers what the first got. A request whose answer never came is not sent again.
    """
    with tenant_scope(organisation_id):
        session = GatewaySession.objects.select_related("checkout", "account").filter(id=session_id).first()
        if session is None:
            raise SessionNotFound
        if session.redirect_url:
            return str(session.redirect_url)
        ready = _ready(session, return_url, cancel_url)
    if session.fault == GatewaySession.Fault.UNKNOWN and not ready.gateway.recognises_repeats:
        raise GatewayDown(provider=ready.gateway.label)
    try:
        made = _made(ready)
    except ProviderFault as fault:
        _note_fault(organisation_id, session_id, fault)
        raise GatewayDown(provider=ready.gateway.label) from None
    with tenant_scope(organisation_id):
        _note_made(session_id, made)
    return made.redirect_url


def _ready(session: GatewaySession, return_url: str, cancel_url: str) -> _Ready:
    checkout = session.checkout
    order = CheckoutOrder(
        reference=str(checkout.id),
        amount=Money(checkout.amount_minor, checkout.currency),
        description=session.description,
        success_url=return_url,
        cancel_url=cancel_url,
        # Stripe takes at most 24 hours from its own clock's now.
        expires_at=session.expires_at - timedelta(minutes=5),
    )
    return _Ready(PROVIDERS[session.account.provider], access_to(session.account), order)


def _made(ready: _Ready) -> CheckoutMade:
    try:
        made = ready.gateway.create_checkout(ready.access, ready.order)
    except (KeyError, TypeError, AttributeError):
        raise OutcomeUnknown("unreadable") from None
    if not made.redirect_url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise OutcomeUnknown("no_address")
    return made


def _note_fault(organisation_id: UUID, session_id: UUID, fault: ProviderFault) -> None:
    log.warning("checkout not made", outcome=fault.outcome, code=fault.code, status=fault.status)
    with tenant_scope(organisation_id):
        GatewaySession.objects.filter(id=session_id, redirect_url="").update(
            fault=fault.outcome, fault_code=fault.code[:60]
        )


def _note_made(session_id: UUID, made: CheckoutMade) -> None:
    session = GatewaySession.objects.select_for_update().get(id=session_id)
    session.provider_session_id, session.provider_intent_id = made.provider_id, made.intent_id
    session.redirect_url, session.fault, session.fault_code = made.redirect_url, "", ""
    session.save(update_fields=["provider_session_id", "provider_intent_id", "redirect_url", "fault", "fault_code"])


def is_over(session: GatewaySession) -> bool:
    """Whether a checkout has come to its end."""
    return str(session.checkout.state) != Checkout.State.PENDING
