"""How many come in here, for those who let them in."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.identity.models import Membership
from rollbook.core.identity.permissions import MANAGE_MEMBERS, VIEW_MEMBERS
from rollbook.core.permissions.actor import Actor
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import SOON, HomePart, Need, Tile, register_home_part


@register_home_part(permission=VIEW_MEMBERS, order=30)
def members(actor: Actor, now: datetime) -> HomePart:
    """Active members, and those to whom nobody gave a role yet."""
    active = Membership.objects.filter(is_active=True)
    count, idle, url = active.count(), active.filter(roles=[]).count(), reverse("identity:members")
    title = ngettext("%(n)s member has no role yet", "%(n)s members have no role yet", idle) % {"n": idle}
    need = Need(title, _("Give roles"), url, icon="user-cog", urgency=SOON)
    return HomePart(
        needs=[need] if idle and actor.may(MANAGE_MEMBERS) else [], tiles=[Tile(_("Members"), number_text(count), url)]
    )
