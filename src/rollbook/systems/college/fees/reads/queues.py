"""What waits for somebody: promises to approve, rows of bank files that fit nobody."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import BankFile, BankFileRow, PromissoryNote
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.records.selectors import live_students


def notes(actor: Actor) -> "QuerySet[PromissoryNote]":
    """Every promissory note with its student and month."""
    actor.require(permissions.APPROVE_NOTE)
    student = live_students().filter(person_id=OuterRef("instalment__invoice__account__customer_id"))
    found: QuerySet[PromissoryNote] = PromissoryNote.objects.annotate(
        student_id=Subquery(student.values("id")[:1]),
        student_number=Subquery(student.values("student_number")[:1]),
        programme=Subquery(student.values("programme__code")[:1]),
        family_name=F("instalment__invoice__account__customer__family_name"),
        given_name=F("instalment__invoice__account__customer__given_name"),
        month=F("instalment__number"),
        currency=F("instalment__invoice__currency"),
        #: What of the month is still open.
        open_minor=F("instalment__due_minor") - F("instalment__paid_minor"),
    )
    return found


def unmatched_rows(actor: Actor) -> "QuerySet[BankFileRow]":
    """Rows of bank files that were not credited, waiting ones and settled ones."""
    actor.require(permissions.IMPORT_PAYMENTS)
    found: QuerySet[BankFileRow] = BankFileRow.objects.annotate(
        file_name=F("file__name"),
        reference=F("content__reference"),
        customer_number=F("content__customer_number"),
        amount=F("content__amount"),
        method=F("content__method"),
        paid_at=F("content__paid_at"),
    )
    return found


def get_unmatched_row(actor: Actor, row_id: UUID) -> BankFileRow:
    """One row with its file."""
    actor.require(permissions.IMPORT_PAYMENTS)
    row: BankFileRow | None = BankFileRow.objects.select_related("file").filter(id=row_id).first()
    if row is None:
        raise errors.RowNotFound
    return row


def bank_files(actor: Actor) -> "QuerySet[BankFile]":
    """Every bank file that was read."""
    actor.require(permissions.IMPORT_PAYMENTS)
    found: QuerySet[BankFile] = BankFile.objects.all()
    return found


def get_bank_file(actor: Actor, file_id: UUID) -> BankFile:
    """One bank file."""
    file = bank_files(actor).filter(id=file_id).first()
    if file is None:
        raise errors.RowNotFound
    return file


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the crediting of a bank file has come."""

    state: Literal["waiting", "running", "done"]
    done: int
    total: int
    credited: int
    unmatched: int
    amount: Money


def progress_of(file: BankFile | None) -> Progress:
    """The progress of a file; None is one that no worker has begun with."""
    currency = organisation_in_scope().currency
    if file is None:
        return Progress("waiting", 0, 0, 0, 0, Money(0, currency))
    settled = file.credited_count + file.unmatched_count
    state: Literal["running", "done"] = "done" if settled >= file.row_count else "running"
    return Progress(
        state, settled, file.row_count, file.credited_count, file.unmatched_count, Money(file.credited_minor, currency)
    )


def waiting_counts(actor: Actor) -> dict[str, Any]:
    """How many promises and rows wait, for who may settle them."""
    counts: dict[str, Any] = {"notes": 0, "rows": 0}
    if actor.may(permissions.APPROVE_NOTE):
        counts["notes"] = PromissoryNote.objects.filter(state=PromissoryNote.State.REQUESTED).count()
    if actor.may(permissions.IMPORT_PAYMENTS):
        counts["rows"] = BankFileRow.objects.filter(state=BankFileRow.State.UNMATCHED).count()
    return counts


def promised(actor: Actor) -> Money:
    """What live promises cover and nobody has paid yet."""
    live: list[Any] = list(notes(actor).filter(state__in=PromissoryNote.LIVE))
    return Money(sum(note.open_minor for note in live), organisation_in_scope().currency)
