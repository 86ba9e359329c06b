"""Reads of the catalogue. What is in force is the same for everybody who may see it."""

from rollbook.systems.college.catalogue.selectors.curricula import (
    curricula,
    curriculum_for_new_students,
    entries_of,
    get_curriculum,
    get_curriculum_for_update,
    get_entry,
    plan_from,
    plan_of,
    report_on,
)
from rollbook.systems.college.catalogue.selectors.programmes import get_programme, open_programmes, programmes
from rollbook.systems.college.catalogue.selectors.requirements import (
    equivalencies,
    equivalents_on,
    rule_of_entry,
    rule_of_subject,
    rules_as_read_by,
    rules_for,
    worlds_that_read_the_rule_of,
)
from rollbook.systems.college.catalogue.selectors.scales import (
    get_grade_scale,
    grade_scales,
    marks_of,
    version_in_force,
)
from rollbook.systems.college.catalogue.selectors.subjects import (
    codes_of,
    get_subject,
    get_subject_for_update,
    ids_by_code,
    subjects,
)
from rollbook.systems.college.catalogue.selectors.terms import (
    by_code,
    current_term,
    get_term,
    get_term_for_update,
    is_window_open,
    terms,
    windows_of,
)

__all__ = [
    "by_code",
    "codes_of",
    "current_term",
    "curricula",
    "curriculum_for_new_students",
    "entries_of",
    "equivalencies",
    "equivalents_on",
    "get_curriculum",
    "get_curriculum_for_update",
    "get_entry",
    "get_grade_scale",
    "get_programme",
    "get_subject",
    "get_subject_for_update",
    "get_term",
    "get_term_for_update",
    "grade_scales",
    "ids_by_code",
    "is_window_open",
    "marks_of",
    "open_programmes",
    "plan_from",
    "plan_of",
    "programmes",
    "report_on",
    "rule_of_entry",
    "rule_of_subject",
    "rules_as_read_by",
    "rules_for",
    "subjects",
    "terms",
    "version_in_force",
    "windows_of",
    "worlds_that_read_the_rule_of",
]
