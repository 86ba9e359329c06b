"""The demonstration's curricula: three programmes of four years, with laboratories, practicum and summer."""

from pathlib import Path

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.catalogue.services import (
    activate_curriculum,
    approve_curriculum,
    change_programme,
    import_curriculum,
)

FOLDER = Path(__file__).parent / "curricula"


def load_curricula(actor: Actor) -> int:
    """Put the curricula of the programmes that stand in force, inside the scope; answers how many."""
    standing = {programme.code: programme for programme in Programme.objects.all()}
    loaded = 0
    for path in sorted(FOLDER.glob("*.csv")):
        found = import_curriculum(actor, file_name=path.name, content=path.read_bytes())
        if found.errors or found.curriculum_id is None:
            raise LookupError(f"{path.name}: {' '.join(error.sentence for error in found.errors)}")
        change_programme(
            actor,
            programme_id=standing[found.programme].id,
            has_summer=True,
            total_units_required=int(found.total_units),
        )
        approve_curriculum(actor, curriculum_id=found.curriculum_id)
        activate_curriculum(actor, curriculum_id=found.curriculum_id)
        loaded += 1
    return loaded
