"""What reports about classes have in common: who teaches them, and whose classes somebody sees."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import Column
from rollbook.shared.people.rules import Name, roll_name

#: The professor who owns the grades of the class `c`, as `q`.
PROFESSOR_OF_CLASS = """
  LEFT JOIN college_scheduling_teachingassignment o
    ON o.organisation_id = c.organisation_id AND o.section_id = c.id AND o.role = 'PRIMARY'
  LEFT JOIN college_scheduling_faculty f ON f.organisation_id = c.organisation_id AND f.id = o.professor_id
  LEFT JOIN people_person q ON q.organisation_id = c.organisation_id AND q.id = f.person_id
"""
PROFESSOR_FIELDS = "q.family_name AS professor_family, q.given_name AS professor_given"

#: The member whom the parameter names teaches a part of the class of the row `x`.
TAUGHT_BY = """EXISTS (
        SELECT FROM college_scheduling_teachingassignment b
          JOIN college_scheduling_faculty d ON d.organisation_id = b.organisation_id AND d.id = b.professor_id
         WHERE b.organisation_id = %(organisation)s AND b.section_id = x.section_id
           AND d.member_id = %(teacher)s::uuid)"""


def professor_of(row: Any) -> str:
    """Who teaches the class of a row; nothing while nobody does."""
    return roll_name(Name(row["professor_family"], row["professor_given"])) if row["professor_family"] else ""


def professor_column(*, visible: bool = True) -> Column:
    """The professor of the class."""
    needs = ("professor_family", "professor_given")
    return Column("professor", _("Professor"), text=professor_of, needs=needs, visible=visible)
