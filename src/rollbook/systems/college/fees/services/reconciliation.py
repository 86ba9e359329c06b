"""What a supervisor decides about online money: asking the provider now, sending a refund again, ending one by hand."""

from uuid import UUID

from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.shared.gateways.errors import SessionNotFound
from rollbook.shared.gateways.jobs import gateway_reconcile_one, send_refunds_soon
from rollbook.shared.gateways.models import GatewayRefund, GatewaySession
from rollbook.shared.gateways.services import refunds
from rollbook.systems.college.fees import permissions


def ask_provider(actor: Actor, *, session_id: UUID) -> None:
    """Have the provider asked how an online payment stands, by job."""
    actor.require(permissions.RECONCILE)
    session = GatewaySession.objects.filter(id=session_id).first()
    if session is None:
        raise SessionNotFound
    record(actor, "college.fees.provider_asked", session)
    gateway_reconcile_one.defer(organisation_id=actor.organisation_id, session_id=session_id)


def send_refund_again(actor: Actor, *, refund_id: UUID) -> GatewayRefund:
    """Send a refund again that the provider refused or that failed on its way."""
    actor.require(permissions.RECONCILE)
    refund = refunds.send_again(actor, refund_id=refund_id)
    send_refunds_soon(actor.organisation_id)
    return refund


def end_refund(actor: Actor, *, refund_id: UUID, reason: str) -> GatewayRefund:
    """Note that a payer got a failed refund another way."""
    actor.require(permissions.RECONCILE)
    return refunds.settle_otherwise(actor, refund_id=refund_id, reason=reason)
