"""Terms follow the student into another curriculum: programme, year level and regularity are set anew (R28, R29)."""

from rollbook.core.audit.services import record
from rollbook.core.events import publish
from rollbook.systems.college.enrolment.events import SubjectsChanged
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.reads.standings import standings_of
from rollbook.systems.college.records.events import CurriculumChanged

Advising = TermEnrolment.Advising


def follow_curriculum(event: CurriculumChanged) -> None:
    """Let the terms that begin on or after the day stand in the new curriculum; those before it stay as they were.

    What an adviser approved was for the old one, so that it is asked for again. What is owed is assessed anew.
    """
    rows = TermEnrolment.objects.select_related("student", "term").select_for_update(of=("self",))
    for enrolment in rows.filter(
        student_id=event.student_id, state__in=TermEnrolment.LIVE, term__starts_on__gte=event.from_date
    ).order_by("id"):
        before = {"programme_id": enrolment.programme_id, "curriculum_id": enrolment.curriculum_id}
        standing = standings_of([event.student_id], semester=enrolment.term.kind)[event.student_id]
        enrolment.programme_id = enrolment.student.programme_id
        enrolment.curriculum_id, enrolment.year_level = standing.curriculum_id, standing.year_level
        is_off = bool(standing.reasons)
        enrolment.regularity = (
            TermEnrolment.Regularity.IRREGULAR if is_off else TermEnrolment.Regularity.REGULAR
        )  # fmt: skip
        enrolment.irregular_reasons = list(standing.reasons)
        if enrolment.advising_state == Advising.APPROVED:
            enrolment.advising_state = Advising.DRAFT
        enrolment.version += 1
        enrolment.save(
            update_fields=[
                "programme", "curriculum", "year_level", "regularity", "irregular_reasons", "advising_state", "version",
            ]
        )  # fmt: skip
        record(
            event.actor, "college.enrolment_follows_curriculum", enrolment, before=before,
            after={"programme_id": enrolment.programme_id, "curriculum_id": enrolment.curriculum_id},
            year_level=enrolment.year_level,
        )  # fmt: skip
        publish(SubjectsChanged(event.actor, enrolment.id))
