"""How exams and permits are put into words."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State

#: No permit is no row.
LOCKED = "LOCKED"

PERMIT_STATES = {
    LOCKED: State(_("Locked"), "neutral", "lock"),
    "ISSUED": State(_("Ready"), "good", "ticket-check"),
    "PRINTED": State(_("Ready, printed"), "good", "ticket-check"),
    "USED": State(_("Used"), "info", "check-check"),
    "EXPIRED": State(_("Over"), "neutral", "clock"),
    "SUSPENDED": State(_("Suspended"), "bad", "lock"),
}
