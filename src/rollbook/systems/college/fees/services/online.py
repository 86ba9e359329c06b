"""Online payments of students: started by the student, completed by the provider's word alone."""

from datetime import datetime
from uuid import UUID

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Checkout
from rollbook.shared.billing.services.checkouts import start_checkout as start
from rollbook.shared.gateways import paymongo
from rollbook.shared.gateways.services import OnlinePolicy, receive_paymongo
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.selectors import own_student_id, plan_facts_of_invoice, plan_to_pay
from rollbook.systems.college.fees.services.following import follow
from rollbook.systems.college.fees.services.payments import SERIES


def start_checkout(
    actor: Actor, *, amount: Money, term_enrolment_id: UUID | None = None, is_live: bool = False
) -> Checkout:
    """A student goes to pay online; nothing is recorded before the provider says that it took the money."""
    actor.require(permissions.OWN_ACCOUNT)
    plan = plan_to_pay(own_student_id(actor), term_enrolment_id)
    return start(actor, invoice_id=plan.invoice_id, amount=amount, provider=paymongo.PROVIDER, is_live=is_live)


def receive_event(actor: Actor, *, body: bytes, header: str, secret: str, is_live: bool, now: datetime) -> WebhookEvent:
    """Take in an event of PayMongo: one effect, however often and in whatever order it is delivered."""
    policy = OnlinePolicy(on_landed=follow(actor), receipt_facts=plan_facts_of_invoice, series=SERIES)
    return receive_paymongo(actor, body=body, header=header, secret=secret, is_live=is_live, now=now, policy=policy)
