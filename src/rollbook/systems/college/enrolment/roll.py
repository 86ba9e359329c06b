"""What the schedule asks enrolment: who is in which class. Registered in `site/wiring.py`."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from rollbook.core.permissions.actor import Actor
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.enrolment import permissions, sql
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.reads.rows import Row, fetch
from rollbook.systems.college.scheduling.generating import Demand
from rollbook.systems.college.scheduling.roll import Roll, StudentConflict
from rollbook.systems.college.scheduling.rules import Slot, in_conflict

SEATED = sorted(SubjectEnrolment.SEATED)


class EnrolmentRoll(Roll):
    """Enrolment's answers to the schedule."""

    def seats_taken(self, section_ids: Sequence[UUID]) -> dict[UUID, int]:
        """How many seats of each section are taken, held or offered."""
        rows = SubjectEnrolment.objects.filter(section_id__in=list(section_ids), state__in=SEATED)
        return dict(rows.order_by().values_list("section_id").annotate(taken=Count("id")))

    def student_conflicts(self, section_id: UUID, slots: Sequence[Slot]) -> list[StudentConflict]:
        """The students of a section whose other classes conflict with these slots of it."""
        rows = fetch(sql.OTHER_HOURS, section=section_id)
        return [
            _conflict(row, slot)
            for row in rows
            for slot in [_slot(row)]
            if any(in_conflict(slot, one) for one in slots)
        ]

    def expected_students(self, term_id: UUID) -> list[Demand] | None:
        """The students enrolled in a term by programme and year; None while there are none."""
        rows = TermEnrolment.objects.filter(term_id=term_id, state__in=TermEnrolment.LIVE)
        counted = rows.order_by().values_list("programme_id", "year_level").annotate(students=Count("id"))
        return [Demand(programme, year, students) for programme, year, students in sorted(counted, key=str)] or None

    def sections_of(self, person_id: UUID) -> list[UUID]:
        """The sections that a person is enrolled in as a student."""
        rows = SubjectEnrolment.objects.filter(
            term_enrolment__student__person=person_id, state=SubjectEnrolment.State.ENROLLED, section__isnull=False
        )
        return list(rows.order_by("section_id").values_list("section_id", flat=True))

    def class_list_of(self, actor: Actor, section_id: UUID) -> str:
        """Where the class list of a section stands, for whoever may see it."""
        return reverse("enrolment:roster", args=[section_id]) if actor.may(permissions.SEE_ROSTER) else ""

    def overlapping_students(self, term_id: UUID) -> list[StudentConflict]:
        """Every student of a term whose own classes overlap without an override."""
        return [_conflict(row, _slot(row)) for row in fetch(sql.OVERLAPS, term=term_id)]


def _slot(row: Row) -> Slot:
    return Slot(row.weekday, row.start_min, row.end_min, row.from_date, row.to_date)


def _conflict(row: Row, slot: Slot) -> StudentConflict:
    return StudentConflict(
        student_id=row.student_id, student_number=row.student_number,
        name=roll_name(Name(row.family_name, row.given_name, row.middle_name or "", row.suffix or "")),
        other_class=f"{row.code} {row.section_code}", slot=slot,
    )  # fmt: skip
