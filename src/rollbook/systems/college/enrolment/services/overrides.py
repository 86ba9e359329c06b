"""Setting a rule of enrolment aside (R21): which permission each rule asks for, and the gate of month 1."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import Month1Unpaid, NoPlanYet
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.selectors import gate_of, get_enrolment_for_update
from rollbook.systems.college.enrolment.services.month_one import cause_of
from rollbook.systems.college.records.errors import OverrideNotAllowed
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.services import drop_cause, must_set_aside, set_aside

#: Who may set which rule aside. What is not here cannot be set aside: units go through an approved overload,
#: a missing subject through an approved substitution.
OVERRIDABLE: dict[str, str] = {
    Override.Kind.PAYMENT_GATE: permissions.OVERRIDE_PAYMENT_GATE,
    Override.Kind.WINDOW: permissions.OVERRIDE_WINDOW,
    Override.Kind.ADVISING: permissions.OVERRIDE_ADVISING,
    Override.Kind.PREREQUISITE: permissions.OVERRIDE_PREREQUISITE,
    Override.Kind.SCHEDULE_CONFLICT: permissions.OVERRIDE_SCHEDULE,
    Override.Kind.CAPACITY: permissions.OVERRIDE_CAPACITY,
}


def must_override(actor: Actor, kind: str, reason: str, *, person_id: UUID | None = None) -> str:
    """Refuse unless the actor may set this rule aside for somebody else, and says why. Returns the reason."""
    permission = OVERRIDABLE.get(kind)
    if permission is None:
        raise OverrideNotAllowed(rule=kind, who=_("Nobody can; ask for a substitution or an overload."))
    return must_set_aside(actor, kind, reason, permission=permission, person_id=person_id)


@transaction.atomic
def override_gate(actor: Actor, *, term_enrolment_id: UUID, reason: str) -> Override:
    """Let a student enrol in classes although month 1 is not paid, justified by an administrator."""
    must_override(actor, Override.Kind.PAYMENT_GATE, reason)
    enrolment = get_enrolment_for_update(term_enrolment_id)
    override = set_aside(
        actor, kind=Override.Kind.PAYMENT_GATE, subject=enrolment, reason=reason,
        permission=permissions.OVERRIDE_PAYMENT_GATE, person_id=enrolment.student.person_id,
    )  # fmt: skip
    drop_cause(actor, student_id=enrolment.student_id, cause=cause_of(enrolment.id), reason=override.reason)
    return override


def must_pass_gate(enrolment: TermEnrolment) -> None:
    """Refuse enrolment in classes while month 1 is neither paid nor covered nor set aside (R27)."""
    verdict = gate_of(enrolment)
    if verdict.is_open:
        return
    if verdict.still_due is None:
        raise NoPlanYet
    raise Month1Unpaid(still_due=verdict.still_due.to_decimal_string(), currency=verdict.still_due.currency)
