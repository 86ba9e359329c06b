"""Where the college's money stands in the house, and how students are found at the counter."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.core.web.search import SearchProvider, register_search
from rollbook.shared.billing.models import Invoice, Payment, PromissoryNote
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.pages.desk import receipt_rows, student_rows
from rollbook.systems.college.fees.reads.history import ids_of_payer
from rollbook.systems.college.records.history import register_history
from rollbook.systems.college.records.tabs import StudentTab, register_tab

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("Cashier desk"), "fees:desk", "banknote", permissions.RECORD_PAYMENT, group="work", order=10,
        systems=_COLLEGE, keywords=_("payment counter take money"),
    ),
    NavigationItem(
        _("Payments"), "fees:payments", "receipt", permissions.SEE_ACCOUNTS, group="work", order=20, systems=_COLLEGE,
        keywords=_("receipts void refund"),
    ),
    NavigationItem(
        _("Shifts"), "fees:shifts", "wallet", permissions.RUN_SHIFT, group="work", order=30, systems=_COLLEGE,
        keywords=_("drawer cash X report Z report variance"),
    ),
    NavigationItem(
        _("Collections"), "fees:collections", "chart-column", permissions.SEE_ALL_SHIFTS, group="work", order=5,
        systems=_COLLEGE, keywords=_("overdue aging programme"),
    ),
    NavigationItem(
        _("Promissory notes"), "fees:notes", "handshake", permissions.APPROVE_NOTE, group="work", order=40,
        systems=_COLLEGE, keywords=_("promises"), short=pgettext_lazy("bar of a phone", "Promissory notes"),
    ),
    NavigationItem(
        _("Bank files"), "fees:bank_files", "file-spreadsheet", permissions.IMPORT_PAYMENTS, group="work", order=50,
        systems=_COLLEGE, keywords=_("import upload transfer"),
    ),
    NavigationItem(
        _("Unmatched rows"), "fees:unmatched", "circle-help", permissions.IMPORT_PAYMENTS, group="work", order=55,
        systems=_COLLEGE, in_rail=False, keywords=_("bank queue resolve"),
    ),
    NavigationItem(
        _("Online payments"), "fees:reconciliation", "globe", permissions.RECONCILE, group="work", order=45,
        systems=_COLLEGE, keywords=_("gateway provider reconcile refund PayMongo Stripe"),
    ),
    NavigationItem(
        _("Pay online"), "fees:pay_online", "credit-card", permissions.OWN_ACCOUNT, group="work", order=11,
        systems=_COLLEGE, in_rail=False, keywords=_("card wallet GCash checkout"),
    ),
    NavigationItem(
        _("Open a shift"), "fees:open_shift", "lock-open", permissions.RUN_SHIFT, group="work", order=31,
        systems=_COLLEGE, in_rail=False, keywords=_("station float"),
    ),
    NavigationItem(
        _("Fee schedules"), "fees:schedules", "receipt-text", permissions.SEE_SCHEDULES, group="work", order=60,
        systems=_COLLEGE, keywords=_("tuition prices miscellaneous laboratory per unit"),
    ),
    NavigationItem(
        _("Bills of a term"), "fees:bills", "file-text", permissions.SEE_ASSESSMENTS, group="work", order=61,
        systems=_COLLEGE, keywords=_("assessment billing owed discounts"),
        short=pgettext_lazy("bar of a phone", "Bills of a term"),
    ),
    NavigationItem(
        _("Discounts"), "fees:discounts", "percent", permissions.SEE_SCHEDULES, group="work", order=62,
        systems=_COLLEGE, in_rail=False, keywords=_("scholarship concession"),
    ),
    NavigationItem(
        _("Sponsors"), "fees:sponsors", "hand-coins", permissions.SEE_SPONSORS, group="work", order=63,
        systems=_COLLEGE, in_rail=False, keywords=_("guarantee letter agency company statement"),
    ),
    NavigationItem(
        _("What my term costs"), "fees:own_assessment", "receipt-text", permissions.OWN_ACCOUNT, group="work", order=12,
        systems=_COLLEGE, in_rail=False, keywords=_("assessment tuition fees discount"),
    ),
    NavigationItem(
        _("My payments"), "fees:own_payments", "banknote", permissions.OWN_ACCOUNT, group="work", order=5,
        systems=_COLLEGE, keywords=_("balance due statement receipts"),
    ),
)  # fmt: skip

register_search(
    SearchProvider("payers", _("Students at the counter"), permissions.SEE_ACCOUNTS, student_rows, order=10)
)
register_search(
    SearchProvider(
        "receipts", _("Receipts"), permissions.SEE_ACCOUNTS,
        lambda actor, text, limit: receipt_rows(actor, text)[:limit], icon="receipt", order=60,
    )
)  # fmt: skip
register_tab(StudentTab("account", _("Account"), "fees:totals", permissions.SEE_TOTALS, order=45))
register_history(Payment, ids_of_payer(Payment, "account__customer"))
register_history(Invoice, ids_of_payer(Invoice, "account__customer"))
register_history(PromissoryNote, ids_of_payer(PromissoryNote, "instalment__invoice__account__customer"))
