"""Exam periods of a term, and which month each of them asks for (R42)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, VersionConflict
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.systems.college.catalogue.errors import TermIsClosed
from rollbook.systems.college.catalogue.events import TermAdded
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import get_term_for_update
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.selectors import settled_through_of_term
from rollbook.systems.college.exams import permissions, rules
from rollbook.systems.college.exams.errors import (
    ConfirmationNeeded,
    ExamCodeTaken,
    ExamPeriodNotFound,
    ExamsStandAlready,
    MappingUnchanged,
)
from rollbook.systems.college.exams.models import ExamMonthMapping, ExamPeriod, ExamPermit
from rollbook.systems.college.exams.models.periods import MOST_EXAM_PERIODS
from rollbook.systems.college.exams.policies import EXAM_TEMPLATE
from rollbook.systems.college.exams.selectors import months_asked
from rollbook.systems.college.exams.services.settlement import PermitChanges, apply_settlement_in_bulk

MOST_MONTHS = 12
LEAST_REASON = 10


@dataclass(frozen=True, slots=True)
class Impact:
    """What another month would mean for one exam of a running term."""

    exam_period_id: UUID
    exam: str
    month_now: int
    month_then: int
    #: Permits that stand; whatever is decided, they keep standing.
    standing: int
    #: Students without a permit who would get one at once.
    gained: int
    #: Students who hold a permit today and would get none under the new month.
    lost: int


@transaction.atomic
def prepare_exam_periods(actor: Actor, *, term_id: UUID, template: str | None = None) -> list[ExamPeriod]:
    """Give a term its exams by a template, in weeks spread over the term; days can be moved afterwards."""
    actor.require(permissions.MANAGE_EXAMS)
    term = get_term_for_update(term_id)
    if ExamPeriod.objects.filter(term_id=term.id).exists():
        raise ExamsStandAlready(term=term.code)
    return _prepare(actor, term, template or policies.get(EXAM_TEMPLATE))


def prepare_for_new_term(event: TermAdded) -> None:
    """A term that was just added begins with the exams of the college's template."""
    term = get_term_for_update(event.term_id)
    _prepare(event.actor, term, policies.get(EXAM_TEMPLATE))


def _prepare(actor: Actor, term: Term, template: str) -> list[ExamPeriod]:
    if template not in rules.TEMPLATES:
        raise Invalid.field(
            "template", gettext("Choose one of: %(choices)s.") % {"choices": ", ".join(rules.TEMPLATES)}
        )
    exams = rules.TEMPLATES[template]
    windows = rules.usual_windows(term.starts_on, term.ends_on, len(exams))
    now = clock.now()
    periods: list[ExamPeriod] = ExamPeriod.objects.bulk_create(
        ExamPeriod(
            term_id=term.id, code=code, name=rules.NAMES[code], position=position, opens_on=window.opens_on,
            closes_on=window.closes_on, created_at=now,
        )
        for position, ((code, _), window) in enumerate(zip(exams, windows, strict=True), start=1)
    )  # fmt: skip
    months = {period.id: month for period, (_, month) in zip(periods, exams, strict=True)}
    _write_mapping(actor, term.id, months, reason=f"The term begins with {template}", at=now)
    record(actor, "college.exams_prepared", term, template=template, months=dict(exams))
    return periods


