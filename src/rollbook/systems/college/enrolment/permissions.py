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

ENROL_OWN = register(
    "college.enrolment.enrol_own", "Enrol in classes, drop them and wait for seats oneself", roles=[roles.STUDENT]
)
ENROL_STUDENTS = register(
    "college.enrolment.enrol_students", "Enrol students in classes and drop them", roles=roles.REGISTRARS
)
WITHDRAW_STUDENTS = register(
    "college.enrolment.withdraw_students", "Withdraw students of one's programmes from classes with the grade W",
    roles=[roles.PROGRAM_HEAD, *roles.REGISTRARS],
)  # fmt: skip
ADVISE = register(
    "college.enrolment.advise", "Approve and return what students of one's programmes want to take",
    roles=[roles.PROGRAM_HEAD, *roles.REGISTRARS],
)  # fmt: skip
REQUEST_OVERLOAD = register(
    "college.enrolment.request_overload", "Ask for more units for a student who graduates", roles=[roles.PROGRAM_HEAD]
)
APPROVE_OVERLOAD = register(
    "college.enrolment.approve_overload", "Decide about more units than allowed", roles=[roles.HEAD_REGISTRAR]
)
SEE_ROSTER = register(
    "college.enrolment.see_roster", "See who is in the classes one teaches",
    roles=[ADMINISTRATOR, AUDITOR, roles.DEAN, roles.PROFESSOR, *roles.REGISTRARS],
)  # fmt: skip
SEE_EVERY_ROSTER = register(
    "college.enrolment.see_every_roster", "See who is in any class",
    roles=[ADMINISTRATOR, AUDITOR, roles.DEAN, *roles.REGISTRARS],
)  # fmt: skip
CANCEL_ENROLMENTS = register(
    "college.enrolment.cancel", "Cancel a student's term before its classes begin", roles=roles.REGISTRARS
)
ROLL_OVER = register(
    "college.enrolment.roll_over", "Take the returning students over into a new term",
    roles=[ADMINISTRATOR, roles.HEAD_REGISTRAR],
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
