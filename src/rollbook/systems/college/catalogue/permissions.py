"""Who sees and who keeps the catalogue."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college import roles

_EVERYBODY = [
    ADMINISTRATOR, AUDITOR, roles.ADMISSION_STAFF, *roles.CASHIERS, *roles.REGISTRARS, roles.PROFESSOR,
    roles.PROGRAM_HEAD, roles.DEAN, roles.STUDENT,
]  # fmt: skip

VIEW_CATALOGUE = register(
    "college.catalogue.view", "See programmes, subjects, curricula in force, terms and their windows", roles=_EVERYBODY
)
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
MANAGE_SUBJECTS = register(
    "college.catalogue.manage_subjects",
    "Add and change subjects, what must come before them, and what stands for them",
    roles=[ADMINISTRATOR, *roles.REGISTRARS],
)
VIEW_DRAFTS = register(
    "college.catalogue.view_drafts",
    "See curricula of every programme before they are in force",
    roles=[ADMINISTRATOR, AUDITOR, *roles.REGISTRARS, roles.DEAN],
)
DRAFT_CURRICULA = register(
    "college.catalogue.draft_curricula",
    "Draft, copy and import curricula",
    roles=[ADMINISTRATOR, *roles.REGISTRARS],
)
APPROVE_CURRICULA = register(
    "college.catalogue.approve_curricula",
    "Approve, activate, return and retire curricula",
    roles=[roles.HEAD_REGISTRAR],
)
MANAGE_GRADE_SCALES = register(
    "college.catalogue.manage_grade_scales", "Make new versions of grade scales", roles=[ADMINISTRATOR]
)
