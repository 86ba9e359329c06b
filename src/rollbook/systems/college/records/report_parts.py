"""What reports about students have in common: their columns, their SQL, and whose students somebody sees."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.tables import Column
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.tables import NAMES, name_of

#: The number and the name of a student, from the fields that STUDENT_FIELDS gives.
NUMBER = Column("number", _("Number"))
NAME = Column("name", _("Name"), text=name_of, export=name_of, needs=NAMES, primary=True)
PROGRAMME = Column("programme", _("Programme"))

STUDENT_FIELDS = """
       s.student_number AS number, p.family_name AS family, p.given_name AS given, p.middle_name AS middle,
       p.suffix AS suffix, g.code AS programme"""
#: By name, as rolls are kept.
BY_NAME = "family, given, middle, number"


def name_if_any(row: Any) -> str:
    """The name where a row is about somebody; nothing where it is not."""
    return name_of(row) if row["family"] else ""


#: A membership that nobody has: whoever is no member heads no programme.
NOBODY = UUID(int=0)


def of_actor(actor: Actor) -> dict[str, Any]:
    """Whose students: everybody's, or those of the programmes that the actor heads."""
    if actor.may(permissions.VIEW_STUDENTS):
        return {"head": None}
    actor.require(permissions.VIEW_PROGRAMME_STUDENTS)
    return {"head": actor.membership_id or NOBODY}
