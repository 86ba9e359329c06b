"""Online payments of students: started by the student, completed by the provider's word alone."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Checkout
from rollbook.shared.billing.selectors import instalment_states
from rollbook.shared.gateways.errors import SessionNotFound
from rollbook.shared.gateways.models import GatewaySession
from rollbook.shared.gateways.payees import OnlinePolicy
from rollbook.shared.gateways.services import checkouts
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import AmountTooSmall, NothingDue
from rollbook.systems.college.fees.selectors import (
    TermPlan,
    own_student_id,
    plan_facts_of_invoice,
    plan_to_pay,
)
from rollbook.systems.college.fees.services.following import follow
from rollbook.systems.college.fees.services.payments import SERIES

PURPOSE = "college.term"
#: The least that can be paid online, unless less is due.
LEAST_MINOR = 1_00


@dataclass(frozen=True, slots=True)
class Owed:
    """What a plan still waits for: the next month's remainder, and everything."""

    plan: TermPlan
    next_due: Money
    whole: Money


def owed_online(actor: Actor, term_enrolment_id: UUID | None = None) -> Owed:
    """What the student can pay online; a plan without anything due is refused."""
    actor.require(permissions.OWN_ACCOUNT)
    plan = plan_to_pay(own_student_id(actor), term_enrolment_id)
    open_months = [one for one in instalment_states(plan.invoice_id) if one.room_minor > 0]
    if not open_months:
        raise NothingDue
    currency = organisation_in_scope().currency
    whole = sum(one.room_minor for one in open_months)
    return Owed(plan, Money(open_months[0].room_minor, currency), Money(whole, currency))


def begin_checkout(
    actor: Actor, *, amount: Money | None = None, term_enrolment_id: UUID | None = None
) -> GatewaySession:
    """Note that a student goes to pay online: the next due remainder, or any amount they choose.

    Nothing is recorded as paid before the provider says that it took the money. The caller then sends it with
    `send_checkout`, in no transaction.
    """
    owed = owed_online(actor, term_enrolment_id)
    wanted = amount or owed.next_due
    if wanted.minor < min(LEAST_MINOR, owed.next_due.minor):
        raise AmountTooSmall(least=Money(LEAST_MINOR, wanted.currency).to_decimal_string())
    description = _("%(college)s: %(number)s, %(term)s") % {
        "college": organisation_in_scope().name, "number": owed.plan.student_number, "term": owed.plan.term_code,
    }  # fmt: skip
    return checkouts.begin(actor, invoice_id=owed.plan.invoice_id, amount=wanted, description=description)


def send_checkout(actor: Actor, session_id: UUID, payment_id: UUID) -> str:
    """Ask the provider for its page and answer where the student goes; opens its own short transactions."""
    back = settings.BASE_URL + reverse("fees:online_payment", args=[payment_id])
    return checkouts.send(actor.organisation_id, session_id, return_url=back, cancel_url=back)


def own_session(actor: Actor, payment_id: UUID) -> GatewaySession:
    """One's own online payment, by the id that the payment has or will have."""
    actor.require(permissions.OWN_ACCOUNT)
    own_student_id(actor)
    found: GatewaySession | None = (
        GatewaySession.objects.select_related("checkout", "account")
        .filter(checkout_id=payment_id, checkout__invoice__account__customer_id=actor.person_id)
        .first()
    )
    if found is None:
        raise SessionNotFound
    return found


def policy(actor: Actor) -> OnlinePolicy:
    """How students' online money is recorded: as at the counter, without a shift."""
    return OnlinePolicy(on_landed=follow(actor), receipt_facts=plan_facts_of_invoice, series=SERIES)


def is_on_its_way(session: GatewaySession) -> bool:
    """Whether the provider has not said yet what became of an online payment."""
    return str(session.checkout.state) == Checkout.State.PENDING
