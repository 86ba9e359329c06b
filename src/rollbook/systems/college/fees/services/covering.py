"""What a sponsor answers for covers months of the student's plan (R43)."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.services.covers import cover_by_sponsor
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees.models import Sponsorship
from rollbook.systems.college.fees.rules import share_of
from rollbook.systems.college.fees.services.following import follow


def share_minor(sponsorship: Sponsorship | None, total_minor: int) -> int:
    """What of a plan the sponsor answers for."""
    if sponsorship is None:
        return 0
    return share_of(
        total_minor, share=sponsorship.share, percent=sponsorship.percent, amount_minor=sponsorship.amount_minor
    )


def cover_invoice(actor: Actor, invoice_id: UUID) -> None:
    """Bring the cover of a plan along after its total changed."""
    found = TermEnrolment.objects.filter(invoice_id=invoice_id).values_list("id", "invoice__total_minor").first()
    if found is not None:
        cover(actor, term_enrolment_id=found[0], invoice_id=invoice_id, total_minor=found[1] or 0)


def cover(actor: Actor, *, term_enrolment_id: UUID, invoice_id: UUID, total_minor: int) -> None:
    """Bring the cover of a plan to what its sponsor answers for; once that ended, nothing is covered by one."""
    sponsorships = list(Sponsorship.objects.filter(term_enrolment_id=term_enrolment_id))
    if not sponsorships:
        return
    running = next((one for one in sponsorships if one.state == Sponsorship.State.ACTIVE), None)
    cover_by_sponsor(
        actor, invoice_id=invoice_id, share_minor=share_minor(running, total_minor),
        on_landed=follow(actor, term_enrolment_id=term_enrolment_id),
    )  # fmt: skip
