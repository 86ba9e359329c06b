"""Settings of the college's money (R59)."""

from typing import Any

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.core.policies import Amount, Choice, Text, WholeNumber, declare
from rollbook.core.policies.errors import NotAPolicyValue
from rollbook.systems.college.fees.rules import read_refund_table

INSTALMENTS = "college.fees.instalments"
VARIANCE_TOLERANCE = "college.fees.variance_tolerance"
RECEIPT_SERIES = "college.fees.receipt_series"
RECEIPT_TITLE = "college.fees.receipt_title"
OLD_BALANCE_LIMIT = "college.fees.old_balance_limit"
PLAN_MODE = "college.fees.plan_mode"
REFUND_TABLE = "college.fees.refund_table"
REMIND_BEFORE = "college.fees.remind_before"

COMMITMENT, ASSESSED = "COMMITMENT", "ASSESSED"
MODES = {COMMITMENT: "Equal months of an agreed amount", ASSESSED: "What the fee schedule comes to"}

TITLES = {
    "OFFICIAL_RECEIPT": "Official Receipt",
    "SERVICE_INVOICE": "Service Invoice",
    "ACKNOWLEDGEMENT": "Acknowledgement Receipt",
}


class RefundTable(Text):
    """Weeks of classes and the percentage that is given back until their end; week 0 is before the first day."""

    def checked(self, value: Any) -> str:
        text = super().checked(value)
        try:
            steps = read_refund_table(text)
        except ValueError as error:
            raise NotAPolicyValue(errors=[{"field": "value", "message": f"{error} {self.wanted()}"}]) from error
        return ", ".join(f"{step.week}:{plain(step.percent)}" for step in steps)

    def takes(self) -> str:
        return _("weeks of classes with what is given back until their end, such as 0:100, 1:75, 2:50")


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
    declare(
        PLAN_MODE,
        Choice(MODES),
        COMMITMENT,
        "What the plan of a new term enrolment is made of.",
        systems=systems,
    )
    declare(
        REFUND_TABLE, RefundTable(120), "0:100, 1:75, 2:50",
        "What somebody who leaves classes is given back: percent by week of classes, 0 before the first day.",
        systems=systems,
    )  # fmt: skip
    declare(
        REMIND_BEFORE, WholeNumber(0, 14), 0,
        "How many days before a due day students are reminded besides the 25th; 0: not at all.", systems=systems,
    )  # fmt: skip
