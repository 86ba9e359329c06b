"""Seats that were held or offered past their time."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.enrolment import sql
from rollbook.systems.college.enrolment.reads.rows import fetch

_TARGET = "college_enrolment.subjectenrolment"


def expire(section_ids: Iterable[UUID], *, now: datetime, enrolment_id: UUID | None = None) -> None:
    """Give back what was held or offered past its time, of some sections and of one student's term."""
    rows = fetch(sql.EXPIRE, sections=array_of(section_ids), enrolment=enrolment_id or UUID(int=0), now=now)
    # Whoever enrols next only finds that the time is over: it is nobody's act.
    nobody = Actor.system(require_organisation_id(), job="college.enrolment.seats_expire")
    for was_offered, action in ((True, "college.seat_offer_expired"), (False, "college.seat_hold_expired")):
        over = [row for row in rows if row.was_offered == was_offered]
        if over:
            facts = [{"section_id": str(row.section_id)} for row in over]
            record_many(nobody, action, _TARGET, [row.id for row in over], facts=facts)
