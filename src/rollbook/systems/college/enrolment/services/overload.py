"""More units than allowed, for a student who graduates with them: asked for by one person, decided by another (R19)."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import Change, Description, register_kind
from rollbook.core.approvals.services import propose
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.figures import plain
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as get_policy
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import EnrolmentNotFound, NotGraduating
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.policies import ABSOLUTE_MAX_UNITS
from rollbook.systems.college.enrolment.reads.recommending import outlook
from rollbook.systems.college.enrolment.selectors import get_enrolment_for_update
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.services.overrides import checked_reason

OVERLOAD = "college.overload"


@transaction.atomic
def request_overload(actor: Actor, *, term_enrolment_id: UUID, units: Decimal, reason: str) -> ApprovalRequest:
    """Ask that a student of one's programmes may take more units, up to 36, because they graduate with them."""
    actor.require(permissions.REQUEST_OVERLOAD)
    enrolment = TermEnrolment.objects.select_related("programme", "student").filter(id=term_enrolment_id).first()
    if enrolment is None or enrolment.programme.head_id != actor.membership_id or actor.membership_id is None:
        raise EnrolmentNotFound
    _must_be_allowed(enrolment, units)
    return propose(
        actor, kind=OVERLOAD, target=enrolment, reason=checked_reason(reason),
        payload={"units": str(units), "units_before": str(enrolment.max_units)},
    )  # fmt: skip


def carry_out_overload(actor: Actor, request: ApprovalRequest) -> None:
    """Raise the cap; the rule is asked again, and the override names both people."""
    enrolment = get_enrolment_for_update(request.target_id)
    units, before = Decimal(request.payload["units"]), enrolment.max_units
    _must_be_allowed(enrolment, units)
    override: Override = Override.objects.create(
        kind=Override.Kind.UNIT_OVERLOAD, subject_type=enrolment._meta.label_lower, subject_id=enrolment.id,
        reason=request.reason, granted_by_id=_proposer(request), approved_by_id=actor.acting_user_id(),
        created_at=clock.now(),
    )  # fmt: skip
    enrolment.max_units, enrolment.version = units, enrolment.version + 1
    enrolment.save(update_fields=["max_units", "version"])
    record(
        actor, "college.overload_granted", enrolment, reason=request.reason, before={"max_units": before},
        after={"max_units": units}, override_id=override.id,
    )  # fmt: skip


def _proposer(request: ApprovalRequest) -> UUID:
    if request.proposed_by_id is None:
        raise Forbidden(permission=permissions.REQUEST_OVERLOAD)
    return request.proposed_by_id


def describe_overload(request: ApprovalRequest) -> Description:
    """The card of an overload."""
    enrolment = TermEnrolment.objects.select_related("student", "term").get(id=request.target_id)
    return Description(
        title=_("Overload of %(student_number)s in %(term)s")
        % {"student_number": enrolment.student.student_number, "term": enrolment.term.code},
        changes=[
            Change(
                _("Units allowed"), plain(Decimal(request.payload["units_before"])),
                plain(Decimal(request.payload["units"])),
            )
        ],
        effect=_("The student may take up to so many units this term, and no more."),
    )  # fmt: skip


def register_all() -> None:
    """Name the decision, who decides it and what it does."""
    register_kind(
        OVERLOAD, "Let a student take more units", permissions.APPROVE_OVERLOAD,
        execute=carry_out_overload, describe=describe_overload,
    )  # fmt: skip


def _must_be_allowed(enrolment: TermEnrolment, units: Decimal) -> None:
    most = Decimal(get_policy(ABSOLUTE_MAX_UNITS))
    if not units.is_finite() or units != units.quantize(Decimal("0.1")) or not enrolment.max_units < units <= most:
        least = plain(enrolment.max_units)
        raise Invalid.field(
            "units", _("Enter more than %(least)s and at most %(most)s units.") % {"least": least, "most": plain(most)}
        )
    remaining = outlook(enrolment.id, clock.now()).remaining_units
    if remaining > units:
        raise NotGraduating(number=enrolment.student.student_number, remaining=plain(remaining), most=plain(units))
