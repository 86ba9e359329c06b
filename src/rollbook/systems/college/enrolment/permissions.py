"""Who enrols students in terms, and who may set a rule aside."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college import roles

VIEW_ENROLMENTS = register(
    "college.enrolment.view", "See who is enrolled in which term",
    roles=[ADMINISTRATOR, AUDITOR, *roles.REGISTRARS, *roles.CASHIERS],
)  # fmt: skip
VIEW_OWN_ENROLMENTS = register("college.enrolment.view_own", "See one's own terms", roles=[roles.STUDENT])
OPEN_ENROLMENTS = register(
    "college.enrolment.open", "Enrol students in a term",
    roles=[ADMINISTRATOR, roles.ADMISSION_STAFF, *roles.REGISTRARS],
)  # fmt: skip

# R21: which rule may be set aside by whom. Rules that are not here cannot be set aside at all.
OVERRIDE_PAYMENT_GATE = register(
    "college.enrolment.override_payment_gate", "Let a student enrol although month 1 is not paid", roles=[ADMINISTRATOR]
)
OVERRIDE_WINDOW = register("college.enrolment.override_window", "Enrol outside the window", roles=roles.REGISTRARS)
OVERRIDE_ADVISING = register(
    "college.enrolment.override_advising", "Enrol without approved advising", roles=roles.REGISTRARS
)
OVERRIDE_PREREQUISITE = register(
    "college.enrolment.override_prerequisite", "Enrol without a prerequisite", roles=[roles.HEAD_REGISTRAR]
)
OVERRIDE_SCHEDULE = register(
    "college.enrolment.override_schedule", "Enrol in spite of a schedule conflict", roles=roles.REGISTRARS
)
OVERRIDE_CAPACITY = register(
    "college.enrolment.override_capacity", "Enrol in a section that is full", roles=roles.REGISTRARS
)
