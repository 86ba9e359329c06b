"""Work on the college's money that happens later."""

from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.core.web.rendering import as_at_home
from rollbook.shared.billing.models import Receipt
from rollbook.shared.files.selectors import content_of, readable_file
from rollbook.shared.jobs.batches import BatchReport, work_through
from rollbook.shared.jobs.register import job
from rollbook.systems.college.fees.services.bankfiles import import_payments
from rollbook.systems.college.fees.services.papers import render_receipt

IMPORT_BANK_FILE = "college.fees.import_bank_file"
RENDER_RECEIPTS = "college.fees.render_receipts"


@job(name=IMPORT_BANK_FILE, lock="{organisation_id}:bank-file", commits_per_unit=True)
def import_bank_file(*, organisation_id: UUID, file_id: UUID) -> BatchReport:
    """Credit an uploaded bank file, a chunk at a time; done again it goes on where it stopped."""
    actor = Actor.system(organisation_id, job=IMPORT_BANK_FILE)
    with tenant_scope(organisation_id):
        stored = readable_file(actor, file_id)
        content = content_of(actor, stored, purpose="import of payments")
    outcome = import_payments(actor, name=stored.name, content=content)
    return BatchReport(done=outcome.credited_count)


@job(name=RENDER_RECEIPTS, schedule="* * * * *", lock="{organisation_id}:receipts", commits_per_unit=True)
def render_receipts(*, organisation_id: UUID) -> BatchReport:
    """Draw and keep the originals of the receipts issued since the last run, and tell who paid."""
    actor = Actor.system(organisation_id, job=RENDER_RECEIPTS)
    facts = organisation_facts(organisation_id)

    def draw(receipt: Receipt) -> None:
        with as_at_home(facts):
            render_receipt(actor, receipt)

    return work_through(organisation_id, rows=receipts_to_render, unit=draw)


def receipts_to_render() -> "QuerySet[Receipt]":
    """Receipts without a drawn original, oldest first."""
    waiting: QuerySet[Receipt] = Receipt.objects.filter(rendered_at__isnull=True).order_by("id")
    return waiting
