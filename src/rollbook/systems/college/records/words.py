"""How the records are put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.systems.college.records.models import (
    ImportRow,
    ImportRun,
    ProgrammeTransfer,
    StatusRequest,
    Student,
    TransferCredit,
    TransferCreditRequest,
)

STUDENT_STATES = {
    Student.Status.ACTIVE.value: State(_("Active"), "good"),
    Student.Status.LOA.value: State(_("On leave"), "wait", "pause"),
    Student.Status.WITHDRAWN.value: State(_("Withdrawn"), "neutral", "log-out"),
    Student.Status.DISMISSED.value: State(_("Dismissed"), "bad"),
    Student.Status.GRADUATED.value: State(_("Graduated"), "info", "graduation-cap"),
    Student.Status.INACTIVE.value: State(_("Inactive"), "neutral", "minus"),
}
HELD = State(_("Held"), "bad", "lock")
HOLD_STATES = {
    True: State(_("In force"), "bad", "lock"),
    False: State(_("Released"), "neutral", "lock-open"),
}
IMPORT_STATES = {
    ImportRun.State.CHECKED.value: State(_("Checked"), "wait", "list-checks"),
    ImportRun.State.COMMITTED.value: State(_("Imported"), "good"),
    ImportRun.State.TAKEN_BACK.value: State(_("Taken back"), "neutral", "undo-2"),
}
ROW_STATES = {
    ImportRow.Outcome.READY.value: State(_("Ready"), "info"),
    ImportRow.Outcome.ERROR.value: State(_("With errors"), "bad"),
    ImportRow.Outcome.STANDING.value: State(_("Stands already"), "neutral", "minus"),
    ImportRow.Outcome.IMPORTED.value: State(_("Imported"), "good"),
}
CREDIT_REQUEST_STATES = {
    TransferCreditRequest.State.DRAFT.value: State(_("Draft"), "neutral", "pencil"),
    TransferCreditRequest.State.SUBMITTED.value: State(_("Waits for a decision"), "wait"),
    TransferCreditRequest.State.APPROVED.value: State(_("Approved"), "good"),
    TransferCreditRequest.State.RETURNED.value: State(_("Returned"), "warn", "undo-2"),
    TransferCreditRequest.State.DISPUTED.value: State(_("Disputed"), "bad", "scale"),
}
CREDIT_STATES = {
    TransferCredit.State.PROPOSED.value: State(_("Proposed"), "wait"),
    TransferCredit.State.CREDITED.value: State(_("Credited"), "good"),
    TransferCredit.State.REVOKED.value: State(_("Revoked"), "neutral", "minus"),
}
REQUEST_STATES = {
    StatusRequest.State.REQUESTED.value: State(_("Waits for a decision"), "wait"),
    StatusRequest.State.APPROVED.value: State(_("Approved"), "info"),
    StatusRequest.State.DONE.value: State(_("In effect"), "good"),
    StatusRequest.State.DECLINED.value: State(_("Declined"), "bad"),
    StatusRequest.State.TAKEN_BACK.value: State(_("Taken back"), "neutral", "undo-2"),
}
TRANSFER_STATES = {
    ProgrammeTransfer.State.REQUESTED.value: State(_("Waits for the dean"), "wait"),
    ProgrammeTransfer.State.ENDORSED.value: State(_("Waits for the registrar"), "wait"),
    ProgrammeTransfer.State.APPROVED.value: State(_("Approved"), "info"),
    ProgrammeTransfer.State.EFFECTIVE.value: State(_("In effect"), "good"),
    ProgrammeTransfer.State.DECLINED.value: State(_("Declined"), "bad"),
    ProgrammeTransfer.State.TAKEN_BACK.value: State(_("Taken back"), "neutral", "undo-2"),
}