@transaction.atomic
def add_exam_period(
    actor: Actor, *, term_id: UUID, code: str, name: str, opens_on: date, closes_on: date, month: int
) -> ExamPeriod:
    """Add one more exam to a term, asking for months 1 to `month`; whoever has settled them gets the permit at once."""
    actor.require(permissions.MANAGE_EXAMS)
    term = _open_term(term_id)
    _check_days(opens_on, closes_on)
    _check_month("month", month)
    if not code.strip() or len(code.strip()) > 20 or not name.strip() or len(name.strip()) > 60:
        raise Invalid.field(
            "code", gettext("Enter a code of at most 20 characters, such as CHAPTER, and a name of at most 60.")
        )
    last = ExamPeriod.objects.filter(term_id=term.id).aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_EXAM_PERIODS:
        raise Invalid.field("code", gettext("A term has at most %(most)s exams.") % {"most": MOST_EXAM_PERIODS})
    now = clock.now()
    period = ExamPeriod(
        term_id=term.id, code=code.strip().upper(), name=name.strip(), position=last + 1, opens_on=opens_on,
        closes_on=closes_on, created_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            period.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise ExamCodeTaken(term=term.code, code=period.code) from error
        raise
    _write_mapping(
        actor, term.id, {**months_asked(term.id), period.id: month}, reason=f"{period.code} was added", at=now
    )
    record(actor, "college.exam_added", period, term_id=term.id, month=month, opens_on=opens_on, closes_on=closes_on)
    _settle_term(actor, term.id, now)
    return period


@transaction.atomic
def change_exam_period(
    actor: Actor, *, exam_period_id: UUID, name: str | None = None, opens_on: date | None = None,
    closes_on: date | None = None, expected_version: int | None = None,
) -> ExamPeriod:  # fmt: skip
    """Move the days of an exam or call it otherwise. Permits follow its days."""
    actor.require(permissions.MANAGE_EXAMS)
    found = ExamPeriod.objects.filter(id=exam_period_id).values_list("term_id", flat=True).first()
    if found is None:
        raise ExamPeriodNotFound
    _open_term(found)
    period: ExamPeriod = ExamPeriod.objects.select_for_update(of=("self",)).get(id=exam_period_id)
    if expected_version is not None and expected_version != period.version:
        raise VersionConflict
    before = {"name": period.name, "opens_on": period.opens_on, "closes_on": period.closes_on}
    period.name = (name or period.name).strip()[:60]
    period.opens_on, period.closes_on = opens_on or period.opens_on, closes_on or period.closes_on
    _check_days(period.opens_on, period.closes_on)
    period.version += 1
    period.save(update_fields=["name", "opens_on", "closes_on", "version"])
    after = {"name": period.name, "opens_on": period.opens_on, "closes_on": period.closes_on}
    record(actor, "college.exam_changed", period, before=before, after=after)
    return period


def preview_mapping(actor: Actor, *, term_id: UUID, months: Mapping[UUID, int]) -> list[Impact]:
    """Count who would gain and who would lose under other months, before anything is changed."""
    actor.require(permissions.MANAGE_EXAMS)
    now = months_asked(term_id)
    then = _complete(now, months)
    settled = settled_through_of_term(term_id)
    live = set(TermEnrolment.objects.filter(term_id=term_id, state__in=TermEnrolment.LIVE).values_list("id", flat=True))
    holders: dict[UUID, set[UUID]] = {period_id: set() for period_id in now}
    past: dict[UUID, set[UUID]] = {period_id: set() for period_id in now}
    permits = ExamPermit.objects.filter(exam_period__term=term_id).exclude(state=ExamPermit.State.SUSPENDED)
    for period_id, enrolment_id, state in permits.values_list("exam_period_id", "term_enrolment_id", "state"):
        (holders if state in ExamPermit.OPENS else past)[period_id].add(enrolment_id)
    names = dict(ExamPeriod.objects.filter(term_id=term_id).values_list("id", "code"))
    return [
        Impact(
            exam_period_id=period_id,
            exam=names[period_id],
            month_now=now[period_id],
            month_then=month,
            standing=len(holders[period_id]),
            gained=sum(settled.get(each, 0) >= month for each in live - holders[period_id] - past[period_id]),
            lost=sum(settled.get(each, 0) < month for each in holders[period_id]),
        )
        for period_id, month in then.items()
    ]


@transaction.atomic
def change_mapping(
    actor: Actor, *, term_id: UUID, months: Mapping[UUID, int], reason: str, confirmation: str = ""
) -> tuple[int, PermitChanges]:
    """Let exams ask for other months from now on. Permits that stand keep standing; who gains one gets it at once.

    In a term with enrolments the term's code is typed as a confirmation. Returns the new version and the permits.
    """
    actor.require(permissions.MANAGE_EXAMS)
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        raise Invalid.field(
            "reason", gettext("Write in %(least)s to 500 characters why the months change.") % {"least": LEAST_REASON}
        )
    term = _open_term(term_id)
    before = months_asked(term.id)
    after = _complete(before, months)
    if before == after:
        raise MappingUnchanged
    if TermEnrolment.objects.filter(term_id=term.id).exists() and confirmation.strip() != term.code:
        raise ConfirmationNeeded(expected=term.code)
    now = clock.now()
    version = _write_mapping(actor, term.id, after, reason=reason.strip(), at=now)
    changes = _settle_term(actor, term.id, now)
    names: dict[UUID, str] = dict(ExamPeriod.objects.filter(term_id=term.id).values_list("id", "code"))
    record(
        actor, "college.exam_mapping_changed", term, reason=reason.strip(), before=_named(names, before),
        after=_named(names, after), version=version, permits_issued=len(changes.issued) + len(changes.restored),
    )  # fmt: skip
    return version, changes


def _settle_term(actor: Actor, term_id: UUID, at: datetime) -> PermitChanges:
    """Give a permit to everybody of the term who has reached the month that is asked for now."""
    settled = settled_through_of_term(term_id)
    live = TermEnrolment.objects.filter(term_id=term_id, state__in=TermEnrolment.LIVE).order_by("id")
    rows = [(enrolment_id, settled.get(enrolment_id, 0)) for enrolment_id in live.values_list("id", flat=True)]
    return apply_settlement_in_bulk(actor, rows, at=at)


def _write_mapping(actor: Actor, term_id: UUID, months: Mapping[UUID, int], *, reason: str, at: datetime) -> int:
    last = ExamMonthMapping.objects.filter(term_id=term_id).aggregate(last=Max("version"))["last"] or 0
    ExamMonthMapping.objects.bulk_create(
        ExamMonthMapping(
            term_id=term_id, exam_period_id=period_id, instalment_number=month, version=last + 1, effective_at=at,
            reason=reason, author_id=actor.user_id, created_at=at,
        )
        for period_id, month in months.items()
    )  # fmt: skip
    version: int = last + 1
    return version


def _open_term(term_id: UUID) -> Term:
    term = get_term_for_update(term_id)
    if term.has_ended:
        raise TermIsClosed(term=term.code, state=term.get_state_display().lower())
    return term


def _complete(now: Mapping[UUID, int], changes: Mapping[UUID, int]) -> dict[UUID, int]:
    if unknown := set(changes) - set(now):
        raise ExamPeriodNotFound(exam_period_id=min(unknown))
    for period_id, month in changes.items():
        _check_month(f"months.{period_id}", month)
    return {**now, **changes}


def _check_month(field: str, month: int) -> None:
    if not 1 <= month <= MOST_MONTHS:
        raise Invalid.field(field, gettext("Enter a month from 1 to %(most)s.") % {"most": MOST_MONTHS})


def _check_days(opens_on: date, closes_on: date) -> None:
    if opens_on > closes_on:
        raise Invalid.field("closes_on", gettext("The exam ends before it begins. Enter a later last day."))


def _named(names: Mapping[UUID, str], months: Mapping[UUID, int]) -> dict[str, Any]:
    return {names[period_id]: month for period_id, month in months.items()}
