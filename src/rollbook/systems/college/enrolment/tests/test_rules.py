"""The month-1 gate, decided from the instalments alone."""

from datetime import date

import pytest

from rollbook.shared.billing.rules import InstalmentState
from rollbook.systems.college.enrolment.rules import month1_gate


def plan(paid_minor: int, *, cover: str = "", due_minor: int = 5_000_00) -> list[InstalmentState]:
    day = date(2031, 8, 31)
    return [InstalmentState(1, due_minor, paid_minor, day, cover), InstalmentState(2, 5_000_00, 0, day)]


@pytest.mark.parametrize(
    ("instalments", "is_open", "code", "text"),
    [
        (plan(4_999_99), False, "MONTH1_UNPAID", "0.01 still due"),
        (plan(0), False, "MONTH1_UNPAID", "5000.00 still due"),
        (plan(5_000_00), True, "", ""),
        (plan(0, cover="PROMISSORY"), True, "", ""),
        (plan(0, cover="SPONSOR"), True, "", ""),
        (plan(0, due_minor=0), True, "", ""),
        ([], False, "MONTH1_UNPAID", "no payment plan yet"),
    ],
)
def test_the_gate_opens_when_month_1_is_paid_covered_or_nothing_is_due(instalments, is_open, code, text):
    verdict = month1_gate(instalments, "PHP")

    assert (verdict.is_open, verdict.code, verdict.text) == (is_open, code, text)
