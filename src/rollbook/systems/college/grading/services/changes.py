"""Changing a finalised grade: asked for with a reason and evidence, approved by somebody else (R50)."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals import services as approvals
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.services.results import ResultSet, set_result
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.errors import (
    ChangeNotFound,
    GradeMovedOn,
    IncompleteIsResolved,
    NotFinalizedYet,
    SameGrade,
    TermArchived,
    TermNotArchived,
)
from rollbook.systems.college.grading.events import GradesPosted
from rollbook.systems.college.grading.models import Component, GradeChange, GradeEvent, GradeRecord, TermReopening
from rollbook.systems.college.grading.rules.entry import Problem, read_grade
from rollbook.systems.college.grading.rules.scales import INC, Scale, Value, outcome
from rollbook.systems.college.grading.scales import scales_by_id
from rollbook.systems.college.grading.selectors import get_record_for_update, may_see_change
from rollbook.systems.college.grading.services.results import recompute
from rollbook.systems.college.grading.services.writing import Line, replace_values
from rollbook.systems.college.records.services import checked_reason

KIND = "college.grade_change"
LONGEST_REOPENING_DAYS = 90


@transaction.atomic
def propose_change(
    actor: Actor,
    *,
    record_id: UUID,
    grade: str,
    reason: str,
    evidence_file_id: UUID | None = None,
    evidence_note: str = "",
) -> GradeChange:
    """Ask for another value of a finalised grade. Nothing changes until the head registrar approves it."""
    actor.require(permissions.PROPOSE_CHANGE)
    text, note = _checked(reason, evidence_file_id, evidence_note)
    now = clock.now()
    found = get_record_for_update(actor, record_id)
    _must_be_changeable(found, organisation_in_scope().local_date(now))
    value = _wanted(found, grade)
    request = approvals.propose(
        actor, kind=KIND, target=found, reason=text,
        payload={"from": found.symbol, "to": value.symbol},
    )  # fmt: skip
    change: GradeChange = GradeChange.objects.create(
        record=found, from_symbol=found.symbol, from_numeric=found.numeric, to_symbol=value.symbol,
        to_numeric=value.numeric, reason=text, evidence_file_id=evidence_file_id, evidence_note=note,
        proposed_by_id=actor.acting_user_id(), request=request, created_at=now,
    )  # fmt: skip
    record(
        actor, "college.grade_change_proposed", change, reason=text, before={"grade": found.symbol},
        after={"grade": value.symbol}, record_id=found.id,
    )  # fmt: skip
    return change


@transaction.atomic
def decide_change(actor: Actor, *, change_id: UUID, approve: bool, note: str = "") -> GradeChange:
    """Approve or return a request. Whoever asked for it is told so, before anything else is looked at."""
    change: GradeChange | None = GradeChange.objects.select_related("request").filter(id=change_id).first()
    if change is None or not may_see_change(actor, change):
        raise ChangeNotFound
    if change.request.is_of(actor.user_id):
        raise SelfApproval(change_id=change.id)
    actor.require(permissions.APPROVE_CHANGE)
    approvals.decide(actor, change.request_id, approve=approve, note=note)
    return GradeChange.objects.select_related("request").get(id=change.id)


@transaction.atomic
def withdraw_change(actor: Actor, *, change_id: UUID, note: str = "") -> GradeChange:
    """Take back one's own request while it waits."""
    change: GradeChange | None = GradeChange.objects.filter(id=change_id).first()
    if change is None or not may_see_change(actor, change):
        raise ChangeNotFound
    approvals.withdraw(actor, change.request_id, note=note)
    return GradeChange.objects.select_related("request").get(id=change.id)


