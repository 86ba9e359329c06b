"""How sheets, grades and incompletes are put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State

SHEET_STATES = {
    "OPEN": State(_("Open"), "neutral", "pencil"),
    "SUBMITTED": State(_("Submitted"), "wait"),
    "RETURNED": State(_("Returned"), "warn", "undo-2"),
    "FINALIZED": State(_("Finalised"), "good"),
}
COMPONENTS = {"MIDTERM": _("Midterm"), "FINAL": _("Final")}
RESULTS = {
    "": State(_("In progress"), "neutral"),
    "PASSED": State(_("Passed"), "good"),
    "FAILED": State(_("Failed"), "bad"),
    "INC": State(_("Incomplete"), "warn"),
    "NG": State(_("Not graded"), "warn"),
    "WITHDRAWN": State(_("Withdrawn"), "neutral"),
}
CASE_STATES = {
    "OPEN": State(_("Open"), "warn"),
    "REQUESTED": State(_("Requested"), "wait"),
    "APPROVED": State(_("Allowed"), "wait"),
    "SUBMITTED": State(_("Graded"), "wait"),
    "HEAD_APPROVED": State(_("Approved"), "info"),
    "RESOLVED": State(_("Resolved"), "good"),
    "EXPIRED": State(_("Expired"), "bad"),
}
CHANGE_STATES = {
    "PROPOSED": State(_("Waiting"), "wait"),
    "APPROVED": State(_("Approved"), "good"),
    "RETURNED": State(_("Returned"), "warn"),
    "WITHDRAWN": State(_("Withdrawn"), "neutral"),
    "EXPIRED": State(_("Expired"), "neutral"),
}
STANDINGS = {
    "": State(_("Not evaluated"), "neutral"),
    "GOOD": State(_("Good"), "good"),
    "WARNING": State(_("Warning"), "warn"),
    "PROBATION": State(_("Probation"), "warn"),
    "SUSPENDED": State(_("Suspended"), "bad"),
}

#: Why a student's studies are in danger.
DANGERS = {
    "STANDING": State(_("Standing"), "bad", "triangle-alert"),
    "PROPOSED": State(_("Standing proposed"), "warn"),
    "AVERAGE": State(_("Average"), "warn"),
    "INCOMPLETE": State(_("Incomplete"), "warn", "hourglass"),
    "HOLD": State(_("Hold"), "bad", "lock"),
}

#: How far something of the curriculum is, in the order of a ring.
STEPS = {
    "DONE": State(_("Done"), "good"),
    "RUNNING": State(_("Running"), "wait"),
    "LEFT": State(_("Left"), "neutral", "circle-dashed"),
}
