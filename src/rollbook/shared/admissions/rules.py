"""Decisions about applications from their arguments alone."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from rollbook.core.web.formatting import days_text
from rollbook.shared.admissions.scheme import Intake

#: A one-time code (R5).
CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
#: Sent more often than this, a paper is better brought.
MOST_VERSIONS = 20
#: Drafts that nobody touched for so long are removed.
DRAFTS_LAST = timedelta(days=90)


def closed_sentence(intakes: Sequence[Intake], today: date) -> str:
    """When applications open again, for each intake that is still to come."""
    coming = [intake for intake in intakes if intake.opens_on > today]
    if not coming:
        return _("No dates are set yet; look in again later.")
    spans = [f"{intake.label}: {days_text(intake.opens_on, intake.closes_on)}" for intake in coming]
    return _("They open again on these days: %(days)s.") % {"days": "; ".join(spans)}
