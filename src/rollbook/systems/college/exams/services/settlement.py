"""Permits follow money (R41), in the transaction of the act that moved it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rollbook.core import ids
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.exams import sql
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.exams.models.periods import MOST_EXAM_PERIODS
from rollbook.systems.college.exams.services.certificates import excuse_certified
from rollbook.systems.college.exams.services.issuing import NamedPermit, execute, new_codes


@dataclass(slots=True)
class PermitChanges:
    """What became of permits."""

    issued: list[NamedPermit] = field(default_factory=list)
    suspended: list[NamedPermit] = field(default_factory=list)
    restored: list[NamedPermit] = field(default_factory=list)
    #: Whether something owed holds the student, as it stands after the locks. Asked for one enrolment only.
    is_held: bool = False

    @property
    def count(self) -> int:
        """How many permits changed."""
        return len(self.issued) + len(self.suspended) + len(self.restored)

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take in the rows of a statement: (kind, id, code, exam, enrolment)."""
        for kind, _, code, exam, _ in rows:
            if kind == sql.HELD:
                self.is_held = True
                continue
            getattr(self, kind).append(NamedPermit(exam=exam, code=code))


def apply_settlement(actor: Actor, *, term_enrolment_id: UUID, settled_through: int, at: datetime) -> PermitChanges:
    """Months 1 to `settled_through` are paid or covered now: issue, restore and suspend permits in one statement.

    Whoever knows that nothing crossed a month does not call it. The rows it changes are those of one
    account, which the money act has locked.
    """
    rows = execute(
        sql.APPLY,
        organisation=actor.organisation_id,
        enrolment=term_enrolment_id,
        settled=settled_through,
        at=at,
        ids=array_of(ids.new_id() for _ in range(MOST_EXAM_PERIODS)),
        codes=new_codes(MOST_EXAM_PERIODS, at),
    )
    changes = PermitChanges()
    changes.add(rows)
    if changes.suspended:
        _excuse(actor, changes, [term_enrolment_id], at)
    return changes


def apply_settlement_in_bulk(actor: Actor, settled: Sequence[tuple[UUID, int]], *, at: datetime) -> PermitChanges:
    """The same for many enrolments, each named once: (enrolment, settled through). Three statements at most."""
    changes = PermitChanges()
    if not settled:
        return changes
    parameters = {
        "organisation": actor.organisation_id,
        "at": at,
        "enrolments": array_of(enrolment_id for enrolment_id, _ in settled),
        "settled": array_of(through for _, through in settled),
    }
    lacking = execute(sql.LACKING, **parameters)
    if lacking:
        changes.add(_issue_many(actor, lacking, at))
    changes.add(execute(sql.MOVE_MANY, **parameters))
    if changes.suspended:
        _excuse(actor, changes, [enrolment_id for enrolment_id, _ in settled], at)
    return changes


def _issue_many(actor: Actor, lacking: Sequence[tuple[Any, ...]], at: datetime) -> list[tuple[Any, ...]]:
    enrolments, periods, bases, months, versions = zip(*lacking, strict=True)
    return execute(
        sql.ISSUE_MANY,
        organisation=actor.organisation_id,
        at=at,
        ids=array_of(ids.new_id() for _ in lacking),
        codes=new_codes(len(lacking), at),
        enrolments=array_of(enrolments),
        periods=array_of(periods),
        bases=list(bases),
        months=array_of(months),
        versions=array_of(versions),
    )


def _excuse(actor: Actor, changes: PermitChanges, enrolment_ids: Sequence[UUID], at: datetime) -> None:
    """Who holds a certificate keeps the permit, on another basis: money no longer matters for those days (R43)."""
    excused = {permit["code"] for permit in excuse_certified(actor, enrolment_ids, at=at)}
    changes.suspended = [permit for permit in changes.suspended if permit["code"] not in excused]


def void_permits(actor: Actor, *, term_enrolment_id: UUID, at: datetime) -> int:
    """A term that was cancelled or left has no exams: every unused permit is suspended, whatever it rests on."""
    rows = ExamPermit.objects.filter(
        term_enrolment_id=term_enrolment_id, state__in=[ExamPermit.State.ISSUED, ExamPermit.State.PRINTED]
    )
    codes = {permit.id: permit.code for permit in rows.select_for_update().order_by("id")}
    if not codes:
        return 0
    ExamPermit.objects.filter(id__in=list(codes)).update(state=ExamPermit.State.SUSPENDED, suspended_at=at)
    record_many(
        actor, "college.permit_suspended", "college_exams.exampermit", list(codes),
        facts=[{"code": code, "why": "The term was cancelled or left."} for code in codes.values()],
    )  # fmt: skip
    return len(codes)
