"""The people of a college as role bundles. Every room of the college names its permissions for these."""

from rollbook.core.permissions.register import register_role

_COLLEGE = ["college"]
#: Certificates of disadvantaged students, whose reasons stay confidential.
WELFARE = "welfare"

CASHIER = register_role("cashier", "Cashier", systems=_COLLEGE, needs_second_factor=True)
CASHIER_SUPERVISOR = register_role(
    "cashier_supervisor", "Cashier supervisor", systems=_COLLEGE, needs_second_factor=True
)
REGISTRAR = register_role("registrar", "Registrar", systems=_COLLEGE, grants=[WELFARE], needs_second_factor=True)
HEAD_REGISTRAR = register_role(
    "head_registrar", "Head registrar", systems=_COLLEGE, grants=[WELFARE], needs_second_factor=True
)
ADMISSION_STAFF = register_role("admission_staff", "Admission staff", systems=_COLLEGE, needs_second_factor=True)
PROFESSOR = register_role("professor", "Professor", systems=_COLLEGE, needs_second_factor=True)
PROGRAM_HEAD = register_role("program_head", "Programme head", systems=_COLLEGE, needs_second_factor=True)
DEAN = register_role("dean", "Dean", systems=_COLLEGE, needs_second_factor=True)
STUDENT = register_role("student", "Student", systems=_COLLEGE, is_staff=False)

#: Both registrars.
REGISTRARS = [REGISTRAR, HEAD_REGISTRAR]
#: Everybody who takes or supervises money at the counter.
CASHIERS = [CASHIER, CASHIER_SUPERVISOR]
