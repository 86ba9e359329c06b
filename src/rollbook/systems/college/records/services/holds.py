"""Holds: placed and released by people, or by the system while a cause stands."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import HoldNotFound, HoldReleasedAlready
from rollbook.systems.college.records.events import HoldMoved
from rollbook.systems.college.records.models import Hold, Override
from rollbook.systems.college.records.selectors import get_student_for_update
from rollbook.systems.college.records.services.overrides import checked_reason, set_aside

LEAST_REASON = 5
#: What a debt keeps a student from. Never the exam itself: money decides there by permits (RA 11984).
FINANCIAL_BLOCKS = (Hold.Blocks.DOCUMENT_RELEASE, Hold.Blocks.ENROL)

ADD_CAUSE = """
INSERT INTO college_records_hold AS h (organisation_id, id, created_at, student_id, kind, blocks, reason, is_automatic,
                                       causes, placed_at, release_reason, version)
VALUES (%(organisation)s, %(id)s, %(at)s, %(student)s, 'FINANCIAL', %(blocks)s, %(reason)s, true,
        ARRAY[%(cause)s::varchar], %(at)s, '', 1)
ON CONFLICT (organisation_id, student_id, kind) WHERE is_automatic AND released_at IS NULL
DO UPDATE SET causes = array_append(h.causes, %(cause)s::varchar), version = h.version + 1
 WHERE NOT (%(cause)s::varchar = ANY (h.causes))
RETURNING id, cardinality(h.causes) = 1
"""

DROP_CAUSE = """
UPDATE college_records_hold h
   SET causes = array_remove(h.causes, %(cause)s::varchar),
       released_at = CASE WHEN cardinality(array_remove(h.causes, %(cause)s::varchar)) = 0 THEN %(at)s ELSE NULL END,
       release_reason = CASE WHEN cardinality(array_remove(h.causes, %(cause)s::varchar)) = 0 THEN %(reason)s
                             ELSE '' END,
       version = h.version + 1
 WHERE h.organisation_id = %(organisation)s AND h.student_id = %(student)s AND h.kind = 'FINANCIAL'
   AND h.is_automatic AND h.released_at IS NULL AND %(cause)s::varchar = ANY (h.causes)
RETURNING h.id, h.released_at IS NOT NULL
"""


@transaction.atomic
def place_hold(actor: Actor, *, student_id: UUID, kind: str, blocks: Sequence[str], reason: str) -> Hold:
    """Keep a student from certain acts, for a reason that is written down."""
    _must_manage(actor, kind)
    errors = []
    if kind not in Hold.Kind.values:
        errors.append(
            {"field": "kind", "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(Hold.Kind.values)}}
        )
    if not blocks or set(blocks) - set(Hold.Blocks.values):
        errors.append(
            {
                "field": "blocks",
                "message": _("Choose at least one of: %(choices)s.") % {"choices": ", ".join(Hold.Blocks.values)},
            }
        )
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        errors.append(
            {
                "field": "reason",
                "message": _("Write the reason in %(least)s to 500 characters.") % {"least": LEAST_REASON},
            }
        )
    if errors:
        raise Invalid(errors=errors)
    student = get_student_for_update(student_id)
    now = clock.now()
    hold: Hold = Hold.objects.create(
        student_id=student.id, kind=kind, blocks=sorted(set(blocks)), reason=reason.strip(), placed_by_id=actor.user_id,
        placed_at=now, created_at=now, is_automatic=actor.user_id is None,
    )  # fmt: skip
    record(actor, "college.hold_placed", hold, reason=hold.reason, student_id=student.id, kind=kind, blocks=hold.blocks)
    publish(HoldMoved(actor, student.id, hold.id, is_released=False))
    return hold


@transaction.atomic
def release_hold(actor: Actor, *, hold_id: UUID, reason: str) -> Hold:
    """Let the student go on. An automatic hold whose cause stands is lifted by an administrator, on the record.

    What was lifted stays lifted: its causes are kept with it, and none of them holds the student again.
    """
    hold: Hold | None = Hold.objects.select_for_update(of=("self",)).filter(id=hold_id).first()
    if hold is None:
        _must_manage(actor, Hold.Kind.FINANCIAL)
        raise HoldNotFound
    if hold.is_automatic:
        actor.require(permissions.LIFT_AUTOMATIC_HOLDS)
        checked_reason(reason)
    else:
        _must_manage(actor, hold.kind)
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        raise Invalid.field(
            "reason", _("Write in %(least)s to 500 characters why the hold is released.") % {"least": LEAST_REASON}
        )
    if hold.released_at is not None:
        raise HoldReleasedAlready(released_on=organisation_in_scope().local_date(hold.released_at))
    if hold.is_automatic:
        set_aside(
            actor, kind=Override.Kind.FINANCIAL_HOLD, subject=hold, reason=reason,
            permission=permissions.LIFT_AUTOMATIC_HOLDS, person_id=hold.student.person_id, student_id=hold.student_id,
            causes=hold.causes,
        )  # fmt: skip
    hold.released_at, hold.released_by_id = clock.now(), actor.user_id
    hold.release_reason, hold.version = reason.strip(), hold.version + 1
    hold.save(update_fields=["released_at", "released_by", "release_reason", "version"])
    record(
        actor, "college.hold_released", hold, reason=hold.release_reason, student_id=hold.student_id, causes=hold.causes
    )
    publish(HoldMoved(actor, hold.student_id, hold.id, is_released=True))
    return hold


def add_cause(actor: Actor, *, student_id: UUID, cause: str, reason: str) -> bool:
    """Something owed holds the student: place the automatic financial hold, or add to the one that stands.

    Follows from an act about money and runs in its transaction. True when this cause is new.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            ADD_CAUSE,
            {"organisation": actor.organisation_id, "id": ids.new_id(), "at": now, "student": student_id,
             "blocks": sorted(FINANCIAL_BLOCKS), "reason": reason, "cause": cause},
        )  # fmt: skip
        row = cursor.fetchone()
    if row is None:
        return False
    hold_id, is_new = row
    record(actor, "college.hold_cause_added", ("college_records.hold", hold_id), student_id=student_id, cause=cause)
    if is_new:
        publish(HoldMoved(actor, student_id, hold_id, is_released=False))
    return True


def drop_cause(actor: Actor, *, student_id: UUID, cause: str, reason: str) -> bool:
    """What held the student is settled; the automatic hold goes with its last cause. True when it held before."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            DROP_CAUSE,
            {"organisation": actor.organisation_id, "student": student_id, "cause": cause, "at": now, "reason": reason},
        )
        row = cursor.fetchone()
    if row is None:
        return False
    record_dropped(actor, row[0], student_id, cause, is_released=row[1])
    return True


def record_dropped(actor: Actor, hold_id: UUID, student_id: UUID, cause: str, *, is_released: bool) -> None:
    """Write down that a cause of an automatic hold is gone."""
    record(
        actor, "college.hold_cause_dropped", ("college_records.hold", hold_id), student_id=student_id, cause=cause,
        is_released=is_released,
    )  # fmt: skip
    if is_released:
        publish(HoldMoved(actor, student_id, hold_id, is_released=True))


def _must_manage(actor: Actor, kind: str) -> None:
    """Registrars keep every hold, a cashier supervisor those about money."""
    if actor.may(permissions.MANAGE_HOLDS):
        return
    if kind != Hold.Kind.FINANCIAL or not actor.may(permissions.MANAGE_FINANCIAL_HOLDS):
        raise Forbidden(permission=permissions.MANAGE_HOLDS)
