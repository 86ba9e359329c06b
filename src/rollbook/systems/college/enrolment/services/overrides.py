"""Setting a rule aside (R21): by whom it is allowed, for a reason, on the record. Never by students or cashiers."""

from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import Month1Unpaid, NoPlanYet, OverrideNotAllowed
from rollbook.systems.college.enrolment.models import Override, TermEnrolment
from rollbook.systems.college.enrolment.selectors import gate_of, get_enrolment_for_update
from rollbook.systems.college.enrolment.services.month_one import cause_of
from rollbook.systems.college.records.services import drop_cause

LEAST_REASON, LONGEST_REASON = 10, 500

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
#: Whatever an organisation puts into their bundles, these roles alone set nothing aside.
NEVER = frozenset({roles.STUDENT, roles.CASHIER, roles.CASHIER_SUPERVISOR})


def must_override(actor: Actor, kind: str, reason: str, *, person_id: UUID | None = None) -> str:
    """Refuse unless the actor may set this rule aside for somebody else, and says why. Returns the reason."""
    permission = OVERRIDABLE.get(kind)
    if permission is None:
        raise OverrideNotAllowed(rule=kind, who="Nobody can; ask for a substitution or an overload.")
    if (actor.roles and actor.roles <= NEVER) or not actor.may(permission):
        raise OverrideNotAllowed(rule=kind, who="Ask the registrar.", permission=permission)
    if actor.user_id is None:
        raise OverrideNotAllowed(rule=kind, who="A person decides this, not a job.")
    if actor.impersonator_id is not None:
        raise OverrideNotAllowed(rule=kind, who="Acting for somebody else, nobody sets rules aside.")
    if person_id is not None and person_id == actor.person_id:
        raise OverrideNotAllowed(rule=kind, who="Nobody sets a rule aside for themselves; ask a colleague.")
    return checked_reason(reason)


def checked_reason(reason: str) -> str:
    """A reason that somebody can follow in ten years."""
    text = " ".join(reason.split())
    if not LEAST_REASON <= len(text) <= LONGEST_REASON:
        raise Invalid.field("reason", f"Write the reason in {LEAST_REASON} to {LONGEST_REASON} characters.")
    return text


@transaction.atomic
def override_gate(actor: Actor, *, term_enrolment_id: UUID, reason: str) -> Override:
    """Let a student enrol in classes although month 1 is not paid, justified by an administrator."""
    must_override(actor, Override.Kind.PAYMENT_GATE, reason)
    enrolment = get_enrolment_for_update(term_enrolment_id)
    text = must_override(actor, Override.Kind.PAYMENT_GATE, reason, person_id=enrolment.student.person_id)
    override: Override = Override.objects.create(
        kind=Override.Kind.PAYMENT_GATE, subject_type="college_enrolment.termenrolment", subject_id=enrolment.id,
        reason=text, granted_by_id=actor.acting_user_id(), created_at=clock.now(),
    )  # fmt: skip
    drop_cause(actor, student_id=enrolment.student_id, cause=cause_of(enrolment.id), reason=text)
    record(actor, "college.rule_set_aside", override, reason=text, rule=override.kind, about=enrolment.id)
    return override


def must_pass_gate(enrolment: TermEnrolment) -> None:
    """Refuse enrolment in classes while month 1 is neither paid nor covered nor set aside (R27)."""
    verdict = gate_of(enrolment)
    if verdict.is_open:
        return
    if verdict.still_due is None:
        raise NoPlanYet
    raise Month1Unpaid(still_due=verdict.still_due.to_decimal_string(), currency=verdict.still_due.currency)
