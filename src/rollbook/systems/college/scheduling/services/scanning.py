"""The nightly look for classes in one place at once. It reports; nothing is moved."""

from dataclasses import dataclass

from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.scheduling.checklist import PROFESSOR, ROOM, STUDENTS, double_bookings, student_overlaps
from rollbook.systems.college.scheduling.selectors import timetable


@dataclass(frozen=True, slots=True)
class Scanned:
    """How many overlaps stand without an override, in all terms that have not ended."""

    rooms: int = 0
    professors: int = 0
    students: int = 0

    @property
    def total(self) -> int:
        return self.rooms + self.professors + self.students


def scan_conflicts(actor: Actor) -> Scanned:
    """Look for rooms, professors and students with two classes at once that nobody allowed."""
    # Terms overlap: a summer class can meet in a room that the next semester uses already.
    entries = [
        entry
        for term_id in Term.objects.exclude(state__in=list(Term.ENDED)).values_list("id", flat=True)
        for entry in timetable(term_id)
    ]
    found = [finding for finding in double_bookings(entries) if not finding.is_excused]
    for term in Term.objects.exclude(state__in=list(Term.ENDED)).order_by("starts_on"):
        found += student_overlaps(term.id)
    counts = {kind: sum(1 for finding in found if finding.kind == kind) for kind in (ROOM, PROFESSOR, STUDENTS)}
    scanned = Scanned(counts[ROOM], counts[PROFESSOR], counts[STUDENTS])
    if found:
        record(
            actor, "college.schedule_conflicts_found", ("tenancy.organisation", actor.organisation_id),
            rooms=scanned.rooms, professors=scanned.professors, students=scanned.students,
            first=[f"{finding.kind}: {finding.detail}" for finding in found if finding.kind != STUDENTS][:20],
        )  # fmt: skip
    return scanned
