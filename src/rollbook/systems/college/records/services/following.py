"""Students follow a curriculum: while they do, it stays as it is. With a term that opens, transfers take effect."""

from rollbook.systems.college.catalogue.errors import CurriculumInUse
from rollbook.systems.college.catalogue.events import CurriculumReopening, TermMoved
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.records.models import ProgrammeTransfer, Student
from rollbook.systems.college.records.services.transfers import take_effect_of_due_transfers


def refuse_reopening(event: CurriculumReopening) -> None:
    """Keep a curriculum from becoming a draft again while students follow it. Its row is locked, so none joins now."""
    count = Student.objects.filter(curriculum=event.curriculum_id, taken_back_at__isnull=True).count()
    count += ProgrammeTransfer.objects.filter(
        curriculum=event.curriculum_id, state=ProgrammeTransfer.State.APPROVED
    ).count()
    if count:
        raise CurriculumInUse(curriculum=event.name, count=count)


def begin_transfers_of_term(event: TermMoved) -> None:
    """Let transfers take effect as soon as enrolment in their term opens, before anybody enrols in it."""
    if event.state == Term.State.ENROLMENT_OPEN:
        take_effect_of_due_transfers(event.actor, term_id=event.term_id)
