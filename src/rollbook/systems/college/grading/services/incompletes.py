"""Resolving an incomplete, one step after the other, each by another person (R47)."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.enrolment.services.results import ResultSet, set_incomplete_deadlines, set_result
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.errors import (
    CaseCannotMove,
    DeadlinePassed,
    NoMoreExtensions,
    NotWhileStandingIn,
    SelfDecision,
)
from rollbook.systems.college.grading.events import GradesPosted
from rollbook.systems.college.grading.models import GradeEvent, IncompleteCase
from rollbook.systems.college.grading.rules.entry import Problem, read_grade, resolves_incomplete
from rollbook.systems.college.grading.rules.incomplete import LONGEST_EXTENSION_DAYS, MOST_EXTENSIONS, deadline_of
from rollbook.systems.college.grading.rules.scales import Value, outcome
from rollbook.systems.college.grading.scales import scales_by_id
from rollbook.systems.college.grading.selectors import Scope, get_case_for_update
from rollbook.systems.college.grading.services.deadlines import leaves_of
from rollbook.systems.college.grading.services.results import recompute
from rollbook.systems.college.grading.services.writing import Line, replace_values
from rollbook.systems.college.records.services import checked_reason

State = IncompleteCase.State


@transaction.atomic
def request_resolution(actor: Actor, *, case_id: UUID, reason: str) -> IncompleteCase:
    """The professor of the class says that the work is done and asks to be allowed to grade it."""
    actor.require(permissions.REQUEST_RESOLUTION)
    text = checked_reason(reason)
    case = _case(actor, case_id, Scope.OWNER)
    _must_move(case, State.REQUESTED, "requested")
    _must_be_in_time(case)
    case.request_reason, case.returned_reason, case.requested_by_id = text, "", actor.acting_user_id()
    return _moved(actor, case, State.REQUESTED, text, "request_reason", "returned_reason", "requested_by")


@transaction.atomic
def allow_resolution(actor: Actor, *, case_id: UUID) -> IncompleteCase:
    """A registrar lets the professor grade the work."""
    actor.require(permissions.ALLOW_RESOLUTION)
    case = _case(actor, case_id, Scope.REGISTRAR)
    _must_move(case, State.APPROVED, "allowed", came_from=State.REQUESTED)
    _must_be_in_time(case)
    case.allowed_by_id, case.returned_reason = actor.acting_user_id(), ""
    return _moved(actor, case, State.APPROVED, "", "allowed_by", "returned_reason")


@transaction.atomic
def refuse_resolution(actor: Actor, *, case_id: UUID, reason: str) -> IncompleteCase:
    """A registrar sends a request back; the incomplete is open as before."""
    actor.require(permissions.ALLOW_RESOLUTION)
    text = checked_reason(reason)
    case = _case(actor, case_id, Scope.REGISTRAR)
    _must_move(case, State.OPEN, "sent back")
    case.returned_reason = text
    return _moved(actor, case, State.OPEN, text, "returned_reason")


@transaction.atomic
def grade_resolution(actor: Actor, *, case_id: UUID, grade: str) -> IncompleteCase:
    """The professor enters the grade: a number of the scale by which the class was graded. It stops the deadline."""
    actor.require(permissions.REQUEST_RESOLUTION)
    case = _case(actor, case_id, Scope.OWNER)
    _must_move(case, State.SUBMITTED, "graded")
    today = _must_be_in_time(case)
    value = _read(case, grade)
    case.new_symbol, case.new_numeric, case.submitted_on = value.symbol, value.numeric, today
    case.submitted_by_id, case.returned_reason = actor.acting_user_id(), ""
    return _moved(
        actor, case, State.SUBMITTED, "", "new_symbol", "new_numeric", "submitted_on", "submitted_by", "returned_reason"
    )


@transaction.atomic
def approve_grade(actor: Actor, *, case_id: UUID) -> IncompleteCase:
    """The programme head approves the grade. Nobody approves a grade that they gave themselves."""
    actor.require(permissions.HEAD_RESOLUTION)
    case = _case(actor, case_id, Scope.PROGRAMME_HEAD)
    _must_move(case, State.HEAD_APPROVED, "approved")
    if actor.user_id == case.submitted_by_id:
        raise SelfDecision(case_id=case.id)
    case.head_approved_by_id = actor.acting_user_id()
    return _moved(actor, case, State.HEAD_APPROVED, "", "head_approved_by")


@transaction.atomic
def send_grade_back(actor: Actor, *, case_id: UUID, reason: str) -> IncompleteCase:
    """The programme head sends the grade back to the professor. Until the next one the deadline counts again."""
    actor.require(permissions.HEAD_RESOLUTION)
    text = checked_reason(reason)
    case = _case(actor, case_id, Scope.PROGRAMME_HEAD)
    _must_move(case, State.APPROVED, "sent back", came_from=State.SUBMITTED)
    case.returned_reason = text
    return _moved(actor, case, State.APPROVED, text, "returned_reason")


@transaction.atomic
def finalise_resolution(actor: Actor, *, case_id: UUID) -> IncompleteCase:
    """A registrar finalises the grade: it replaces the INC, the result of the subject is set, averages follow."""
    actor.require(permissions.ALLOW_RESOLUTION)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    case = _case(actor, case_id, Scope.REGISTRAR)
    _must_move(case, State.RESOLVED, "finalised")
    grade = case.record
    value = _value(case, case.new_symbol)
    line = Line(grade.id, grade.symbol, grade.numeric, value.symbol, value.numeric, case.id)
    replace_values(actor, GradeEvent.Kind.INC_RESOLVED, [line], at=now, reason=case.request_reason)
    set_result(
        actor,
        ResultSet(case.subject_enrolment_id, outcome(value), value.symbol, value.numeric, grade.scale_id, today),
    )
    recompute(actor, [case.student_id], at=now)
    case.resolved_by_id, case.ended_on = actor.acting_user_id(), today
    _moved(actor, case, State.RESOLVED, "", "resolved_by", "ended_on")
    publish(GradesPosted(actor, case.id, "RESOLVED", (case.student_id,), (case.subject_enrolment.subject.code,)))
    return case


@transaction.atomic
def extend(actor: Actor, *, case_id: UUID, days: int, reason: str) -> IncompleteCase:
    """The head registrar gives more time: twice at most, each time at most 90 days."""
    actor.require(permissions.EXTEND_INCOMPLETE)
    text = checked_reason(reason)
    if not 1 <= days <= LONGEST_EXTENSION_DAYS:
        raise Invalid.field("days", _("Enter 1 to %(most)s days.") % {"most": LONGEST_EXTENSION_DAYS})
    case = _case(actor, case_id, Scope.REGISTRAR)
    if case.state not in IncompleteCase.EXPIRES:
        raise CaseCannotMove(state=case.get_state_display().lower(), wanted="extended")
    _must_be_in_time(case)
    if case.extensions >= MOST_EXTENSIONS:
        raise NoMoreExtensions(extensions=case.extensions)
    before = case.deadline
    case.extensions, case.extension_days = case.extensions + 1, case.extension_days + days
    found = deadline_of(
        case.started_on, case.months, extension_days=case.extension_days,
        leaves=leaves_of([case.student_id]).get(case.student_id, ()),
    )  # fmt: skip
    case.deadline, case.paused_days, case.version = found.day, found.paused_days, case.version + 1
    # With more time the warnings begin again.
    case.warned = []
    case.save(update_fields=["extensions", "extension_days", "deadline", "paused_days", "warned", "version"])
    set_incomplete_deadlines(actor, {case.subject_enrolment_id: case.deadline})
    record(
        actor, "college.incomplete_extended", case, reason=text, before={"deadline": before},
        after={"deadline": case.deadline}, days=days,
    )  # fmt: skip
    return case


def _case(actor: Actor, case_id: UUID, scope: Scope) -> IncompleteCase:
    if actor.stands_in:
        raise NotWhileStandingIn
    return get_case_for_update(actor, case_id, scope)


def _must_move(case: IncompleteCase, to: str, wanted: str, *, came_from: str | None = None) -> None:
    if not case.may_become(to) or (came_from is not None and case.state != came_from):
        raise CaseCannotMove(state=case.get_state_display().lower(), wanted=wanted)


def _must_be_in_time(case: IncompleteCase) -> date:
    """The deadline day itself still counts; the day after, only the nightly job has something to do."""
    today = organisation_in_scope().local_date(clock.now())
    if case.deadline is not None and today > case.deadline:
        raise DeadlinePassed(deadline=case.deadline)
    return today


def _moved(actor: Actor, case: IncompleteCase, to: str, reason: str, *fields: str) -> IncompleteCase:
    before, case.state, case.version = case.state, to, case.version + 1
    case.save(update_fields=["state", "version", *fields])
    record(
        actor, "college.incomplete_moved", case, reason=reason, before={"state": before}, after={"state": to},
        grade=case.new_symbol,
    )  # fmt: skip
    return case


def _read(case: IncompleteCase, grade: str) -> Value:
    scale = scales_by_id([case.record.scale_id])[case.record.scale_id]
    found = read_grade(grade, scale)
    if isinstance(found, Problem):
        raise Invalid(errors=[{"field": "grade", "message": found.message, "hint": found.hint}])
    if found.value is None or not resolves_incomplete(found.value):
        allowed = ", ".join(value.symbol for value in scale.values if resolves_incomplete(value))
        sentence = _("An incomplete ends with a number of the scale. Allowed: %(allowed)s.") % {"allowed": allowed}
        raise Invalid.field("grade", sentence)
    return found.value


def _value(case: IncompleteCase, symbol: str) -> Value:
    value = scales_by_id([case.record.scale_id])[case.record.scale_id].find(symbol)
    if value is None:
        raise LookupError(f"{symbol} left its scale, which never changes.")
    return value