def carry_out(actor: Actor, request: ApprovalRequest) -> None:
    """Change the grade, in the transaction of the approval: its history, the subject's result, the averages."""
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    change: GradeChange = GradeChange.objects.select_for_update(of=("self",)).get(request=request.id)
    found: GradeRecord = (
        GradeRecord.objects.select_for_update(of=("self",))
        .select_related("subject_enrolment__term_enrolment__term", "subject_enrolment__subject")
        .get(id=change.record_id)
    )
    _must_be_changeable(found, today)
    if found.symbol != change.from_symbol:
        raise GradeMovedOn(expected=change.from_symbol, symbol=found.symbol)
    change.approved_by_id, change.approved_at = actor.acting_user_id(), now
    change.save(update_fields=["approved_by", "approved_at"])
    line = Line(found.id, found.symbol, found.numeric, change.to_symbol, change.to_numeric)
    replace_values(actor, GradeEvent.Kind.CHANGE, [line], at=now, reason=change.reason, change_id=change.id)
    value = _value(found, change.to_symbol)
    if found.component == Component.FINAL:
        taken = found.subject_enrolment
        set_result(actor, ResultSet(taken.id, outcome(value), value.symbol, value.numeric, found.scale_id, today))
        student_id = taken.term_enrolment.student_id
        recompute(actor, [student_id], at=now)
        publish(GradesPosted(actor, change.id, "CHANGED", (student_id,), (taken.subject.code,)))
    record(
        actor, "college.grade_changed", change, reason=change.reason, before={"grade": change.from_symbol},
        after={"grade": change.to_symbol}, record_id=found.id, proposed_by=change.proposed_by_id,
    )  # fmt: skip


@transaction.atomic
def reopen_term(actor: Actor, *, term_id: UUID, until: date, reason: str) -> TermReopening:
    """Let grades of an archived term be changed until a day. The change itself still takes two people."""
    actor.require(permissions.REOPEN_TERM)
    text = checked_reason(reason)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    if not today <= until <= today + timedelta(days=LONGEST_REOPENING_DAYS):
        raise Invalid.field(
            "until", _("Enter a day from today to %(most)s days from now.") % {"most": LONGEST_REOPENING_DAYS}
        )
    term: Term | None = Term.objects.filter(id=term_id).first()
    if term is None:
        raise Invalid.field("term_id", _("Choose one of the college's terms."))
    if term.state != Term.State.ARCHIVED:
        raise TermNotArchived(term=term.code)
    opened: TermReopening = TermReopening.objects.create(
        term=term, until=until, reason=text, opened_by_id=actor.acting_user_id(), created_at=now
    )
    record(actor, "college.term_reopened", term, reason=text, until=until)
    return opened


def _must_be_changeable(found: GradeRecord, today: date) -> None:
    if found.state != GradeRecord.State.FINALIZED:
        raise NotFinalizedYet
    if _value(found, found.symbol).kind == INC:
        raise IncompleteIsResolved
    term = found.subject_enrolment.term_enrolment.term
    is_reopened = TermReopening.objects.filter(term=term.id, until__gte=today)
    if term.state == Term.State.ARCHIVED and not is_reopened.exists():
        raise TermArchived(term=term.code)


def _wanted(found: GradeRecord, grade: str) -> Value:
    """The value that is asked for, on the scale by which the grade was given."""
    scale = _scale(found)
    read = read_grade(grade, scale, basis=found.subject_enrolment.subject.grading_basis)
    if isinstance(read, Problem):
        raise Invalid(errors=[{"field": "grade", "message": read.message, "hint": read.hint}])
    if read.value is None:
        raise Invalid.field("grade", _("Enter the grade that it should become."))
    if read.value.kind == INC:
        raise Invalid.field("grade", _("A finalised grade does not become an incomplete again."))
    if read.value.symbol == found.symbol:
        raise SameGrade(symbol=found.symbol)
    return read.value


def _scale(found: GradeRecord) -> Scale:
    """A finalised grade has its scale; the database says so."""
    if found.scale_id is None:
        raise NotFinalizedYet
    return scales_by_id([found.scale_id])[found.scale_id]


def _value(found: GradeRecord, symbol: str) -> Value:
    value = _scale(found).find(symbol)
    if value is None:
        raise LookupError(f"{symbol} left its scale, which never changes.")
    return value


def _checked(reason: str, evidence_file_id: UUID | None, evidence_note: str) -> tuple[str, str]:
    note = " ".join(evidence_note.split())
    if evidence_file_id is None and not 3 <= len(note) <= 200:
        raise Invalid.field("evidence_note", _("Attach the evidence, or say where it is: class record, page 4."))
    return checked_reason(reason), note[:200]
