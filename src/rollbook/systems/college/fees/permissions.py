"""Who may do what with the college's money."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college.roles import CASHIER_SUPERVISOR, CASHIERS, HEAD_REGISTRAR, REGISTRARS, STUDENT

RECORD_PAYMENT = register("college.fees.record_payment", "Record a payment at the counter", roles=CASHIERS)
SEE_ACCOUNTS = register("college.fees.see_accounts", "See a student's account and receipts", roles=CASHIERS)
RUN_SHIFT = register("college.fees.run_shift", "Open and close one's own shift", roles=CASHIERS)
REQUEST_CORRECTION = register(
    "college.fees.request_correction", "Ask for a void, a refund or an adjustment", roles=CASHIERS
)
APPROVE_CORRECTION = register(
    "college.fees.approve_correction", "Approve voids, refunds and adjustments", roles=[CASHIER_SUPERVISOR]
)
REVERSE_PAYMENT = register(
    "college.fees.reverse_payment", "Reverse a bounced or charged-back payment", roles=[CASHIER_SUPERVISOR]
)
REQUEST_NOTE = register("college.fees.request_note", "Record a promissory note", roles=[*CASHIERS, *REGISTRARS])
APPROVE_NOTE = register(
    "college.fees.approve_note", "Approve a promissory note", roles=[CASHIER_SUPERVISOR, HEAD_REGISTRAR]
)
SEE_ALL_SHIFTS = register(
    "college.fees.see_all_shifts", "See every shift and approve differences", roles=[CASHIER_SUPERVISOR]
)
OPEN_PLANS = register("college.fees.open_plans", "Open a student's payment plan", roles=REGISTRARS)
REVISE_PLANS = register("college.fees.revise_plans", "Change what a student owes", roles=[CASHIER_SUPERVISOR])
IMPORT_PAYMENTS = register(
    "college.fees.import_payments", "Import a bank file and settle its unmatched rows", roles=[CASHIER_SUPERVISOR]
)
RECONCILE = register(
    "college.fees.reconcile", "See online payments and settle what does not fit", roles=[CASHIER_SUPERVISOR]
)
SEE_TOTALS = register(
    "college.fees.see_totals", "See what a student owes and has paid by term, without the payments",
    roles=[ADMINISTRATOR, AUDITOR, *REGISTRARS],
)  # fmt: skip
OWN_ACCOUNT = register("college.fees.own_account", "See one's own payments", roles=[STUDENT])
SEE_SCHEDULES = register(
    "college.fees.see_schedules", "See fee schedules and discounts",
    roles=[ADMINISTRATOR, AUDITOR, *CASHIERS, *REGISTRARS],
)  # fmt: skip
MANAGE_SCHEDULES = register(
    "college.fees.manage_schedules", "Make fee schedules and discounts, and put them in force", roles=[ADMINISTRATOR]
)
SEE_ASSESSMENTS = register(
    "college.fees.see_assessments", "See what a student's term was assessed at", roles=[*CASHIERS, *REGISTRARS]
)
ASSESS = register(
    "college.fees.assess", "Assess a student's term by the fee schedule", roles=[CASHIER_SUPERVISOR, *REGISTRARS]
)
BILL_TERMS = register(
    "college.fees.bill_terms", "Bill a whole term by the fee schedules", roles=[ADMINISTRATOR, CASHIER_SUPERVISOR]
)
REQUEST_DISCOUNT = register("college.fees.request_discount", "Ask for a student's discount or sponsor", roles=CASHIERS)
APPROVE_DISCOUNT = register(
    "college.fees.approve_discount", "Give discounts and accept sponsors", roles=[CASHIER_SUPERVISOR]
)
SEE_SPONSORS = register(
    "college.fees.see_sponsors", "See sponsors and their statements", roles=[ADMINISTRATOR, AUDITOR, *CASHIERS]
)
MANAGE_SPONSORS = register(
    "college.fees.manage_sponsors", "Add sponsors and record what they pay", roles=[CASHIER_SUPERVISOR]
)
REPORT_PENDING = register(
    "college.fees.report_pending", "Run the report of pending payments",
    roles=[ADMINISTRATOR, AUDITOR, CASHIER_SUPERVISOR, *REGISTRARS],
)  # fmt: skip
REPORT_MONEY = register(
    "college.fees.report_money", "Run the reports of collections and of what is late",
    roles=[ADMINISTRATOR, AUDITOR, CASHIER_SUPERVISOR],
)  # fmt: skip
