"""From one programme to another: asked for, endorsed by the academic side, decided by the registrar, in effect with
the enrolment of its term. And from one version of a curriculum to another, within a programme."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden, Refusal, VersionConflict
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.errors import ProgrammeInactive, ProgrammeNotFound, TermNotFound
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Term
from rollbook.systems.college.catalogue.selectors import curriculum_for_new_students, get_curriculum_for_update
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import (
    CurriculumDoesNotFit,
    NoCurriculumThere,
    RequestCannotMove,
    RequestStands,
    SameProgramme,
    StudentNotActive,
    TermNotAhead,
    TransferNotFound,
)
from rollbook.systems.college.records.events import CurriculumChanged, RequestMoved, TransferConsidered
from rollbook.systems.college.records.models import ProgrammeTransfer, Student
from rollbook.systems.college.records.selectors import (
    get_own_student,
    get_student,
    get_student_for_update,
    get_transfer,
)
from rollbook.systems.college.records.services.overrides import checked_reason
from rollbook.systems.college.records.services.requests import because

State = ProgrammeTransfer.State
#: A transfer is asked for while its term lies ahead, and takes effect once enrolment in it has opened.
AHEAD = (Term.State.SETUP, Term.State.ENROLMENT_OPEN)
_UNIQUE_VIOLATION = "23505"


@transaction.atomic
def request_transfer(
    actor: Actor, *, to_programme_id: UUID, effective_term_id: UUID, reason: str, student_id: UUID | None = None
) -> ProgrammeTransfer:
    """Ask for another programme from a term on: a student for themselves, the desk for one who asks on paper."""
    is_own = student_id is None
    if student_id is None:
        actor.require(permissions.REQUEST_OWN)
        student = get_student_for_update(get_own_student(actor).id)
    else:
        actor.require(permissions.DECIDE_TRANSFERS)
        student = get_student_for_update(get_student(actor, student_id).id)
    programme = Programme.objects.filter(id=to_programme_id).first()
    if programme is None:
        raise ProgrammeNotFound
    term = Term.objects.filter(id=effective_term_id).first()
    if term is None:
        raise TermNotFound
    _must_be_active(student)
    _must_lead_elsewhere(student, programme)
    _must_be_ahead(term)
    if curriculum_for_new_students(programme.id, term.academic_year) is None:
        raise NoCurriculumThere(programme=programme.code, number=student.student_number)
    transfer = ProgrammeTransfer(
        student=student, from_programme_id=student.programme_id, from_curriculum_id=student.curriculum_id,
        to_programme=programme, effective_term=term, reason=checked_reason(reason), created_at=clock.now(),
        requested_by_id=actor.acting_user_id() if is_own else None,
    )  # fmt: skip
    _insert(transfer, student)
    record(
        actor, "college.transfer_requested", transfer, reason=transfer.reason, student_id=student.id,
        from_programme_id=student.programme_id, to_programme_id=programme.id, effective_term_id=term.id,
    )  # fmt: skip
    return transfer


@transaction.atomic
def endorse_transfer(
    actor: Actor, *, transfer_id: UUID, approve: bool, note: str = "", expected_version: int | None = None
) -> ProgrammeTransfer:
    """Say for the programme that takes the student whether it does: the dean, or that programme's head."""
    if not actor.may(permissions.ENDORSE_TRANSFERS):
        actor.require(permissions.ENDORSE_PROGRAMME_TRANSFERS)
    transfer, student = _locked(actor, transfer_id)
    if not may_endorse(actor, transfer):
        raise Forbidden(permission=permissions.ENDORSE_TRANSFERS)
    _must_be_another(actor, transfer, student)
    _must_be_version(transfer, expected_version)
    _move(transfer, State.ENDORSED if approve else State.DECLINED)
    transfer.endorsed_by_id, transfer.endorsed_at = actor.acting_user_id(), clock.now()
    transfer.endorsement = note.strip()[:500] if approve else because(note)
    _save(transfer, "state", "endorsed_by", "endorsed_at", "endorsement")
    record(
        actor, "college.transfer_endorsed" if approve else "college.transfer_declined", transfer,
        reason=transfer.endorsement, student_id=student.id,
    )  # fmt: skip
    _tell(actor, transfer, student)
    return transfer


