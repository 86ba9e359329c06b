"""Who sets exams up, who checks permits, and who may open an exam without payment."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college import roles

VIEW_EXAMS = register(
    "college.exams.view", "See exam periods and the months they ask for",
    roles=[ADMINISTRATOR, AUDITOR, *roles.CASHIERS, *roles.REGISTRARS, roles.PROFESSOR, roles.PROGRAM_HEAD, roles.DEAN],
)  # fmt: skip
MANAGE_EXAMS = register("college.exams.manage", "Set exam periods and the months they ask for", roles=[ADMINISTRATOR])
VIEW_PERMITS = register(
    "college.exams.view_permits", "See students' permits", roles=[ADMINISTRATOR, *roles.CASHIERS, *roles.REGISTRARS]
)
VIEW_BASIS = register(
    "college.exams.view_basis", "See what a permit rests on", roles=[ADMINISTRATOR, *roles.REGISTRARS]
)
VIEW_OWN_PERMITS = register("college.exams.view_own_permits", "See and print one's own permits", roles=[roles.STUDENT])
PRINT_PERMITS = register(
    "college.exams.print_permits", "Print a student's permit", roles=[*roles.CASHIERS, *roles.REGISTRARS]
)
CHECK_PERMITS = register(
    "college.exams.check_permits", "Check permits at an exam and note who sat",
    roles=[ADMINISTRATOR, roles.PROFESSOR, *roles.REGISTRARS],
)  # fmt: skip
WAIVE = register("college.exams.waive", "Open an exam for one student, with a reason", roles=[ADMINISTRATOR])
VERIFY_CERTIFICATES = register(
    "college.exams.verify_certificates", "Record certificates of disadvantaged students", roles=roles.REGISTRARS
)
