"""How ready the institution is, for those who answer for it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import SOON, HomePart, Need, Tile, register_home_part
from rollbook.shared.launch.permissions import READ_LAUNCH
from rollbook.shared.launch.selectors import board_for


@register_home_part(permission=READ_LAUNCH, order=40)
def readiness(actor: Actor, now: datetime) -> HomePart:
    """What blocks the launch, and how many items are green."""
    counts, url = board_for(actor).counts, reverse("launch:board")
    blockers = counts["red_blockers"]
    title = ngettext("%(n)s item blocks the launch", "%(n)s items block the launch", blockers) % {"n": blockers}
    need = Need(title, _("See what to do"), url, icon="list-checks", tone="warn", urgency=SOON)
    tile = Tile(_("Blocks the launch"), number_text(blockers), url, tone="bad" if blockers else "good")
    return HomePart(needs=[need] if blockers else [], tiles=[tile])
