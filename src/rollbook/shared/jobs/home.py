"""Background work that failed for good, for those who look after it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import LATE, HomePart, Need, Tile, register_home_part
from rollbook.shared.jobs.permissions import MANAGE_JOBS, VIEW_JOBS
from rollbook.shared.jobs.selectors import dead_letters


@register_home_part(permission=VIEW_JOBS, order=45)
def failures(actor: Actor, now: datetime) -> HomePart:
    """Work that is not tried again by itself."""
    failed, url = len(dead_letters(actor)), reverse("jobs:overview")
    title = ngettext("%(n)s piece of work failed for good", "%(n)s pieces of work failed for good", failed)
    need = Need(title % {"n": failed}, _("Look at it"), url, icon="timer", tone="bad", urgency=LATE)
    tile = Tile(_("Failed work"), number_text(failed), url, tone="bad" if failed else "")
    return HomePart(needs=[need] if failed and actor.may(MANAGE_JOBS) else [], tiles=[tile])
