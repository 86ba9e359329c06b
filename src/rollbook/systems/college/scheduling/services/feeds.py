"""Calendars that people subscribe to: a secret address each, which they can take back (RFC 5545)."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden
from rollbook.core.identity.keys import digest_of, new_secret
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.calendars import WeeklyClass, calendar_text
from rollbook.systems.college.scheduling.errors import CalendarNotFound
from rollbook.systems.college.scheduling.models import (
    CalendarFeed,
    CancelledClass,
    Faculty,
    Meeting,
    Section,
    TeachingAssignment,
)
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.rules import Slot
from rollbook.systems.college.scheduling.selectors import slot_of
from rollbook.systems.college.scheduling.words import class_name

#: Classes that ended longer ago than this are not worth sending to a telephone.
SHOWN_BEHIND = timedelta(days=200)


@transaction.atomic
def open_feed(actor: Actor) -> str:
    """Give the actor a new secret for their calendar; the one before stops working. It is shown this once."""
    person_id = _own_person(actor)
    _revoke(person_id)
    secret = new_secret()
    feed = CalendarFeed.objects.create(person_id=person_id, digest=digest_of(secret))
    record(actor, "college.calendar_opened", feed)
    return secret


@transaction.atomic
def revoke_feed(actor: Actor) -> None:
    """Stop the calendar address of the actor. Harmless when there is none."""
    for feed in _revoke(_own_person(actor)):
        record(actor, "college.calendar_revoked", feed)


def has_feed(actor: Actor) -> bool:
    """Whether somebody's calendar has a live address."""
    person_id = person_of(actor)
    return person_id is not None and bool(
        CalendarFeed.objects.filter(person_id=person_id, revoked_at__isnull=True).exists()
    )


def person_of(actor: Actor) -> UUID | None:
    """The person that the actor is: as a member, or as a profile of faculty says."""
    if actor.person_id is not None:
        return actor.person_id
    if actor.membership_id is None:
        return None
    found: UUID | None = Faculty.objects.filter(member=actor.membership_id).values_list("person_id", flat=True).first()
    return found


def calendar_of(secret: str) -> str:
    """The calendar behind a secret, in the organisation in scope. Unknown and revoked secrets look alike."""
    feed = CalendarFeed.objects.filter(digest=digest_of(secret), revoked_at__isnull=True).first()
    if feed is None:
        raise CalendarNotFound
    organisation = organisation_in_scope()
    today = organisation.local_date(clock.now())
    section_ids = [*sections_taught(feed.person_id), *roll().sections_of(feed.person_id)]
    name = _("Classes at %(college)s") % {"college": organisation.name}
    return calendar_text(name, organisation.timezone, weekly_classes(section_ids, since=today - SHOWN_BEHIND))


def sections_taught(person_id: UUID) -> list[UUID]:
    """The sections that a person teaches."""
    rows = TeachingAssignment.objects.filter(professor__person=person_id)
    return list(rows.values_list("section_id", flat=True).distinct())


def weekly_classes(section_ids: list[UUID], *, since: date) -> list[WeeklyClass]:
    """The timed meetings of open and closed sections as calendar events; drafts are nobody's business yet."""
    rows = Meeting.objects.filter(
        section_id__in=section_ids, section__state__in=list(Section.SHOWN), weekday__isnull=False, to_date__gte=since
    )
    meetings = list(rows.select_related("section__subject", "room", "professor__person").order_by("id"))
    off: dict[UUID, list[date]] = defaultdict(list)
    for meeting_id, day in CancelledClass.objects.filter(meeting_id__in=[each.id for each in meetings]).values_list(
        "meeting_id", "on_date"
    ):
        off[meeting_id].append(day)
    return [_weekly(meeting, slot, off[meeting.id]) for meeting in meetings if (slot := slot_of(meeting))]


def _weekly(meeting: Meeting, slot: Slot, cancelled: list[date]) -> WeeklyClass:
    room, professor = meeting.room, meeting.professor
    place = ", ".join(part for part in (room.code, room.building) if part) if room else ""
    note = meeting.section.subject.title
    if professor:
        note = f"{note}\n{professor.person.full_name}"
    return WeeklyClass(
        meeting.id, class_name(meeting.section), place, note, slot.weekday, slot.start_min, slot.end_min,
        slot.from_date, slot.to_date, meeting.version, meeting.created_at, tuple(cancelled),
    )  # fmt: skip


def _own_person(actor: Actor) -> UUID:
    actor.require(permissions.OWN_CALENDAR)
    person_id = person_of(actor)
    if person_id is None:
        raise Forbidden(permission=permissions.OWN_CALENDAR)
    if actor.impersonator_id is not None:
        raise Forbidden(reason=_("A calendar address belongs to its owner alone."))
    return person_id


def _revoke(person_id: UUID) -> list[CalendarFeed]:
    live = list(
        CalendarFeed.objects.select_for_update(of=("self",)).filter(person_id=person_id, revoked_at__isnull=True)
    )
    for feed in live:
        feed.revoked_at = clock.now()
        feed.save(update_fields=["revoked_at"])
    return live
