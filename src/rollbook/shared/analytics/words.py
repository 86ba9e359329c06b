"""How runs of reports are put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.shared.analytics.models import ReportRun

RUN_STATES = {
    ReportRun.State.QUEUED.value: State(_("Waiting"), "wait", "hourglass"),
    ReportRun.State.RUNNING.value: State(_("Being written"), "wait"),
    ReportRun.State.DONE.value: State(_("Ready"), "good"),
    ReportRun.State.FAILED.value: State(_("Failed"), "bad"),
}
