"""Students follow a curriculum: while they do, it stays as it is."""

from rollbook.systems.college.catalogue.errors import CurriculumInUse
from rollbook.systems.college.catalogue.events import CurriculumReopening
from rollbook.systems.college.records.models import Student


def refuse_reopening(event: CurriculumReopening) -> None:
    """Keep a curriculum from becoming a draft again while students follow it. Its row is locked, so none joins now."""
    count = Student.objects.filter(curriculum=event.curriculum_id, taken_back_at__isnull=True).count()
    if count:
        raise CurriculumInUse(curriculum=event.name, count=count)
