"""Who sees students, and who keeps their records."""

from rollbook.core.permissions.register import entrust, register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.shared.analytics.permissions import SEE_REPORTS
from rollbook.shared.people import permissions as people
from rollbook.systems.college import roles

FIND_STUDENTS = register(
    "college.records.find_students",
    "Find students by name, number or barcode; see name, number and programme",
    roles=[ADMINISTRATOR, *roles.CASHIERS, *roles.REGISTRARS],
)
VIEW_STUDENTS = register(
    "college.records.view_students",
    "See the record of every student",
    roles=[ADMINISTRATOR, AUDITOR, *roles.REGISTRARS],
)
VIEW_HISTORY = register(
    "college.records.view_history", "See everything that happened to a student's records, by whom and why",
    roles=[ADMINISTRATOR, AUDITOR, *roles.REGISTRARS],
)  # fmt: skip
VIEW_PROGRAMME_STUDENTS = register(
    "college.records.view_programme_students", "See the students of one's own programmes", roles=[roles.PROGRAM_HEAD]
)
VIEW_OWN_RECORD = register("college.records.view_own", "See one's own record", roles=[roles.STUDENT])
ADD_STUDENTS = register("college.records.add_students", "Add students", roles=[ADMINISTRATOR, *roles.REGISTRARS])
CHANGE_STUDENTS = register(
    "college.records.change_students", "Change what is recorded of a student", roles=roles.REGISTRARS
)
CHANGE_STATUS = register(
    "college.records.change_status", "Put a student on leave, withdraw them, take them back", roles=roles.REGISTRARS
)
DISMISS_STUDENTS = register("college.records.dismiss", "Dismiss a student", roles=[roles.HEAD_REGISTRAR])
GRADUATE_STUDENTS = register(
    "college.records.graduate", "Let a student have graduated, after the check", roles=[roles.HEAD_REGISTRAR]
)
IMPORT_STUDENTS = register(
    "college.records.import_students", "Import students from a file, and take an import back",
    roles=[ADMINISTRATOR, *roles.REGISTRARS],
)  # fmt: skip
VIEW_HOLDS = register(
    "college.records.view_holds", "See what holds students back", roles=[ADMINISTRATOR, AUDITOR, *roles.REGISTRARS]
)
MANAGE_HOLDS = register(
    "college.records.manage_holds", "Place and release holds", roles=[ADMINISTRATOR, *roles.REGISTRARS]
)
MANAGE_FINANCIAL_HOLDS = register(
    "college.records.manage_financial_holds", "Place and release financial holds", roles=[roles.CASHIER_SUPERVISOR]
)
LIFT_AUTOMATIC_HOLDS = register(
    "college.records.lift_automatic_holds",
    "Release a hold that the system placed, although its cause still stands",
    roles=[ADMINISTRATOR],
)
VIEW_CONFIDENTIAL = register(
    "college.records.view_confidential", "Read the reasons of disciplinary holds", roles=roles.REGISTRARS
)

VIEW_CREDITS = register(
    "college.records.view_credits",
    "See what students were credited from elsewhere",
    roles=[ADMINISTRATOR, AUDITOR, roles.PROGRAM_HEAD, *roles.REGISTRARS],
)
PROPOSE_CREDITS = register(
    "college.records.propose_credits", "Propose credits from other institutions", roles=roles.REGISTRARS
)
APPROVE_CREDITS = register(
    "college.records.approve_credits", "Approve credits of one's own programmes", roles=[roles.PROGRAM_HEAD]
)
DECIDE_DISPUTED_CREDITS = register(
    "college.records.decide_disputed_credits", "Decide disputed credits", roles=[roles.HEAD_REGISTRAR]
)
REVOKE_CREDITS = register("college.records.revoke_credits", "Revoke a credit", roles=[roles.HEAD_REGISTRAR])

REQUEST_OWN = register(
    "college.records.request_own", "Ask for a leave, a return, a withdrawal or another programme for oneself",
    roles=[roles.STUDENT],
)  # fmt: skip
VIEW_REQUESTS = register(
    "college.records.view_requests",
    "See who asks for a leave, a return or a withdrawal",
    roles=[ADMINISTRATOR, AUDITOR, *roles.REGISTRARS],
)
BACKDATE_LEAVES = register(
    "college.records.backdate_leaves", "Record a leave that began before today", roles=[roles.HEAD_REGISTRAR]
)
OVERRIDE_CLEARANCE = register(
    "college.records.override_clearance",
    "Withdraw a student although something still holds them",
    roles=[roles.HEAD_REGISTRAR],
)
READMIT_STUDENTS = register(
    "college.records.readmit", "Take back somebody who withdrew, on an application", roles=[roles.ADMISSION_STAFF]
)
VIEW_TRANSFERS = register(
    "college.records.view_transfers",
    "See who asks for another programme",
    roles=[AUDITOR, roles.DEAN, roles.PROGRAM_HEAD, *roles.REGISTRARS],
)
ENDORSE_TRANSFERS = register(
    "college.records.endorse_transfers", "Endorse transfers between programmes", roles=[roles.DEAN]
)
ENDORSE_PROGRAMME_TRANSFERS = register(
    "college.records.endorse_programme_transfers",
    "Endorse transfers into one's own programmes",
    roles=[roles.PROGRAM_HEAD],
)
DECIDE_TRANSFERS = register(
    "college.records.decide_transfers", "Decide endorsed transfers, and which curriculum is followed",
    roles=roles.REGISTRARS,
)  # fmt: skip

REPORT_OVERRIDES = register(
    "college.records.report_overrides", "Run the report of rules that were set aside",
    roles=[ADMINISTRATOR, AUDITOR, roles.HEAD_REGISTRAR],
)  # fmt: skip
REPORT_REGISTRARS = register(
    "college.records.report_registrars", "Run the report of what registrars did", roles=[roles.HEAD_REGISTRAR]
)

for _reader in (*roles.REGISTRARS, roles.CASHIER_SUPERVISOR, roles.PROGRAM_HEAD, roles.DEAN, roles.PROFESSOR):
    entrust(_reader, SEE_REPORTS)
for _registrar in roles.REGISTRARS:
    entrust(_registrar, people.VIEW_PEOPLE, people.ADD_PEOPLE, people.CHANGE_PEOPLE, people.MERGE_PEOPLE)
