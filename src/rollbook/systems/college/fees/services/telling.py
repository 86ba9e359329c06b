"""Who paid is told, with the receipt and what it opened: when the receipt's original is drawn, never at the counter."""

from datetime import timedelta

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Payment, Receipt
from rollbook.shared.messaging import kinds
from rollbook.shared.messaging.services import Telling, notify_many
from rollbook.systems.college.exams.selectors import permits_opened
from rollbook.systems.college.fees.selectors import planned_payer

#: Money that came in longer ago is nobody's news, such as what is taken over from an older system.
NEWS_FOR = timedelta(days=30)


def tell_payer(actor: Actor, payment: Payment, receipt: Receipt) -> None:
    """Tell a student of a payment and of the permits that it opened. Told again, nothing happens."""
    payer = planned_payer(payment.invoice_id)
    if payer is None or payment.received_at < clock.now() - NEWS_FOR:
        return
    person_id, term_enrolment_id = payer
    told = [
        Telling(
            recipient_person_id=person_id, kind=kinds.PAYMENT, subject_id=term_enrolment_id,
            dedupe_key=str(payment.id),
            facts={
                "amount_minor": payment.amount_minor, "currency": payment.currency, "receipt_number": receipt.number,
            },
        )
    ]  # fmt: skip
    opened = permits_opened(term_enrolment_id, at=receipt.created_at)
    if opened:
        codes = ",".join(sorted(code for _, code in opened))
        told.append(
            Telling(
                recipient_person_id=person_id, kind=kinds.PERMIT, subject_id=term_enrolment_id,
                dedupe_key=codes[:120], facts={"exams": [exam for exam, _ in opened]},
            )
        )  # fmt: skip
    notify_many(actor, told)
