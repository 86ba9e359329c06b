"""Reads of fee schedules: the versions, what a change would do, and what whole terms were billed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import ScheduleNotFound
from rollbook.systems.college.fees.models import Assessment, FeeSchedule
from rollbook.systems.college.fees.reads.assessing import schedule_of, standings
from rollbook.systems.college.fees.rules import assess

AT_ONCE = 1_000


def schedules(actor: Actor) -> "QuerySet[FeeSchedule]":
    """Every version of every schedule."""
    actor.require(permissions.SEE_SCHEDULES)
    found: QuerySet[FeeSchedule] = FeeSchedule.objects.annotate(
        programme_code=F("programme__code"), term_code=F("term__code"), line_count=Count("lines")
    )
    return found


def get_schedule(actor: Actor, schedule_id: UUID) -> FeeSchedule:
    """One version with its fees."""
    actor.require(permissions.SEE_SCHEDULES)
    found: FeeSchedule | None = (
        FeeSchedule.objects.select_related("programme", "term")
        .prefetch_related("lines__subject")
        .filter(id=schedule_id)
        .first()
    )
    if found is None:
        raise ScheduleNotFound
    return found


def versions_of(schedule: FeeSchedule) -> Sequence[FeeSchedule]:
    """Every version of the same schedule, the newest first."""
    return list(FeeSchedule.objects.filter(code__iexact=schedule.code).order_by("-version_number"))


def _running() -> "QuerySet[TermEnrolment]":
    found: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        state__in=TermEnrolment.LIVE, student__taken_back_at__isnull=True
    ).exclude(term__state__in=Term.ENDED)
    return found


def bills_by_older_versions(schedule: FeeSchedule) -> "QuerySet[TermEnrolment]":
    """Running terms whose assessment rests on another version of the same schedule."""
    latest = Assessment.objects.filter(term_enrolment_id=OuterRef("id")).order_by("-number")
    others = FeeSchedule.objects.filter(code__iexact=schedule.code).exclude(id=schedule.id)
    found: QuerySet[TermEnrolment] = (
        _running()
        .filter(assessments__number=1)
        .annotate(assessed_by=Subquery(latest.values("schedule_id")[:1]))
        .filter(assessed_by__in=list(others.values_list("id", flat=True)))
        .order_by("id")
    )
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """What a version would change: terms assessed by older versions, before and after; and whom it waits for."""

    students: int
    before: Money
    after: Money
    #: Students it is for who have no plan yet.
    unbilled: int

    @property
    def difference(self) -> Money:
        """What all of them together would owe more, or less."""
        return self.after - self.before


def effect_of(actor: Actor, schedule: FeeSchedule) -> Effect:
    """Compute what a version would do to those assessed by older ones. Nothing is written."""
    actor.require(permissions.SEE_SCHEDULES)
    currency = organisation_in_scope().currency
    known = schedule_of(schedule)
    enrolment_ids = list(bills_by_older_versions(schedule).values_list("id", flat=True))
    before = after = 0
    for start in range(0, len(enrolment_ids), AT_ONCE):
        for one in standings(enrolment_ids[start : start + AT_ONCE]):
            if one.latest is None:
                continue
            before += one.latest.owed_minor
            total = assess(known.fees, one.subjects, one.given).total_minor
            after += max(0, total + one.latest.adjustments_minor)
    return Effect(len(enrolment_ids), Money(before, currency), Money(after, currency), _waiting_for(schedule).count())


def _waiting_for(schedule: FeeSchedule) -> "QuerySet[TermEnrolment]":
    fits = Q()
    for field, column in {
        "programme_id": "programme_id", "year_level": "year_level", "term_id": "term_id", "semester": "term__kind",
        "student_kind": "student__kind",
    }.items():  # fmt: skip
        if getattr(schedule, field):
            fits &= Q(**{column: getattr(schedule, field)})
    return _running().filter(fits, invoice__isnull=True)


def bills(actor: Actor, term_id: UUID) -> "QuerySet[TermEnrolment]":
    """What everybody in a term was assessed at, with what is paid; those without a plan stand there, too."""
    if not actor.may(permissions.BILL_TERMS):
        actor.require(permissions.SEE_ASSESSMENTS)
    latest = Assessment.objects.filter(term_enrolment_id=OuterRef("id")).order_by("-number")

    def newest(field: str) -> Any:
        return Subquery(latest.values(field)[:1])

    found: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        term_id=term_id, student__taken_back_at__isnull=True
    ).annotate(
        student_number=F("student__student_number"),
        family_name=F("student__person__family_name"),
        given_name=F("student__person__given_name"),
        programme_code=F("programme__code"),
        schedule=newest("schedule__code"),
        basis=newest("basis"),
        units=newest("units"),
        charges_minor=newest("charges_minor"),
        concessions_minor=newest("concessions_minor"),
        total_minor=F("invoice__total_minor"),
        paid_minor=F("invoice__paid_minor"),
    )
    return found
