"""Credits from other institutions: drafted and submitted by the registrar, decided by somebody else, revoked (R56)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.events import publish
from rollbook.core.figures import plain
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import GradeValue, Subject
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import CreditCannotMove, CreditNotFound, CreditStands
from rollbook.systems.college.records.events import CreditRevoked, CreditsChanged
from rollbook.systems.college.records.models import Student, TransferCredit, TransferCreditRequest
from rollbook.systems.college.records.selectors import get_credit_request, get_student, get_student_for_update
from rollbook.systems.college.records.services.overrides import LEAST_REASON, LONGEST_REASON, checked_reason

MOST_CREDITS = 60
#: What a line of a draft says that another took the place of.
REPLACED = "Replaced in the draft"

State = TransferCreditRequest.State


@dataclass(frozen=True, slots=True)
class NewCredit:
    """One subject passed elsewhere, and what it is to count as here."""

    external_code: str
    external_units: Decimal
    #: As the institution's paper writes it.
    external_grade: str
    subject_id: UUID
    units_granted: Decimal
    external_title: str = ""
    counts_in_gpa: bool = False


@transaction.atomic
def draft_credits(
    actor: Actor, *, student_id: UUID, institution: str, scale_id: UUID, wanted: Sequence[NewCredit],
    document_ids: Sequence[UUID] = (), note: str = "",
) -> TransferCreditRequest:  # fmt: skip
    """Write down what a student passed at one institution and what it would count as. Nothing counts yet.

    `scale_id` is the scale that the institution grades by: only what passes there can be credited here.
    """
    actor.require(permissions.PROPOSE_CREDITS)
    get_student(actor, student_id)
    student = get_student_for_update(student_id)
    checked = _checked(student, institution, scale_id, wanted)
    request: TransferCreditRequest = TransferCreditRequest.objects.create(
        student=student, institution=institution.strip(), scale_id=scale_id, document_ids=list(document_ids),
        note=note.strip(), proposed_by_id=actor.acting_user_id(), created_at=clock.now(),
    )  # fmt: skip
    _write(request, checked)
    record(
        actor, "college.credits_drafted", request, student_id=student.id, institution=request.institution,
        subjects=[credit.external_code for credit in checked],
    )  # fmt: skip
    return request


@transaction.atomic
def change_credits(
    actor: Actor, *, request_id: UUID, wanted: Sequence[NewCredit], note: str | None = None
) -> TransferCreditRequest:
    """Replace what a draft or a returned request asks for."""
    actor.require(permissions.PROPOSE_CREDITS)
    request, student = _locked(actor, request_id)
    if request.state not in {State.DRAFT, State.RETURNED}:
        raise CreditCannotMove(state=request.get_state_display().lower(), wanted=str(_("changed")))
    checked = _checked(student, request.institution, request.scale_id, wanted)
    replaced = _of(request).filter(state=TransferCredit.State.PROPOSED)
    before = list(replaced.values_list("external_code", flat=True))
    replaced.update(state=TransferCredit.State.REVOKED, revoke_reason=REPLACED)
    _write(request, checked)
    if note is not None:
        request.note = note.strip()
    _save(request, "note")
    record(
        actor, "college.credits_changed", request, before={"subjects": before},
        after={"subjects": [credit.external_code for credit in checked]},
    )  # fmt: skip
    return request


@transaction.atomic
def submit_credits(actor: Actor, *, request_id: UUID) -> TransferCreditRequest:
    """Put a draft, or a returned request, before the programme head."""
    actor.require(permissions.PROPOSE_CREDITS)
    request, _whose = _locked(actor, request_id)
    _move(request, State.SUBMITTED)
    if not _of(request).filter(state=TransferCredit.State.PROPOSED).exists():
        raise Invalid.field("credits", _("Add at least one subject first."))
    request.decided_by_id, request.decided_at = None, None
    _save(request, "state", "decided_by", "decided_at")
    record(actor, "college.credits_submitted", request)
    return request


@transaction.atomic
def decide_credits(actor: Actor, *, request_id: UUID, approve: bool, note: str = "") -> TransferCreditRequest:
    """Grant what was submitted, all of it, or send it back with a note. A disputed one is the head registrar's."""
    request, student = _locked(actor, request_id)
    is_disputed = request.state == State.DISPUTED
    actor.require(permissions.DECIDE_DISPUTED_CREDITS if is_disputed else permissions.APPROVE_CREDITS)
    if request.proposed_by_id == actor.user_id:
        raise SelfApproval(request_id=request.id)
    _move(request, State.APPROVED if approve else State.RETURNED)
    if not approve and len(note.strip()) < LEAST_REASON:
        raise Invalid.field(
            "note",
            _("Say in %(least)s to %(most)s characters what has to be changed.")
            % {"least": LEAST_REASON, "most": LONGEST_REASON},
        )
    now = clock.now()
    request.decided_by_id, request.decided_at = actor.acting_user_id(), now
    request.note = note.strip() or request.note
    if approve:
        _grant(request, student)
    _save(request, "state", "decided_by", "decided_at", "note")
    record(
        actor, "college.credits_approved" if approve else "college.credits_returned", request, reason=note.strip(),
        student_id=student.id, proposed_by=request.proposed_by_id,
    )  # fmt: skip
    if approve:
        publish(CreditsChanged(actor, student.id))
    return request


