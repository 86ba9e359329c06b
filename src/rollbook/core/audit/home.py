"""What happens here from day to day, for those who answer for it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.audit import selectors, words
from rollbook.core.audit.permissions import VIEW_AUDIT
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.home import MOST_LINES, HomePart, Line, Lines, register_home_part

DAYS = 14
PEOPLE = gettext_lazy("Acts by people")


@register_home_part(permission=VIEW_AUDIT, order=90)
def trail(actor: Actor, now: datetime) -> HomePart:
    """Acts by people on each of the last days, and the newest ones."""
    organisation = organisation_in_scope()
    today = organisation.local_date(now)
    first = today - timedelta(days=DAYS - 1)
    acts = selectors.entries(actor).filter(user_id__isnull=False, at__gte=organisation.beginning_of(first))
    day = TruncDate("at", tzinfo=ZoneInfo(organisation.timezone))
    counted = dict(acts.annotate(day=day).order_by().values("day").annotate(n=Count("id")).values_list("day", "n"))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    newest = selectors.with_names(acts).order_by("-at", "-id").values()[:MOST_LINES]
    return HomePart(
        chart=Chart("line", _("Acts each day"), days, [Series(PEOPLE, [counted.get(one, 0) for one in days])]),
        lines=Lines(
            _("Newest acts"),
            [
                Line(
                    words.action_words(row["action"]), reverse("audit:entry", args=[row["id"]]),
                    note=words.who_words(row), end=formatting.moment_text(row["at"]),
                )
                for row in newest
            ],
            _("Nothing was done in the last days."),
            reverse("audit:entries"),
        ),
    )  # fmt: skip
