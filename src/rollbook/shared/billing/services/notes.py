"""Promissory notes: a promise that covers an instalment until its day (R38)."""

from datetime import date
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import F

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Instalment, Invoice, PromissoryNote
from rollbook.shared.billing.rules import settled_through
from rollbook.shared.billing.services.invoices import lock_account
from rollbook.shared.billing.services.landed import FollowUp, Landed
from rollbook.shared.billing.services.revisions import lock_invoice
from rollbook.shared.billing.services.settlement import load_plan

#: How long a broken promise stands in the way of the next one.
MONTHS_AFTER_DEFAULT = 12


@transaction.atomic
def request_note(
    actor: Actor, *, invoice_id: UUID, number: int, due_on: date | None = None, reason: str = "",
    document_id: UUID | None = None,
) -> PromissoryNote:  # fmt: skip
    """Write down a promise to pay one instalment, by its own due day unless a later one is agreed."""
    invoice = lock_invoice(invoice_id)
    instalment = _must_be_promisable(invoice, number)
    note = PromissoryNote.objects.create(
        instalment_id=instalment.id,
        amount_minor=instalment.due_minor - instalment.paid_minor,
        due_on=due_on or instalment.due_on,
        reason=reason,
        document_id=document_id,
        requested_by=actor.user_id,
    )
    record(actor, "billing.note_requested", note, reason=reason, number=number)
    return note


@transaction.atomic
def approve_note(actor: Actor, *, note_id: UUID, on_landed: FollowUp | None = None) -> PromissoryNote:
    """Approve a promise; its instalment counts as covered from now on."""
    note, invoice = _locked(note_id)
    if note.state != PromissoryNote.State.REQUESTED:
        raise errors.InvalidState(state=note.get_state_display().lower(), act="approving it")
    plan = load_plan(invoice)
    settled_before = settled_through(plan.states())
    instalment = _must_be_promisable(invoice, next(i.number for i in plan.instalments if i.id == note.instalment_id))
    now = clock.now()
    note.state, note.approved_by, note.approved_at = PromissoryNote.State.APPROVED, actor.user_id, now
    note.save(update_fields=["state", "approved_by", "approved_at"])
    Instalment.objects.filter(id=instalment.id).update(cover=Instalment.Cover.PROMISSORY)
    record(actor, "billing.note_approved", note)
    _follow(invoice, settled_before, on_landed)
    return note


@transaction.atomic
def default_notes(actor: Actor, *, account_id: UUID | None = None, on_landed: FollowUp | None = None) -> int:
    """Mark every promise whose day has passed unpaid as not kept; harmless when run twice. Returns how many.

    Those of one customer alone with `account_id`.
    """
    today = organisation_in_scope().local_date(clock.now())
    overdue = PromissoryNote.objects.filter(state__in=PromissoryNote.LIVE, due_on__lt=today).order_by("id")
    if account_id is not None:
        overdue = overdue.filter(instalment__invoice__account_id=account_id)
    return sum(_default(actor, note_id, today, on_landed) for note_id in list(overdue.values_list("id", flat=True)))


def _default(actor: Actor, note_id: UUID, today: date, on_landed: FollowUp | None) -> int:
    note, invoice = _locked(note_id)
    if note.state not in PromissoryNote.LIVE or note.due_on >= today:
        return 0
    settled_before = settled_through(load_plan(invoice).states())
    note.state, note.defaulted_on = PromissoryNote.State.DEFAULTED, today
    note.save(update_fields=["state", "defaulted_on"])
    Instalment.objects.filter(id=note.instalment_id).update(cover=Instalment.Cover.NONE)
    record(actor, "billing.note_defaulted", note)
    _follow(invoice, settled_before, on_landed)
    return 1


def keep_notes(landed: Landed) -> None:
    """Money reached covered instalments: a promise is kept when nothing is left, partly kept before that."""
    reached = {landing.number for landing in landed.landings}
    covered = [p for p in landed.instalments if p.cover == Instalment.Cover.PROMISSORY and p.number in reached]
    for part in covered:
        kept = part.room_minor == 0
        state = PromissoryNote.State.FULFILLED if kept else PromissoryNote.State.PARTIALLY_PAID
        notes = PromissoryNote.objects.filter(
            instalment__invoice_id=landed.invoice_id, instalment__number=part.number, state__in=PromissoryNote.LIVE
        )
        note_ids = list(notes.values_list("id", flat=True))
        PromissoryNote.objects.filter(id__in=note_ids).update(state=state)
        if kept:
            Instalment.objects.filter(invoice_id=landed.invoice_id, number=part.number).update(
                cover=Instalment.Cover.NONE
            )


def _locked(note_id: UUID) -> tuple[PromissoryNote, Invoice]:
    found = PromissoryNote.objects.filter(id=note_id).annotate(
        account=F("instalment__invoice__account_id"), invoice=F("instalment__invoice_id")
    )
    row = found.values("account", "invoice").first()
    if row is None:
        raise errors.NoteNotFound
    lock_account(row["account"])
    return PromissoryNote.objects.get(id=note_id), Invoice.objects.get(id=row["invoice"])


def _must_be_promisable(invoice: Invoice, number: int) -> Instalment:
    instalments = list(Instalment.objects.filter(invoice_id=invoice.id).order_by("number"))
    wanted = next((instalment for instalment in instalments if instalment.number == number), None)
    if wanted is None:
        raise errors.InvoiceNotFound
    if wanted.due_minor == wanted.paid_minor or wanted.cover:
        raise errors.AlreadySettled(number=number)
    for earlier in instalments:
        if earlier.number < number and earlier.due_minor > earlier.paid_minor and not earlier.cover:
            raise errors.EarlierInstalmentOpen(number=earlier.number)
    _must_have_kept_promises(invoice)
    return wanted


def _must_have_kept_promises(invoice: Invoice) -> None:
    today = organisation_in_scope().local_date(clock.now())
    broken = PromissoryNote.objects.filter(
        instalment__invoice__account_id=invoice.account_id, state=PromissoryNote.State.DEFAULTED
    ).order_by("-defaulted_on")
    latest = broken.values_list("defaulted_on", flat=True).first()
    if latest and today < latest + relativedelta(months=MONTHS_AFTER_DEFAULT):
        raise errors.NoteDefaulted(defaulted_on=latest.isoformat())


def _follow(invoice: Invoice, settled_before: int, on_landed: FollowUp | None) -> None:
    if on_landed:
        on_landed(load_plan(invoice).landed(at=clock.now(), settled_before=settled_before))