@transaction.atomic
def dispute_credits(actor: Actor, *, request_id: UUID, reason: str) -> TransferCreditRequest:
    """Put a decision that somebody does not accept before the head registrar."""
    actor.require(permissions.PROPOSE_CREDITS)
    request, _whose = _locked(actor, request_id)
    text = checked_reason(reason)
    _move(request, State.DISPUTED)
    request.decided_by_id, request.decided_at = None, None
    _save(request, "state", "decided_by", "decided_at")
    record(actor, "college.credits_disputed", request, reason=text)
    return request


@transaction.atomic
def revoke_credit(actor: Actor, *, credit_id: UUID, reason: str) -> tuple[TransferCredit, list[dict[str, Any]]]:
    """Take a credit away again; answers the classes that rested on it, for somebody to look at."""
    actor.require(permissions.REVOKE_CREDITS)
    text = checked_reason(reason)
    found: TransferCredit | None = TransferCredit.objects.filter(id=credit_id).first()
    if found is None:
        raise CreditNotFound
    get_student(actor, found.student_id)
    get_student_for_update(found.student_id)
    credit: TransferCredit = TransferCredit.objects.select_for_update(of=("self",)).get(id=credit_id)
    if not credit.may_become(TransferCredit.State.REVOKED):
        raise CreditCannotMove(state=credit.get_state_display().lower(), wanted=str(TransferCredit.State.REVOKED.label))
    credit.state, credit.revoke_reason = TransferCredit.State.REVOKED, text
    credit.revoked_on, credit.version = organisation_in_scope().local_date(clock.now()), credit.version + 1
    credit.save(update_fields=["state", "revoke_reason", "revoked_on", "version"])
    record(actor, "college.credit_revoked", credit, reason=text, student_id=credit.student_id)
    event = CreditRevoked(actor, credit.student_id, credit.subject_id)
    publish(event)
    publish(CreditsChanged(actor, credit.student_id))
    return credit, event.affected


def _locked(actor: Actor, request_id: UUID) -> tuple[TransferCreditRequest, Student]:
    """The request and its student, the student locked first; nobody's where the actor may not see the student."""
    seen = get_credit_request(actor, request_id)
    student = get_student_for_update(seen.student_id)
    return TransferCreditRequest.objects.select_for_update(of=("self",)).get(id=request_id), student


def _of(request: TransferCreditRequest) -> Any:
    return TransferCredit.objects.filter(request_id=request.id)


def _move(request: TransferCreditRequest, state: str) -> None:
    if not request.may_become(state):
        raise CreditCannotMove(state=request.get_state_display().lower(), wanted=str(State(state).label).lower())
    request.state = state


