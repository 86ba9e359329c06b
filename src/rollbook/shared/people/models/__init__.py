"""Tables of this room."""

from rollbook.shared.people.models.persons import Identifier, Person, SearchToken
from rollbook.shared.people.models.reach import Address, ContactPoint
from rollbook.shared.people.models.ties import Household, HouseholdMember, Merge, Relationship

__all__ = [
    "Address",
    "ContactPoint",
    "Household",
    "HouseholdMember",
    "Identifier",
    "Merge",
    "Person",
    "Relationship",
    "SearchToken",
]
