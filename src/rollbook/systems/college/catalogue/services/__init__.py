"""Acts on the catalogue. What stands in it is added, changed and moved on; only drafts lose something again."""

from rollbook.systems.college.catalogue.services.archiving import archive_terms
from rollbook.systems.college.catalogue.services.curricula import (
    activate_curriculum,
    approve_curriculum,
    change_curriculum,
    copy_curriculum,
    draft_curriculum,
    retire_curriculum,
    return_curriculum,
)
from rollbook.systems.college.catalogue.services.entries import add_entry, change_entry, remove_entry
from rollbook.systems.college.catalogue.services.equivalencies import add_equivalency, end_equivalency
from rollbook.systems.college.catalogue.services.imports import CurriculumImport, import_curriculum
from rollbook.systems.college.catalogue.services.prerequisites import (
    set_entry_prerequisites,
    set_subject_prerequisites,
)
from rollbook.systems.college.catalogue.services.programmes import PROGRAMME_FIELDS, add_programme, change_programme
from rollbook.systems.college.catalogue.services.scales import (
    ensure_shipped_scales,
    make_scale_version,
    scale_in_force,
)
from rollbook.systems.college.catalogue.services.subjects import (
    SUBJECT_FIELDS,
    add_subject,
    change_subject,
    make_new_version,
)
from rollbook.systems.college.catalogue.services.terms import (
    TERM_FIELDS,
    Span,
    add_term,
    change_term,
    move_term,
    set_current_term,
)

__all__ = [
    "PROGRAMME_FIELDS",
    "SUBJECT_FIELDS",
    "TERM_FIELDS",
    "CurriculumImport",
    "Span",
    "activate_curriculum",
    "add_entry",
    "add_equivalency",
    "add_programme",
    "add_subject",
    "add_term",
    "approve_curriculum",
    "archive_terms",
    "change_curriculum",
    "change_entry",
    "change_programme",
    "change_subject",
    "change_term",
    "copy_curriculum",
    "draft_curriculum",
    "end_equivalency",
    "ensure_shipped_scales",
    "import_curriculum",
    "make_new_version",
    "make_scale_version",
    "move_term",
    "remove_entry",
    "retire_curriculum",
    "return_curriculum",
    "scale_in_force",
    "set_current_term",
    "set_entry_prerequisites",
    "set_subject_prerequisites",
]
