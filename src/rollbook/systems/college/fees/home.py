"""The student's own money at a glance: what is due, the months of the plan, what each permit still needs."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.home import LATE, SOON, HomePart, Need, Picture, register_home_part
from rollbook.systems.college.fees import permissions, selectors, words
from rollbook.systems.college.fees.pages.own import next_step
from rollbook.systems.college.fees.reads import counter


@register_home_part(permission=permissions.OWN_ACCOUNT, order=10, systems=("college",))
def own_money(actor: Actor, now: datetime) -> HomePart:
    """The newest plan with its months and its exams."""
    _identity, plans = selectors.identity_and_plans(selectors.own_student_id(actor))
    if not plans:
        return HomePart()
    view = counter.plan_shown(actor, plans[0])
    step = next_step(view)
    shown = {
        "view": view, "standing": words.standing(view), "parts": words.parts(view.months, view.currency),
        "exams": words.exam_lines(view.exams),
    }  # fmt: skip
    needs = []
    if step is not None:
        url = f"{reverse('fees:pay_online')}?term={view.plan.term_enrolment_id}"
        late = bool(view.overdue.minor)
        needs.append(
            Need(
                step["title"], _("Pay online"), url, why=step["why"], icon="calendar-clock", tone=step["tone"],
                urgency=LATE if late else SOON,
            )
        )  # fmt: skip
    return HomePart(needs=needs, pictures=[Picture("college/fees/parts/home_plan.html", shown)])
