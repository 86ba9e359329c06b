"""How enrolment is put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.systems.college.enrolment.models import TermEnrolment

ENROLMENT_STATES = {
    TermEnrolment.State.PENDING_PAYMENT.value: State(_("Waiting for month 1"), "wait", "hourglass"),
    TermEnrolment.State.ACTIVE.value: State(_("Active"), "good"),
    TermEnrolment.State.COMPLETED.value: State(_("Completed"), "info", "check-check"),
    TermEnrolment.State.CANCELLED.value: State(_("Cancelled"), "neutral", "minus"),
    TermEnrolment.State.WITHDRAWN.value: State(_("Withdrawn"), "neutral", "log-out"),
}
