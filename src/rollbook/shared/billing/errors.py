"""Refusals of billing."""

from rollbook.core.errors import NotFound, Refusal


class InvoiceNotFound(NotFound):
    """We could not find that plan. Search for the customer again."""


class PaymentNotFound(NotFound):
    """We could not find that payment."""


class ShiftNotFound(NotFound):
    """We could not find that shift among yours."""


class NoteNotFound(NotFound):
    """We could not find that promissory note."""


class RowNotFound(NotFound):
    """We could not find that row of a bank file."""


class AmountOutOfRange(Refusal):
    """Enter an amount from 0.01 to 9,999,999.99 with two decimals."""

    code = "AMOUNT_OUT_OF_RANGE"
    status = 422


class MonthNotSequential(Refusal):
    """Instalment {target} cannot be paid yet: the money goes to instalment {first_open} first."""

    code = "MONTH_NOT_SEQUENTIAL"


class DuplicateReference(Refusal):
    """The reference {reference} was already used for a payment by {method}. Check whether it was recorded before."""

    code = "DUPLICATE_REFERENCE"


class ReceivedLater(Refusal):
    """Money cannot have come in later than now. Correct the day and the time, or leave them out."""

    code = "RECEIVED_LATER"
    status = 422


class ReferenceNeeded(Refusal):
    """Enter the reference of the bank, card or wallet; only cash goes without one."""

    code = "REFERENCE_NEEDED"
    status = 422


class NoOpenShift(Refusal):
    """Open your shift first: money taken at the counter belongs to a shift."""

    code = "NO_OPEN_SHIFT"


class ShiftOpen(Refusal):
    """A shift is already open: {place}. Close it before another one is opened."""

    code = "SHIFT_OPEN"


class ShiftNotOpen(Refusal):
    """This shift is closed already."""

    code = "SHIFT_CLOSED"


class VarianceNeedsSupervisor(Refusal):
    """The drawer is {variance} away from what is expected. Count again, or ask a supervisor to approve it."""

    code = "VARIANCE_NEEDS_APPROVAL"


class InvoiceHoldsMoney(Refusal):
    """Money was paid into this plan already. Give it back first, then cancel the plan."""

    code = "INVOICE_HOLDS_MONEY"


class InvoiceClosed(Refusal):
    """This plan is {state} and takes no more money."""

    code = "TERM_CLOSED"


class CurrencyDiffers(Refusal):
    """This plan is kept in {expected}; the amount was given in {given}."""

    code = "CURRENCY_DIFFERS"
    status = 422


class AlreadyVoided(Refusal):
    """This payment is {state} already; nothing was changed."""

    code = "ALREADY_VOIDED"


class NotSameShift(Refusal):
    """Only a payment of a shift that is still open can be voided. Ask for a refund or a reversal instead."""

    code = "NOT_SAME_SHIFT"


class RefundTooLarge(Refusal):
    """At most {refundable} of this payment can be given back."""

    code = "REFUND_TOO_LARGE"


class NothingToRevise(Refusal):
    """The new total equals the old one; nothing was changed."""

    code = "NOTHING_TO_REVISE"


class TotalNegative(Refusal):
    """The total cannot fall below zero; at most {most} can be taken off."""

    code = "TOTAL_NEGATIVE"
    status = 422


class ReasonTooShort(Refusal):
    """Write a reason of at least {least} characters, so that somebody can follow it in ten years."""

    code = "REASON_TOO_SHORT"
    status = 422


class AlreadySettled(Refusal):
    """Instalment {number} is settled already; a note is not needed."""

    code = "ALREADY_SETTLED"


class EarlierInstalmentOpen(Refusal):
    """Instalment {number} must be paid or covered first."""

    code = "EARLIER_INSTALMENT_OPEN"


class NoteDefaulted(Refusal):
    """A promissory note was not kept on {defaulted_on}; a new one is possible twelve months after."""

    code = "NOTE_DEFAULTED"


class InvalidState(Refusal):
    """This is {state}; {act} is not possible any more."""

    code = "INVALID_STATE"


class FileAlreadyImported(Refusal):
    """This file was imported already on {imported_on}; nothing was changed."""

    code = "FILE_ALREADY_IMPORTED"
