"""Months that a sponsor answers for: they count as covered until money fills them, and money still fills them first."""

from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Instalment
from rollbook.shared.billing.rules import covered_through, settled_through
from rollbook.shared.billing.services.landed import FollowUp
from rollbook.shared.billing.services.revisions import lock_invoice
from rollbook.shared.billing.services.settlement import load_plan


@transaction.atomic
def cover_by_sponsor(actor: Actor, *, invoice_id: UUID, share_minor: int, on_landed: FollowUp | None = None) -> int:
    """Let a sponsor's share cover the months it reaches, from the first; zero uncovers. Answers the last one covered.

    A month that a promissory note covers stays the note's. Called again after a revision, it moves the cover along.
    """
    invoice = lock_invoice(invoice_id)
    plan = load_plan(invoice)
    before = settled_through(plan.states())
    through = covered_through(plan.states(), share_minor)
    sponsor, none = Instalment.Cover.SPONSOR, Instalment.Cover.NONE
    changed = []
    for instalment in plan.instalments:
        if instalment.cover == Instalment.Cover.PROMISSORY:
            continue
        wanted = sponsor if instalment.number <= through else none
        if instalment.cover != wanted:
            instalment.cover = wanted
            changed.append(instalment)
    if not changed:
        return through
    for cover in (sponsor, none):
        months = [instalment.id for instalment in changed if instalment.cover == cover]
        if months:
            Instalment.objects.filter(id__in=months).update(cover=cover)
    record(actor, "billing.months_covered", invoice, share_minor=share_minor, through=through)
    if on_landed:
        on_landed(plan.landed(at=clock.now(), settled_before=before))
    return through
