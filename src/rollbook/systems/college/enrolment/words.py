"""How enrolment is put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment

ENROLMENT_STATES = {
    TermEnrolment.State.PENDING_PAYMENT.value: State(_("Waiting for month 1"), "wait", "hourglass"),
    TermEnrolment.State.ACTIVE.value: State(_("Active"), "good"),
    TermEnrolment.State.COMPLETED.value: State(_("Completed"), "info", "check-check"),
    TermEnrolment.State.CANCELLED.value: State(_("Cancelled"), "neutral", "minus"),
    TermEnrolment.State.WITHDRAWN.value: State(_("Withdrawn"), "neutral", "log-out"),
}

TAKEN_STATES = {
    SubjectEnrolment.State.PLANNED.value: State(_("Planned"), "neutral", "pencil"),
    SubjectEnrolment.State.RESERVED.value: State(_("Seat held"), "wait", "hourglass"),
    SubjectEnrolment.State.ENROLLED.value: State(_("Enrolled"), "good"),
    SubjectEnrolment.State.COMPLETED.value: State(_("Completed"), "info", "check-check"),
    SubjectEnrolment.State.DROPPED.value: State(_("Dropped"), "neutral", "minus"),
    SubjectEnrolment.State.WITHDRAWN.value: State(_("Withdrawn"), "neutral", "log-out"),
    SubjectEnrolment.State.WAITLISTED.value: State(_("Waiting"), "wait", "hourglass"),
    SubjectEnrolment.State.OFFERED.value: State(_("Seat offered"), "warn", "clock"),
    SubjectEnrolment.State.EXPIRED.value: State(_("Expired"), "neutral", "minus"),
    SubjectEnrolment.State.REMOVED.value: State(_("Taken off"), "neutral", "minus"),
}
#: What follows when a rule is set aside, for who decides it.
CONSEQUENCES = {
    "WINDOW": _("The student takes up a subject outside the days that hold for everybody."),
    "PAYMENT_GATE": _("Classes open for the whole term although month 1 is not paid."),
    "ADVISING": _("The student takes up a subject that no adviser has seen."),
    "PREREQUISITE": _("The student sits in a class without what should come before it."),
    "SCHEDULE_CONFLICT": _("The student cannot attend both classes in full."),
    "CAPACITY": _("The class has one student more than seats, before everybody who waits."),
}
