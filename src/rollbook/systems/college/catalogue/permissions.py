"""Who sees and who keeps the catalogue."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college import roles

_EVERYBODY = [
    ADMINISTRATOR, AUDITOR, roles.ADMISSION_STAFF, *roles.CASHIERS, *roles.REGISTRARS, roles.PROFESSOR,
    roles.PROGRAM_HEAD, roles.DEAN, roles.STUDENT,
]  # fmt: skip

VIEW_CATALOGUE = register("college.catalogue.view", "See programmes, terms and their windows", roles=_EVERYBODY)
MANAGE_PROGRAMMES = register(
    "college.catalogue.manage_programmes", "Add programmes and change them", roles=[ADMINISTRATOR, *roles.REGISTRARS]
)
MANAGE_TERMS = register(
    "college.catalogue.manage_terms", "Add terms, set their days and windows", roles=[ADMINISTRATOR, *roles.REGISTRARS]
)
MOVE_TERMS = register(
    "college.catalogue.move_terms",
    "Open, close and archive a term, and say which one is current",
    roles=[ADMINISTRATOR],
)
