"""Settings of the college's money (R59)."""

from rollbook.core.policies import Amount, Choice, Text, WholeNumber, declare

INSTALMENTS = "college.fees.instalments"
VARIANCE_TOLERANCE = "college.fees.variance_tolerance"
RECEIPT_SERIES = "college.fees.receipt_series"
RECEIPT_TITLE = "college.fees.receipt_title"
OLD_BALANCE_LIMIT = "college.fees.old_balance_limit"

TITLES = {
    "OFFICIAL_RECEIPT": "Official Receipt",
    "SERVICE_INVOICE": "Service Invoice",
    "ACKNOWLEDGEMENT": "Acknowledgement Receipt",
}


def declare_all() -> None:
    """Declare each setting with its default and a sentence for the person who changes it."""
    systems = ["college"]
    declare(INSTALMENTS, WholeNumber(1, 12), 6, "How many monthly instalments a new plan has.", systems=systems)
    declare(
        VARIANCE_TOLERANCE, Amount(), 100_00, "How far a drawer may be off before a supervisor must approve.",
        systems=systems,
    )  # fmt: skip
    declare(RECEIPT_SERIES, Text(20), "MAIN", "The series that receipts are numbered in.", systems=systems)
    declare(
        RECEIPT_TITLE,
        Choice(TITLES),
        "OFFICIAL_RECEIPT",
        "What the paper is called, as tax law decides.",
        systems=systems,
    )
    declare(
        OLD_BALANCE_LIMIT, Amount(), 0, "The unpaid balance of earlier terms from which enrolment is held.",
        systems=systems,
    )  # fmt: skip
