"""Fee schedules: drafts that change, versions that are put in force, and terms that are brought to a new version."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Programme, Subject, Term
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import (
    ChangedMeanwhile,
    CountNotConfirmed,
    DraftExists,
    ScheduleCodeTaken,
    ScheduleEmpty,
    ScheduleNotDraft,
    ScheduleNotFound,
    ScopeTaken,
)
from rollbook.systems.college.fees.models import FeeLine, FeeSchedule
from rollbook.systems.college.fees.reads.schedules import bills_by_older_versions

State = FeeSchedule.State
MOST_LINES = 60
#: Whom a schedule is for. Its versions share it.
SCOPE = ("programme_id", "year_level", "term_id", "semester", "student_kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """A schedule to be: whom it is for and how its plans are cut."""

    code: str
    name: str
    programme_id: UUID | None = None
    year_level: int | None = None
    term_id: UUID | None = None
    semester: str = ""
    student_kind: str = ""
    instalments: int | None = None
    first_due_on: date | None = None


def _for_update(schedule_id: UUID) -> FeeSchedule:
    found: FeeSchedule | None = FeeSchedule.objects.select_for_update(of=("self",)).filter(id=schedule_id).first()
    if found is None:
        raise ScheduleNotFound
    return found


def _draft(schedule_id: UUID) -> FeeSchedule:
    schedule = _for_update(schedule_id)
    if schedule.state != State.DRAFT:
        raise ScheduleNotDraft(
            code=schedule.code, number=schedule.version_number, state=schedule.get_state_display().lower()
        )
    return schedule


def _touch(schedule: FeeSchedule, *fields: str) -> None:
    schedule.version += 1
    schedule.save(update_fields=[*fields, "version"])


@transaction.atomic
def make_schedule(actor: Actor, new: NewSchedule) -> FeeSchedule:
    """Begin a fee schedule as a draft without fees."""
    actor.require(permissions.MANAGE_SCHEDULES)
    code, name = " ".join(new.code.split()), " ".join(new.name.split())
    if not code or not name:
        raise Invalid.field("code" if not code else "name", _("Give the schedule a code and a name."))
    if new.term_id and new.semester:
        raise Invalid.field("semester", _("Name one term, or a kind of term, not both."))
    _must_exist(new)
    if FeeSchedule.objects.filter(code__iexact=code).exists():
        raise ScheduleCodeTaken(code=code)
    made: FeeSchedule = FeeSchedule.objects.create(
        code=code, name=name, instalments=new.instalments, first_due_on=new.first_due_on,
        **{field: getattr(new, field) for field in SCOPE},
    )  # fmt: skip
    record(actor, "college.fee_schedule_made", made, code=code, **_scope_facts(made))
    return made


def _must_exist(new: NewSchedule) -> None:
    if new.programme_id and not Programme.objects.filter(id=new.programme_id).exists():
        raise Invalid.field("programme_id", _("Choose one of the programmes."))
    if new.term_id and not Term.objects.filter(id=new.term_id).exists():
        raise Invalid.field("term_id", _("Choose one of the terms."))


def _scope_facts(schedule: FeeSchedule) -> dict[str, Any]:
    return {field: str(getattr(schedule, field) or "") for field in SCOPE}


@transaction.atomic
def change_schedule(
    actor: Actor, *, schedule_id: UUID, name: str, instalments: int | None, first_due_on: date | None,
    expected_version: int | None = None,
) -> FeeSchedule:  # fmt: skip
    """Rename a draft, or cut its plans otherwise."""
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _draft(schedule_id)
    if expected_version is not None and schedule.version != expected_version:
        raise ChangedMeanwhile
    before = _plan_facts(schedule)
    schedule.name = " ".join(name.split()) or schedule.name
    schedule.instalments, schedule.first_due_on = instalments, first_due_on
    _touch(schedule, "name", "instalments", "first_due_on")
    record(actor, "college.fee_schedule_changed", schedule, before=before, after=_plan_facts(schedule))
    return schedule


def _plan_facts(schedule: FeeSchedule) -> dict[str, Any]:
    return {
        "name": schedule.name, "instalments": schedule.instalments, "first_due_on": str(schedule.first_due_on or ""),
    }  # fmt: skip


@transaction.atomic
def add_line(
    actor: Actor, *, schedule_id: UUID, label: str, category: str, basis: str, price: Money,
    subject_id: UUID | None = None,
) -> FeeLine:  # fmt: skip
    """Add a fee to a draft."""
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _draft(schedule_id)
    if (basis == FeeLine.Basis.ONE_SUBJECT) != (subject_id is not None):
        raise Invalid.field("subject_id", _("Name the subject of a fee for one subject, and of no other."))
    if subject_id and not Subject.objects.filter(id=subject_id).exists():
        raise Invalid.field("subject_id", _("Choose one of the subjects."))
    lines = FeeLine.objects.filter(schedule_id=schedule.id)
    if lines.count() >= MOST_LINES:
        raise Invalid.field("label", _("A schedule has at most %(most)s fees.") % {"most": MOST_LINES})
    last = lines.aggregate(last=Max("position"))["last"] or 0
    line: FeeLine = FeeLine.objects.create(
        schedule_id=schedule.id, position=last + 1, label=" ".join(label.split()), category=category, basis=basis,
        price_minor=price.minor, subject_id=subject_id,
    )  # fmt: skip
    _touch(schedule)
    record(actor, "college.fee_line_added", schedule, **_line_facts(line))
    return line


@transaction.atomic
def remove_line(actor: Actor, *, schedule_id: UUID, line_id: UUID) -> FeeSchedule:
    """Take a fee out of a draft."""
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _draft(schedule_id)
    line = FeeLine.objects.filter(schedule_id=schedule.id, id=line_id).first()
    if line is None:
        raise ScheduleNotFound
    facts = _line_facts(line)
    line.delete()
    _touch(schedule)
    record(actor, "college.fee_line_removed", schedule, **facts)
    return schedule


def _line_facts(line: FeeLine) -> dict[str, Any]:
    return {"label": line.label, "category": line.category, "basis": line.basis, "price_minor": line.price_minor}


@transaction.atomic
def make_version(actor: Actor, *, schedule_id: UUID) -> FeeSchedule:
    """Copy a schedule into a draft that can be changed; what it was stays."""
    actor.require(permissions.MANAGE_SCHEDULES)
    source = _for_update(schedule_id)
    versions = FeeSchedule.objects.filter(code__iexact=source.code)
    if versions.filter(state=State.DRAFT).exists():
        raise DraftExists(code=source.code)
    number = versions.aggregate(last=Max("version_number"))["last"] + 1
    made: FeeSchedule = FeeSchedule.objects.create(
        code=source.code, name=source.name, version_number=number, instalments=source.instalments,
        first_due_on=source.first_due_on, **{field: getattr(source, field) for field in SCOPE},
    )  # fmt: skip
    FeeLine.objects.bulk_create(
        FeeLine(
            schedule_id=made.id, position=line.position, label=line.label, category=line.category, basis=line.basis,
            subject_id=line.subject_id, price_minor=line.price_minor,
        )
        for line in source.lines.order_by("position")
    )  # fmt: skip
    record(actor, "college.fee_schedule_copied", made, of=source.version_number, number=number)
    return made


@transaction.atomic
def discard_draft(actor: Actor, *, schedule_id: UUID) -> FeeSchedule:
    """Throw a draft away; its row stays as evidence."""
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _draft(schedule_id)
    schedule.state = State.RETIRED
    _touch(schedule, "state")
    record(actor, "college.fee_schedule_discarded", schedule, number=schedule.version_number)
    return schedule


@transaction.atomic
def put_in_force(actor: Actor, *, schedule_id: UUID, expected_version: int | None = None) -> FeeSchedule:
    """Let a draft hold for what is assessed from now on; the version before is replaced.

    What was assessed before stays as it is, until somebody applies this version to it.
    """
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _draft(schedule_id)
    if expected_version is not None and schedule.version != expected_version:
        raise ChangedMeanwhile
    if not schedule.lines.exists():
        raise ScheduleEmpty(code=schedule.code)
    active = FeeSchedule.objects.select_for_update(of=("self",)).filter(state=State.ACTIVE)
    same = active.filter(**{field: getattr(schedule, field) for field in SCOPE if getattr(schedule, field) is not None})
    for field in SCOPE:
        if getattr(schedule, field) is None:
            same = same.filter(**{f"{field}__isnull": True})
    rival = same.exclude(code__iexact=schedule.code).first()
    if rival is not None:
        raise ScopeTaken(other=rival.code)
    for before in active.filter(code__iexact=schedule.code):
        before.state = State.RETIRED
        _touch(before, "state")
    schedule.state, schedule.activated_at = State.ACTIVE, clock.now()
    _touch(schedule, "state", "activated_at")
    record(actor, "college.fee_schedule_in_force", schedule, code=schedule.code, number=schedule.version_number)
    return schedule


@transaction.atomic
def retire(actor: Actor, *, schedule_id: UUID, reason: str) -> FeeSchedule:
    """Let a schedule hold no longer for new assessments; whoever was assessed by it stays with it."""
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _for_update(schedule_id)
    if schedule.state != State.ACTIVE:
        raise ScheduleNotDraft(
            code=schedule.code, number=schedule.version_number, state=schedule.get_state_display().lower()
        )
    schedule.state = State.RETIRED
    _touch(schedule, "state")
    record(actor, "college.fee_schedule_retired", schedule, reason=reason, number=schedule.version_number)
    return schedule


@transaction.atomic
def apply_to_standing(actor: Actor, *, schedule_id: UUID, confirmed: int) -> int:
    """Let the terms assessed by older versions be brought to this one; `confirmed` is their number (R59).

    The plans are revised in the background: `jobs.apply_soon` calls this and begins with them.
    """
    actor.require(permissions.MANAGE_SCHEDULES)
    schedule = _for_update(schedule_id)
    if schedule.state != State.ACTIVE:
        raise ScheduleNotDraft(
            code=schedule.code, number=schedule.version_number, state=schedule.get_state_display().lower()
        )
    count = bills_by_older_versions(schedule).count()
    if count != confirmed:
        raise CountNotConfirmed(count=count)
    record(actor, "college.fee_schedule_applied", schedule, count=count, number=schedule.version_number)
    return count
