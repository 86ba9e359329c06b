"""Reads of organisations."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from uuid import UUID
from zoneinfo import ZoneInfo

from rollbook.core import clock
from rollbook.core.errors import NotFound
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import require_organisation_id


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What acts need to know of the organisation they happen in."""

    id: UUID
    slug: str
    name: str
    system: str
    currency: str
    timezone: str
    locale: str
    accent: str

    def local_date(self, moment: datetime) -> date:
        """The organisation's calendar day at a moment."""
        return clock.local_date(moment, self.timezone)

    def beginning_of(self, day: date) -> datetime:
        """The first instant of a calendar day in the organisation."""
        return datetime.combine(day, clock_time.min, tzinfo=ZoneInfo(self.timezone))

    def read_local(self, text: str) -> datetime | None:
        """Read an ISO 8601 day or moment; without an offset it is local time. None when it is neither."""
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.timezone))


# Kept in the process for a few seconds: an act asks several times, and a change may take that long to show.
_KEPT_SECONDS = 5
_process_cache: dict[UUID, tuple[float, OrganisationFacts]] = {}


def organisation_in_scope() -> OrganisationFacts:
    """The organisation of the present scope."""
    return organisation_facts(require_organisation_id())


def organisation_facts(organisation_id: UUID) -> OrganisationFacts:
    """An organisation by id; unknown or inactive ones are refused."""
    kept = _process_cache.get(organisation_id)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    row = Organisation.objects.filter(id=organisation_id, is_active=True).values_list(
        "id", "slug", "name", "system", "currency", "timezone", "locale", "accent"
    )
    found = row.first()
    if found is None:
        raise NotFound
    facts = OrganisationFacts(*found)
    _process_cache[organisation_id] = (time.monotonic() + _KEPT_SECONDS, facts)
    return facts


def organisation_by_slug(slug: str) -> OrganisationFacts:
    """An active organisation by its slug; others are refused."""
    found = Organisation.objects.filter(slug=slug, is_active=True).values_list("id", flat=True).first()
    if found is None:
        raise NotFound
    return organisation_facts(found)
