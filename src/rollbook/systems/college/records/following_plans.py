"""Which version of a curriculum the students of a file follow: the one their row names, or the one of their year."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rollbook.systems.college.catalogue.models import Curriculum, Programme
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.rules import RowRead, year_begun

#: A student may follow what is in force, or what was when they began.
DECIDED = (Curriculum.State.ACTIVE, Curriculum.State.RETIRED)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a programme's curriculum."""

    id: UUID
    name: str
    effective_academic_year: str
    is_in_force: bool


@dataclass(slots=True)
class Versions:
    """The versions of the programmes of a file, the newest first, and what its standing students follow."""

    of_programme: dict[UUID, list[Version]] = field(default_factory=lambda: defaultdict(list))
    followed: dict[UUID, UUID | None] = field(default_factory=dict)

    @classmethod
    def read(cls, programmes: Sequence[Programme], student_ids: Sequence[UUID]) -> "Versions":
        """Two statements, whatever the size of the file."""
        found = cls()
        rows = Curriculum.objects.filter(programme__in=[one.id for one in programmes], state__in=DECIDED)
        for row in rows.order_by("-effective_academic_year", "-created_at"):
            found.of_programme[row.programme_id].append(
                Version(row.id, row.name, row.effective_academic_year, row.state == Curriculum.State.ACTIVE)
            )
        if student_ids:
            standing = Student.objects.filter(id__in=student_ids)
            found.followed = dict(standing.values_list("id", "curriculum_id"))
        return found

    def named(self, programme_id: UUID | None, name: str) -> Version | None:
        """The version with this name, however its letters are written."""
        if programme_id is None:
            return None
        wanted = name.casefold()
        return next((one for one in self.of_programme.get(programme_id, []) if one.name.casefold() == wanted), None)

    def followed_by(self, read: RowRead, programme_id: UUID, academic_year: str) -> UUID | None:
        """What a newcomer of a row follows; none where it cannot be told."""
        if read.curriculum:
            version = self.named(programme_id, read.curriculum)
            return version.id if version else None
        begun = year_begun(academic_year, read.year_level)
        in_force = (one for one in self.of_programme.get(programme_id, []) if one.is_in_force)
        return next((one.id for one in in_force if one.effective_academic_year <= begun), None)
