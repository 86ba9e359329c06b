"""Taking the returning students over into a new term, set by set: the same rows as one act each."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from rollbook.core.audit.services import record
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.errors import TermNotFound
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment import permissions, sql
from rollbook.systems.college.enrolment.errors import WindowClosed
from rollbook.systems.college.enrolment.events import TermEnrolmentsOpened
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.reads.rows import fetch
from rollbook.systems.college.enrolment.reads.standings import standings_of
from rollbook.systems.college.enrolment.services.opening import NewEnrolment, open_term_enrolments_in_bulk

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class RolledOver:
    """How many students were taken over."""

    opened: int
    irregular: int


@transaction.atomic
def create_term_enrolments(actor: Actor, *, term_id: UUID) -> RolledOver:
    """Enrol in a term every active student who was here before and whom no hold keeps; done again it adds nobody."""
    actor.require(permissions.ROLL_OVER)
    term = Term.objects.select_for_update(of=("self",)).filter(id=term_id).first()
    if term is None:
        raise TermNotFound
    if term.state not in (Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS):
        raise WindowClosed(term=term.code, state=term.get_state_display().lower())
    returning = fetch(sql.RETURNING_STUDENTS, term=term.id, starts_on=term.starts_on)
    opened: list[UUID] = []
    irregular = 0
    for start in range(0, len(returning), AT_ONCE):
        some = returning[start : start + AT_ONCE]
        standings = standings_of([student.id for student in some], semester=term.kind)
        new = [
            NewEnrolment(
                student_id=student.id, term_id=term.id, programme_id=student.programme_id,
                year_level=standings[student.id].year_level, curriculum_id=standings[student.id].curriculum_id,
                irregular_reasons=standings[student.id].reasons,
            )
            for student in some
        ]  # fmt: skip
        irregular += sum(bool(one.irregular_reasons) for one in new)
        opened += open_term_enrolments_in_bulk(actor, new, created_via=TermEnrolment.CreatedVia.BATCH)
    if opened:
        publish(TermEnrolmentsOpened(actor, term.id, opened))
    record(actor, "college.students_taken_over", term, opened=len(opened), irregular=irregular)
    return RolledOver(len(opened), irregular)
