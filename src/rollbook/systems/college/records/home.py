"""The roll, for those who keep it; holds, for the student whom they stop."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import LATE, SOON, HomePart, Need, Tile, register_home_part
from rollbook.systems.college.records import permissions, selectors
from rollbook.systems.college.records.models import StatusRequest, Student, TransferCreditRequest

_COLLEGE = ("college",)


@register_home_part(permission=permissions.VIEW_STUDENTS, order=20, systems=_COLLEGE)
def roll(actor: Actor, now: datetime) -> HomePart:
    """How many are on the roll."""
    active = selectors.live_students().filter(status=Student.Status.ACTIVE).count()
    return HomePart(tiles=[Tile(_("Active students"), number_text(active), reverse("students:students"))])


@register_home_part(permission=permissions.VIEW_REQUESTS, order=35, systems=_COLLEGE)
def requests(actor: Actor, now: datetime) -> HomePart:
    """Leaves, returns and withdrawals that somebody asked for, and credits that wait."""
    asked = selectors.status_requests(actor).filter(state=StatusRequest.State.REQUESTED).count()
    url = reverse("students:status_requests")
    title = ngettext("%(n)s leave or withdrawal is asked for", "%(n)s leaves or withdrawals are asked for", asked)
    needs = []
    if asked and actor.may(permissions.CHANGE_STATUS):
        needs.append(Need(title % {"n": asked}, _("Decide"), url, icon="log-out", urgency=SOON))
    return HomePart(needs=needs)


@register_home_part(permission=permissions.DECIDE_DISPUTED_CREDITS, order=36, systems=_COLLEGE)
def disputes(actor: Actor, now: datetime) -> HomePart:
    """Credits about which two people do not agree."""
    count = selectors.credit_requests(actor).filter(state=TransferCreditRequest.State.DISPUTED).count()
    title = ngettext("%(n)s credit is disputed", "%(n)s credits are disputed", count) % {"n": count}
    need = Need(title, _("Decide"), reverse("students:credit_requests"), icon="scale", urgency=SOON)
    return HomePart(needs=[need] if count else [])


@register_home_part(permission=permissions.VIEW_OWN_RECORD, order=15, systems=_COLLEGE)
def own_holds(actor: Actor, now: datetime) -> HomePart:
    """What stops the student, and whom to ask."""
    live = selectors.live_holds_of(selectors.get_own_student(actor).id)
    return HomePart(
        needs=[
            Need(
                _("A hold stands on your record: %(kind)s") % {"kind": hold.get_kind_display()}, _("My requests"),
                reverse("students:own_requests"), why=_("Ask the registrar's office how it is lifted."), icon="lock",
                tone="bad", urgency=LATE,
            )
            for hold in live[:1]
        ]
    )  # fmt: skip
