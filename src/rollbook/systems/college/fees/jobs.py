"""Work on the college's money that happens later."""

from itertools import count
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.core.web.rendering import as_at_home
from rollbook.shared.billing.models import Account, Receipt
from rollbook.shared.files.selectors import content_of, readable_file
from rollbook.shared.jobs.batches import BatchReport, work_through
from rollbook.shared.jobs.register import job
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees.models import FeeSchedule
from rollbook.systems.college.fees.reads.schedules import bills_by_older_versions
from rollbook.systems.college.fees.services import schedules
from rollbook.systems.college.fees.services.assessments import assess_now
from rollbook.systems.college.fees.services.bankfiles import import_payments
from rollbook.systems.college.fees.services.debts import MOST_AT_ONCE, follow_debts
from rollbook.systems.college.fees.services.notes import accounts_with_broken_notes, default_notes
from rollbook.systems.college.fees.services.papers import render_receipt
from rollbook.systems.college.fees.services.reminding import remind

IMPORT_BANK_FILE = "college.fees.import_bank_file"
RENDER_RECEIPTS = "college.fees.render_receipts"
#: Receipts drawn in one minute: a bank file of thousands must not slow the counter. Who prints one draws it at once.
MOST_DRAWN = 200
APPLY_SCHEDULE = "college.fees.apply_schedule"
REMINDERS = "college.fees.payment_reminders"
PROMISSORY_DEFAULT = "college.fees.promissory_default"


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

    begun = count()

    def rows() -> "QuerySet[Receipt]":
        return receipts_to_render() if next(begun) < MOST_DRAWN else Receipt.objects.none()

    return work_through(organisation_id, rows=rows, unit=draw)


def receipts_to_render() -> "QuerySet[Receipt]":
    """Receipts without a drawn original, newest first: whoever stands at the counter does not wait for a bank file."""
    waiting: QuerySet[Receipt] = Receipt.objects.filter(rendered_at__isnull=True).order_by("-id")
    return waiting


def apply_soon(actor: Actor, *, schedule_id: UUID, confirmed: int) -> int:
    """Begin to bring standing terms to a version of their fee schedule; answers how many they are."""
    count = schedules.apply_to_standing(actor, schedule_id=schedule_id, confirmed=confirmed)
    if count:
        apply_schedule.defer(organisation_id=actor.organisation_id, schedule_id=schedule_id)
    return count


@job(name=APPLY_SCHEDULE, lock="{organisation_id}:fee-schedule", commits_per_unit=True)
def apply_schedule(*, organisation_id: UUID, schedule_id: UUID) -> BatchReport:
    """Revise the plans that rest on older versions of a schedule; done again it goes on where it stopped."""
    actor = Actor.system(organisation_id, job=APPLY_SCHEDULE)
    with tenant_scope(organisation_id):
        schedule: FeeSchedule = FeeSchedule.objects.get(id=schedule_id)
    reason = f"Version {schedule.version_number} of the fee schedule {schedule.code} is applied"

    def revise(enrolment: TermEnrolment) -> None:
        assess_now(actor, enrolment.id, reason=reason, schedule_id=schedule.id)

    return work_through(organisation_id, rows=lambda: bills_by_older_versions(schedule), unit=revise)


@job(name=PROMISSORY_DEFAULT, schedule="30 0 * * *", lock="{organisation_id}:debts", commits_per_unit=True)
def promissory_default(*, organisation_id: UUID) -> BatchReport:
    """Promises whose day has passed are broken; then holds are brought to what is owed of notes and earlier terms."""
    actor = Actor.system(organisation_id, job=PROMISSORY_DEFAULT)

    def default(account: Account) -> None:
        default_notes(actor, account_id=account.id)

    report = work_through(organisation_id, rows=accounts_with_broken_notes, unit=default)
    changed = MOST_AT_ONCE
    while report.is_finished and changed == MOST_AT_ONCE:
        with tenant_scope(organisation_id):
            changed = follow_debts(actor, most=MOST_AT_ONCE)
        report.done += changed
    return report


@job(name=REMINDERS, schedule="0 8 * * *", lock="{organisation_id}:payment-reminders")
def payment_reminders(*, organisation_id: UUID) -> BatchReport:
    """On the 25th, and so many days before a due day as the setting says, remind students of what they owe."""
    return BatchReport(done=remind(Actor.system(organisation_id, job=REMINDERS)))
