"""Who may do what with the college's money."""

from rollbook.core.permissions.register import register
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
OWN_ACCOUNT = register("college.fees.own_account", "See one's own payments", roles=[STUDENT])
