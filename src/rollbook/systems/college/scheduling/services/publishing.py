"""A term's schedule is published, which opens the picking of classes, and taken back while nobody has picked (R17)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from rollbook.core import clock, events
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.checklist import Finding, findings_of
from rollbook.systems.college.scheduling.errors import (
    NotAPublishableSchedule,
    NothingToPublish,
    ScheduleIsInUse,
    ScheduleNotPublished,
)
from rollbook.systems.college.scheduling.events import SchedulePublished
from rollbook.systems.college.scheduling.models import Section, TermSchedule
from rollbook.systems.college.scheduling.policies import PICKING_HOURS
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.rules import picking_closes
from rollbook.systems.college.scheduling.services.sections import open_term

_SECTION = "college_scheduling.section"


@transaction.atomic
def publish_schedule(
    actor: Actor,
    *,
    term_id: UUID,
    picking_opens_on: date | None = None,
    picking_closes_on: date | None = None,
    in_spite_of_findings: bool = False,
) -> TermSchedule:
    """Publish a term's schedule: its drafts open, and picking opens for the hours of the setting or the days given.

    Published once more, the sections added since open too, and picking opens anew.
    """
    actor.require(permissions.PUBLISH)
    term = open_term(term_id)
    if not Section.objects.filter(term=term).exclude(state=Section.State.CANCELLED).exists():
        raise NothingToPublish(term=term.code)
    findings = [finding for finding in findings_of(term.id) if not finding.is_excused]
    if findings and not in_spite_of_findings:
        raise refusal_of(findings)
    now = clock.now()
    opens_at, closes_at = _picking(now, picking_opens_on, picking_closes_on)
    schedule, _ = TermSchedule.objects.select_for_update(of=("self",)).get_or_create(term=term)
    before = {"is_published": schedule.is_published, "picking_opens_at": schedule.picking_opens_at,
              "picking_closes_at": schedule.picking_closes_at}  # fmt: skip
    schedule.is_published, schedule.published_at = True, now
    schedule.published_by_id = actor.acting_user_id() if actor.user_id else None
    schedule.picking_opens_at, schedule.picking_closes_at = opens_at, closes_at
    schedule.version += 1
    schedule.save()
    opened = _move_all(actor, term.id, Section.State.DRAFT, Section.State.OPEN)
    record(
        actor, "college.schedule_published", schedule, before=before,
        after={"is_published": True, "picking_opens_at": opens_at, "picking_closes_at": closes_at},
        term=term.code, sections_opened=opened, findings=len(findings),
    )  # fmt: skip
    events.publish(
        SchedulePublished(actor=actor, term_id=term.id, picking_opens_at=opens_at, picking_closes_at=closes_at)
    )
    found: TermSchedule = schedule
    return found


@transaction.atomic
def unpublish_schedule(actor: Actor, *, term_id: UUID) -> TermSchedule:
    """Take a published schedule back while nobody has a seat in it; its open sections are drafts again."""
    actor.require(permissions.PUBLISH)
    term = open_term(term_id)
    schedule: TermSchedule | None = (
        TermSchedule.objects.select_for_update(of=("self",)).filter(term=term, is_published=True).first()
    )
    if schedule is None:
        raise ScheduleNotPublished(term=term.code)
    section_ids = list(
        Section.objects.select_for_update(of=("self",)).filter(term=term).order_by("id").values_list("id", flat=True)
    )
    taken = sum(roll().seats_taken(section_ids).values())
    if taken:
        raise ScheduleIsInUse(taken=taken, term=term.code)
    schedule.is_published, schedule.version = False, schedule.version + 1
    schedule.save(update_fields=["is_published", "version"])
    drafted = _move_all(actor, term.id, Section.State.OPEN, Section.State.DRAFT)
    record(
        actor, "college.schedule_unpublished", schedule, before={"is_published": True}, after={"is_published": False},
        term=term.code, sections_drafted=drafted,
    )  # fmt: skip
    return schedule


def refusal_of(findings: list[Finding]) -> NotAPublishableSchedule:
    """What is not right, counted and the first of it named."""
    first = "; ".join(f"{finding.what}: {finding.detail}" for finding in findings[:3])
    listed = [
        {"kind": finding.kind, "what": finding.what, "detail": finding.detail,
         "section_id": str(finding.section_id) if finding.section_id else None}
        for finding in findings
    ]  # fmt: skip
    more = f" and {len(findings) - 3} more" if len(findings) > 3 else ""
    return NotAPublishableSchedule(summary=f"{first}{more}.", findings=listed)


def _picking(now: datetime, opens_on: date | None, closes_on: date | None) -> tuple[datetime, datetime]:
    organisation = organisation_in_scope()
    opens_at = organisation.beginning_of(opens_on) if opens_on else now
    if closes_on is None:
        return opens_at, picking_closes(opens_at, policies.get(PICKING_HOURS))
    # The whole of the last day counts (R4).
    closes_at = organisation.beginning_of(closes_on + timedelta(days=1))
    if closes_at <= max(opens_at, now):
        raise Invalid.field(
            "picking_closes_on", gettext("Choose a last day of picking that is not over, after the first.")
        )
    return opens_at, closes_at


def _move_all(actor: Actor, term_id: UUID, before: str, after: str) -> int:
    rows = Section.objects.select_for_update(of=("self",)).filter(term_id=term_id, state=before).order_by("id")
    section_ids = list(rows.values_list("id", flat=True))
    Section.objects.filter(id__in=section_ids).update(state=after)
    facts = [{"before": before, "after": after}] * len(section_ids)
    if section_ids:
        record_many(actor, "college.section_moved", _SECTION, section_ids, facts=facts)
    return len(section_ids)