def _save(request: TransferCreditRequest, *fields: str) -> None:
    request.version += 1
    request.save(update_fields=[*fields, "version"])


def _checked(student: Student, institution: str, scale_id: UUID | None, wanted: Sequence[NewCredit]) -> list[NewCredit]:
    """What was typed, or every fault in it at once."""
    if not institution.strip():
        raise Invalid.field("institution", _("Name the institution as its papers do."))
    if not 1 <= len(wanted) <= MOST_CREDITS:
        raise Invalid.field("credits", _("Enter 1 to %(most)s subjects.") % {"most": MOST_CREDITS})
    marks = {
        mark.symbol.upper(): mark.passes
        for mark in GradeValue.objects.filter(scale_id=scale_id).order_by("position")
    }  # fmt: skip
    if not marks:
        raise Invalid.field("scale_id", _("Choose the scale that the institution grades by."))
    subjects = {row.id: row for row in Subject.objects.filter(id__in={credit.subject_id for credit in wanted})}
    standing = set(
        TransferCredit.objects.filter(student=student, state=TransferCredit.State.CREDITED)
        .values_list("subject_id", flat=True)
    )  # fmt: skip
    errors = []
    for number, credit in enumerate(wanted):
        problems = [*_faults(credit, subjects.get(credit.subject_id), marks)]
        if credit.subject_id in standing:
            problems.append(("subject_id", _("This subject is credited already.")))
        if any(other.subject_id == credit.subject_id for other in wanted[:number]):
            problems.append(("subject_id", _("This subject stands in the list twice.")))
        errors += [{"field": f"credits.{number}.{name}", "message": message} for name, message in problems]
    if errors:
        raise Invalid(errors=errors)
    return list(wanted)


def _faults(credit: NewCredit, subject: Subject | None, marks: dict[str, bool]) -> list[tuple[str, str]]:
    problems = []
    if not credit.external_code.strip():
        problems.append(("external_code", _("Enter the code as the other institution writes it.")))
    if not 0 < credit.external_units <= Decimal("99.5"):
        problems.append(("external_units", _("Enter the units it had there, from 0.5 to 99.5.")))
    grade = credit.external_grade.strip().upper()
    if grade not in marks:
        problems.append(
            ("external_grade", _("Enter one of the institution's marks: %(choices)s.") % {"choices": ", ".join(marks)})
        )
    elif not marks[grade]:
        problems.append(
            ("external_grade", _("%(grade)s does not pass there, so it cannot be credited here.") % {"grade": grade})
        )
    if subject is None:
        problems.append(("subject_id", _("Choose one of the college's subjects.")))
    elif not 0 < credit.units_granted <= subject.units:
        problems.append(
            (
                "units_granted",
                _("Grant more than 0 and at most the %(units)s units of %(code)s.")
                % {"units": plain(subject.units), "code": subject.code},
            )
        )
    return problems


def _write(request: TransferCreditRequest, wanted: Sequence[NewCredit]) -> None:
    now = clock.now()
    TransferCredit.objects.bulk_create(
        TransferCredit(
            request=request, student_id=request.student_id, subject_id=credit.subject_id,
            external_code=credit.external_code.strip(), external_title=credit.external_title.strip(),
            external_units=credit.external_units, external_grade=credit.external_grade.strip().upper(),
            units_granted=credit.units_granted, counts_in_gpa=credit.counts_in_gpa, created_at=now,
        )
        for credit in wanted
    )  # fmt: skip


def _grant(request: TransferCreditRequest, student: Student) -> None:
    proposed = _of(request).filter(state=TransferCredit.State.PROPOSED)
    wanted = set(proposed.values_list("subject_id", flat=True))
    doubled = TransferCredit.objects.filter(
        student=student, state=TransferCredit.State.CREDITED, subject_id__in=wanted
    ).values_list("subject__code", flat=True)
    if doubled:
        raise CreditStands(codes=", ".join(sorted(doubled)))
    today = organisation_in_scope().local_date(clock.now())
    proposed.update(state=TransferCredit.State.CREDITED, credited_on=today)
