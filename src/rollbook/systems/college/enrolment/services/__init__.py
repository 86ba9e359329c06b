"""Every change to enrolment, one function per act."""

from rollbook.systems.college.enrolment.services.month_one import settle_month_one, settle_month_one_in_bulk
from rollbook.systems.college.enrolment.services.opening import (
    NewEnrolment,
    cancel_in_bulk,
    open_term_enrolment,
    open_term_enrolments_in_bulk,
)
from rollbook.systems.college.enrolment.services.overrides import must_override, must_pass_gate, override_gate

__all__ = [
    "NewEnrolment",
    "cancel_in_bulk",
    "must_override",
    "must_pass_gate",
    "open_term_enrolment",
    "open_term_enrolments_in_bulk",
    "override_gate",
    "settle_month_one",
    "settle_month_one_in_bulk",
]