@transaction.atomic
def decide_transfer(
    actor: Actor,
    *,
    transfer_id: UUID,
    approve: bool,
    curriculum_id: UUID | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> ProgrammeTransfer:
    """Grant or decline an endorsed transfer. Granted, the student's subjects are evaluated for the new curriculum.

    Without a curriculum the one that new students of the term's year follow is taken.
    """
    actor.require(permissions.DECIDE_TRANSFERS)
    transfer, student = _locked(actor, transfer_id)
    _must_be_another(actor, transfer, student)
    _must_be_version(transfer, expected_version)
    if actor.user_id is not None and transfer.endorsed_by_id == actor.user_id:
        raise SelfApproval(request_id=transfer.id)
    _move(transfer, State.APPROVED if approve else State.DECLINED)
    transfer.decided_by_id, transfer.decided_at = actor.acting_user_id(), clock.now()
    transfer.note = note.strip()[:500] if approve else because(note)
    if approve:
        _must_be_active(student)
        _must_be_ahead(transfer.effective_term)
        transfer.curriculum = curriculum_of(transfer, curriculum_id)
        transfer.evaluation = evaluation_of(student.id, transfer.curriculum.id, transfer.effective_term)
    _save(transfer, "state", "decided_by", "decided_at", "note", "curriculum", "evaluation")
    record(
        actor, "college.transfer_approved" if approve else "college.transfer_declined", transfer, reason=transfer.note,
        student_id=student.id, curriculum_id=transfer.curriculum_id,
    )  # fmt: skip
    if approve and _is_due(transfer.effective_term):
        _take_effect(actor, transfer, student)
    _tell(actor, transfer, student)
    return transfer


@transaction.atomic
def take_back_transfer(actor: Actor, *, transfer_id: UUID, reason: str = "") -> ProgrammeTransfer:
    """Let a transfer go that is not in effect yet: one's own, or any of them at the desk with a reason."""
    if not actor.may(permissions.REQUEST_OWN):
        actor.require(permissions.DECIDE_TRANSFERS)
    transfer, student = _locked(actor, transfer_id)
    if student.person_id != actor.person_id or actor.person_id is None:
        actor.require(permissions.DECIDE_TRANSFERS)
        transfer.note = because(reason)
    _move(transfer, State.TAKEN_BACK)
    _save(transfer, "state", "note")
    record(actor, "college.transfer_taken_back", transfer, reason=transfer.note, student_id=student.id)
    if student.person_id != actor.person_id:
        _tell(actor, transfer, student)
    return transfer


def take_effect_of_due_transfers(actor: Actor, *, term_id: UUID | None = None) -> int:
    """Let every approved transfer begin whose term has opened; answers how many did.

    What has become impossible meanwhile is taken back with the reason, so that somebody looks at it.
    """
    due = ProgrammeTransfer.objects.filter(state=State.APPROVED).exclude(effective_term__state=Term.State.SETUP)
    if term_id is not None:
        due = due.filter(effective_term=term_id)
    begun = 0
    for transfer_id, student_id in list(due.order_by("created_at", "id").values_list("id", "student_id")):
        student = get_student_for_update(student_id)
        transfer = _for_update(transfer_id)
        if transfer.state != State.APPROVED:
            continue
        try:
            with transaction.atomic():
                _must_be_active(student)
                _take_effect(actor, transfer, student)
                begun += 1
        except Refusal as refusal:
            transfer = _for_update(transfer_id)
            transfer.state, transfer.note = State.TAKEN_BACK, refusal.detail[:500]
            _save(transfer, "state", "note")
            record(actor, "college.transfer_taken_back", transfer, reason=transfer.note, student_id=student_id)
        _tell(actor, transfer, student)
    return begun


@transaction.atomic
def change_curriculum(
    actor: Actor, *, student_id: UUID, curriculum_id: UUID, reason: str, expected_version: int | None = None
) -> Student:
    """Let a student follow another version of their programme's curriculum, from the terms on that have not begun."""
    actor.require(permissions.CHANGE_STUDENTS)
    get_student(actor, student_id)
    student = get_student_for_update(student_id)
    if expected_version is not None and expected_version != student.version:
        raise VersionConflict
    text = checked_reason(reason)
    curriculum = get_curriculum_for_update(curriculum_id)
    _must_fit(curriculum, student.programme_id, student.programme.code)
    if student.curriculum_id == curriculum.id:
        return student
    before = student.curriculum_id
    student.curriculum, student.version = curriculum, student.version + 1
    student.save(update_fields=["curriculum", "version"])
    record(
        actor, "college.curriculum_changed", student, reason=text, before={"curriculum_id": before},
        after={"curriculum_id": curriculum.id},
    )  # fmt: skip
    publish(CurriculumChanged(actor, student.id, _today()))
    return student


def curriculum_of(transfer: ProgrammeTransfer, curriculum_id: UUID | None) -> Curriculum:
    """The curriculum to be followed: the one that was named, or the one for new students; its row is locked."""
    if curriculum_id is None:
        usual = curriculum_for_new_students(transfer.to_programme_id, transfer.effective_term.academic_year)
        if usual is None:
            raise NoCurriculumThere(programme=transfer.to_programme.code, number=transfer.student.student_number)
        curriculum_id = usual.id
    found = get_curriculum_for_update(curriculum_id)
    _must_fit(found, transfer.to_programme_id, transfer.to_programme.code)
    return found


def evaluation_of(student_id: UUID, curriculum_id: UUID, term: Term) -> dict[str, Any]:
    """What a student's subjects come to in another curriculum: what counts, what is missing, the year level."""
    event = TransferConsidered(student_id, curriculum_id, term.kind)
    publish(event)
    return event.evaluation


def may_endorse(actor: Actor, transfer: ProgrammeTransfer) -> bool:
    """Tell whether this actor speaks for the programme that would take the student."""
    if actor.may(permissions.ENDORSE_TRANSFERS):
        return True
    heads = actor.membership_id is not None and transfer.to_programme.head_id == actor.membership_id
    return heads and actor.may(permissions.ENDORSE_PROGRAMME_TRANSFERS)


def _take_effect(actor: Actor, transfer: ProgrammeTransfer, student: Student) -> None:
    before = {"programme_id": student.programme_id, "curriculum_id": student.curriculum_id}
    student.programme_id, student.curriculum_id = transfer.to_programme_id, transfer.curriculum_id
    student.version += 1
    student.save(update_fields=["programme", "curriculum", "version"])
    transfer.effective_on = _today()
    _move(transfer, State.EFFECTIVE)
    _save(transfer, "state", "effective_on")
    record(
        actor, "college.programme_changed", student, reason=transfer.reason, before=before,
        after={"programme_id": student.programme_id, "curriculum_id": student.curriculum_id}, transfer_id=transfer.id,
    )  # fmt: skip
    publish(CurriculumChanged(actor, student.id, transfer.effective_term.starts_on))


def _is_due(term: Term) -> bool:
    return term.state != Term.State.SETUP


def _must_be_active(student: Student) -> None:
    if student.status != Student.Status.ACTIVE:
        raise StudentNotActive(number=student.student_number, status=student.get_status_display().lower())


def _must_lead_elsewhere(student: Student, programme: Programme) -> None:
    if programme.id == student.programme_id:
        raise SameProgramme(number=student.student_number, programme=programme.code)
    if not programme.is_active:
        raise ProgrammeInactive(programme=programme.code)


def _must_be_ahead(term: Term) -> None:
    if term.state not in AHEAD:
        raise TermNotAhead(term=term.code, state=term.get_state_display().lower())


def _must_fit(curriculum: Curriculum, programme_id: UUID, code: str) -> None:
    if curriculum.programme_id != programme_id or curriculum.state != Curriculum.State.ACTIVE:
        raise CurriculumDoesNotFit(programme=code)


def _must_be_another(actor: Actor, transfer: ProgrammeTransfer, student: Student) -> None:
    asked_myself = actor.user_id is not None and transfer.requested_by_id == actor.user_id
    if asked_myself or (actor.person_id is not None and student.person_id == actor.person_id):
        raise SelfApproval(request_id=transfer.id)


def _must_be_version(transfer: ProgrammeTransfer, expected: int | None) -> None:
    if expected is not None and expected != transfer.version:
        raise VersionConflict


def _insert(transfer: ProgrammeTransfer, student: Student) -> None:
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == _UNIQUE_VIOLATION:
            raise RequestStands(number=student.student_number) from error
        raise


def _locked(actor: Actor, transfer_id: UUID) -> tuple[ProgrammeTransfer, Student]:
    """The transfer and its student, the student locked first; nobody's where the actor may not see it."""
    seen = get_transfer(actor, transfer_id)
    student = get_student_for_update(seen.student_id)
    return _for_update(transfer_id), student


def _for_update(transfer_id: UUID) -> ProgrammeTransfer:
    rows = ProgrammeTransfer.objects.select_related("student", "to_programme", "effective_term")
    found: ProgrammeTransfer | None = rows.select_for_update(of=("self",)).filter(id=transfer_id).first()
    if found is None:
        raise TransferNotFound
    return found


def _move(transfer: ProgrammeTransfer, state: str) -> None:
    if not transfer.may_become(state):
        raise RequestCannotMove(
            state=str(transfer.get_state_display()).lower(), wanted=str(State(state).label).lower()
        )  # fmt: skip
    transfer.state = state


def _save(transfer: ProgrammeTransfer, *fields: str) -> None:
    transfer.version += 1
    transfer.save(update_fields=[*fields, "version"])


def _tell(actor: Actor, transfer: ProgrammeTransfer, student: Student) -> None:
    publish(
        RequestMoved(
            actor, student.id, student.person_id, transfer.id, "TRANSFER", str(transfer.state),
            transfer.effective_term.starts_on, programme=transfer.to_programme.code,
        )
    )  # fmt: skip


def _today() -> date:
    return organisation_in_scope().local_date(clock.now())
