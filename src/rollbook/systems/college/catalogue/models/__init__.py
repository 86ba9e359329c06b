"""Tables of the catalogue: programmes, terms, subjects, curricula, what must come first, and grade scales."""

from rollbook.systems.college.catalogue.models.curricula import Curriculum, CurriculumEntry
from rollbook.systems.college.catalogue.models.programmes import LONGEST_PROGRAMME_YEARS, Programme
from rollbook.systems.college.catalogue.models.requirements import Equivalency, PrerequisiteRule
from rollbook.systems.college.catalogue.models.scales import GradeScale, GradeValue
from rollbook.systems.college.catalogue.models.subjects import Subject
from rollbook.systems.college.catalogue.models.terms import Term, TermWindow

__all__ = [
    "LONGEST_PROGRAMME_YEARS",
    "Curriculum",
    "CurriculumEntry",
    "Equivalency",
    "GradeScale",
    "GradeValue",
    "PrerequisiteRule",
    "Programme",
    "Subject",
    "Term",
    "TermWindow",
]
