"""What happens to a permit: printed, used, waived, expired, reconciled."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.selectors import get_enrolment_for_update, settled_through_of_term
from rollbook.systems.college.enrolment.services.overrides import must_override
from rollbook.systems.college.exams import permissions, sql
from rollbook.systems.college.exams.errors import (
    ExamPeriodNotFound,
    PermitCannotMove,
    PermitNotFound,
    PermitNotValid,
    PermitStandsAlready,
)
from rollbook.systems.college.exams.models import ExamPeriod, ExamPermit, ExamSitting
from rollbook.systems.college.exams.papers import permit_pdf
from rollbook.systems.college.exams.selectors import check_code, get_permit
from rollbook.systems.college.exams.services.certificates import excuse_certified
from rollbook.systems.college.exams.services.issuing import Excuse, execute, issue_excused
from rollbook.systems.college.exams.services.settlement import PermitChanges, apply_settlement_in_bulk
from rollbook.systems.college.records.models import Override

_TARGET = "college_exams.exampermit"


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper for the printer."""

    content: bytes
    name: str


@transaction.atomic
def print_permit(actor: Actor, *, permit_id: UUID) -> Printed:
    """Hand a permit out on paper; it counts as printed from then on."""
    permit = mark_printed(actor, permit_id=permit_id)
    return Printed(permit_pdf(permit), f"{permit.code}.pdf")


@transaction.atomic
def mark_printed(actor: Actor, *, permit_id: UUID) -> ExamPermit:
    """Note that the permit was handed out on paper. Students print their own, cashiers and registrars anybody's."""
    permit = get_permit(actor, permit_id)
    if permit.term_enrolment.student.person_id != actor.person_id:
        actor.require(permissions.PRINT_PERMITS)
    locked: ExamPermit = ExamPermit.objects.select_for_update(of=("self",)).get(id=permit.id)
    if locked.state not in ExamPermit.OPENS:
        raise PermitCannotMove(state=locked.get_state_display().lower(), wanted="printed")
    now = clock.now()
    if locked.may_become(ExamPermit.State.PRINTED):
        locked.state, locked.printed_at = ExamPermit.State.PRINTED, now
    locked.prints += 1
    locked.save(update_fields=["state", "printed_at", "prints"])
    record(actor, "college.permit_printed", locked, code=locked.code, prints=locked.prints)
    permit.state, permit.printed_at, permit.prints = locked.state, locked.printed_at, locked.prints
    return permit


@transaction.atomic
def record_sitting(actor: Actor, *, code: str, class_name: str) -> ExamSitting:
    """Let a student into an exam on a permit: it counts as used, for this and every other subject of the period.

    The same class twice is the same sitting.
    """
    actor.require(permissions.CHECK_PERMITS)
    shown = check_code(code, is_public=False)
    if shown is None:
        raise PermitNotFound
    permit: ExamPermit = ExamPermit.objects.select_for_update(of=("self",)).get(id=shown.permit_id)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    if permit.state not in ExamPermit.OPENS:
        raise PermitNotValid(
            because=gettext("It is %(state)s.") % {"state": permit.get_state_display().lower()}, code=permit.code
        )
    if not shown.valid_from <= today <= shown.valid_until:
        raise PermitNotValid(
            because=gettext("It is for %(valid_from)s to %(valid_until)s.")
            % {"valid_from": shown.valid_from, "valid_until": shown.valid_until},
            code=permit.code,
        )
    sitting, is_new = ExamSitting.objects.get_or_create(
        permit_id=permit.id, class_name=" ".join(class_name.split())[:60],
        defaults={"verified_by_id": actor.acting_user_id(), "created_at": now},
    )  # fmt: skip
    if permit.may_become(ExamPermit.State.USED):
        permit.state, permit.used_at = ExamPermit.State.USED, now
        permit.save(update_fields=["state", "used_at"])
    if is_new:
        record(actor, "college.exam_sat", permit, class_name=sitting.class_name)
    return sitting


@transaction.atomic
def waive(actor: Actor, *, term_enrolment_id: UUID, exam_period_id: UUID, reason: str) -> ExamPermit:
    """Open one exam for one student although months are open, justified by an administrator."""
    actor.require(permissions.WAIVE)
    enrolment = get_enrolment_for_update(term_enrolment_id)
    text = must_override(actor, Override.Kind.PAYMENT_GATE, reason, person_id=enrolment.student.person_id)
    if not ExamPeriod.objects.filter(id=exam_period_id, term_id=enrolment.term_id).exists():
        raise ExamPeriodNotFound
    excuse = Excuse(enrolment.id, exam_period_id)
    if not issue_excused(actor, [excuse], basis=ExamPermit.Basis.WAIVER, at=clock.now()):
        raise PermitStandsAlready(number=enrolment.student.student_number)
    permit: ExamPermit = ExamPermit.objects.get(term_enrolment_id=enrolment.id, exam_period_id=exam_period_id)
    record(
        actor, "college.exam_waived", permit, reason=text, term_enrolment_id=enrolment.id, exam_period_id=exam_period_id
    )
    return permit


@transaction.atomic
def expire_permits(actor: Actor) -> int:
    """Close the permits of exams that are over. Harmless when run twice."""
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    expired = execute(sql.EXPIRE, organisation=actor.organisation_id, at=now, today=today)
    if expired:
        record_many(
            actor,
            "college.permit_expired",
            _TARGET,
            [row[1] for row in expired],
            facts=[{"code": row[2]} for row in expired],
        )
    return len(expired)


@dataclass(frozen=True, slots=True)
class Drift:
    """How far permits had drifted from the months that are settled; every count should be zero."""

    enrolments: int
    issued: int
    restored: int
    suspended: int
    certified: int

    @property
    def count(self) -> int:
        return self.issued + self.restored + self.suspended + self.certified


@transaction.atomic
def reconcile_permits(actor: Actor) -> Drift:
    """Compute every permit of the running terms afresh from the instalments, and put right what differs (R41)."""
    now = clock.now()
    changes, certified, enrolments = PermitChanges(), 0, 0
    for term_id in Term.objects.exclude(state__in=Term.ENDED).order_by("id").values_list("id", flat=True):
        settled = settled_through_of_term(term_id)
        live = TermEnrolment.objects.filter(term_id=term_id, state__in=TermEnrolment.LIVE).order_by("id")
        rows = [(enrolment_id, settled.get(enrolment_id, 0)) for enrolment_id in live.values_list("id", flat=True)]
        if not rows:
            continue
        enrolments += len(rows)
        found = apply_settlement_in_bulk(actor, rows, at=now)
        changes.issued += found.issued
        changes.restored += found.restored
        changes.suspended += found.suspended
        certified += len(excuse_certified(actor, [enrolment_id for enrolment_id, _ in rows], at=now))
    drift = Drift(enrolments, len(changes.issued), len(changes.restored), len(changes.suspended), certified)
    if drift.count:
        codes = [permit["code"] for permit in (*changes.issued, *changes.restored, *changes.suspended)]
        record(
            actor, "college.permits_drifted", (_TARGET, None), issued=drift.issued, restored=drift.restored,
            suspended=drift.suspended, certified=certified, codes=codes[:100],
        )  # fmt: skip
    return drift
