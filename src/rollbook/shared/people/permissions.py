"""Who may see people, and who may change what is written about them."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

VIEW_PEOPLE = register("people.view", "Find people and see what is written about them", roles=[ADMINISTRATOR, AUDITOR])
ADD_PEOPLE = register("people.add", "Add people to the roll", roles=[ADMINISTRATOR])
CHANGE_PEOPLE = register(
    "people.change",
    "Change names, contact data, addresses, relationships and households",
    roles=[ADMINISTRATOR],
)
MERGE_PEOPLE = register("people.merge", "Merge rows that are the same person, and undo it", roles=[ADMINISTRATOR])
ERASE_PEOPLE = register(
    "people.erase", "Decide that a person is anonymised whose years of keeping have passed", roles=[ADMINISTRATOR]
)
