"""Who grades, who finalises, who changes a finalised grade, and who sees what."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college import roles

ENTER_GRADES = register("college.grades.enter", "Enter and submit grades of one's own classes", roles=[roles.PROFESSOR])
VIEW_SHEETS = register(
    "college.grades.view_sheets", "See every grade sheet", roles=[AUDITOR, *roles.REGISTRARS]
)  # fmt: skip
FINALISE = register("college.grades.finalise", "Return and finalise grade sheets", roles=roles.REGISTRARS)
OPEN_LATE = register("college.grades.open_late", "Open a sheet again after the grading window", roles=roles.REGISTRARS)
VIEW_GRADES = register(
    "college.grades.view", "See the grades of students", roles=[AUDITOR, *roles.REGISTRARS, roles.PROGRAM_HEAD]
)
SEE_AT_RISK = register(
    "college.grades.see_at_risk", "See which of the students that one looks after are at risk, and why",
    roles=[AUDITOR, roles.DEAN, roles.PROGRAM_HEAD, *roles.REGISTRARS],
)  # fmt: skip
SEE_EVERY_AT_RISK = register(
    "college.grades.see_every_at_risk", "See which students of any programme are at risk",
    roles=[AUDITOR, roles.DEAN, *roles.REGISTRARS],
)  # fmt: skip
VIEW_OWN_GRADES = register("college.grades.view_own", "See one's own grades", roles=[roles.STUDENT])
PROPOSE_CHANGE = register(
    "college.grades.propose_change", "Ask for a change of a finalised grade", roles=[roles.PROFESSOR, *roles.REGISTRARS]
)
APPROVE_CHANGE = register(
    "college.grades.approve_change", "Approve changes of finalised grades", roles=[roles.HEAD_REGISTRAR]
)
VIEW_CHANGES = register(
    "college.grades.view_changes", "See every request to change a grade", roles=[AUDITOR, *roles.REGISTRARS]
)
VIEW_INCOMPLETES = register(
    "college.grades.view_incompletes", "See incomplete cases",
    roles=[AUDITOR, *roles.REGISTRARS, roles.PROFESSOR, roles.PROGRAM_HEAD],
)  # fmt: skip
REQUEST_RESOLUTION = register(
    "college.grades.request_resolution", "Ask to resolve an incomplete of one's own class, and grade it",
    roles=[roles.PROFESSOR],
)  # fmt: skip
ALLOW_RESOLUTION = register(
    "college.grades.allow_resolution", "Allow and finalise the resolution of an incomplete", roles=roles.REGISTRARS
)
HEAD_RESOLUTION = register(
    "college.grades.head_resolution", "Approve the grade that resolves an incomplete", roles=[roles.PROGRAM_HEAD]
)
EXTEND_INCOMPLETE = register(
    "college.grades.extend_incomplete", "Give more time to resolve an incomplete", roles=[roles.HEAD_REGISTRAR]
)
CONFIRM_STANDING = register(
    "college.grades.confirm_standing", "Confirm standing and honours after a term", roles=roles.REGISTRARS
)
SET_STANDING_RULES = register(
    "college.grades.set_standing_rules", "Set the rules of standing and honours", roles=[ADMINISTRATOR]
)
REOPEN_TERM = register(
    "college.grades.reopen_term", "Reopen an archived term for changes of grades", roles=[ADMINISTRATOR]
)
