"""Every change to exams and permits, one function per act."""

from rollbook.systems.college.exams.services.certificates import (
    excuse_certified,
    verify_certificate,
    withdraw_certificate,
)
from rollbook.systems.college.exams.services.periods import (
    add_exam_period,
    change_exam_period,
    change_mapping,
    prepare_exam_periods,
    prepare_for_new_term,
    preview_mapping,
)
from rollbook.systems.college.exams.services.permits import (
    expire_permits,
    mark_printed,
    reconcile_permits,
    record_sitting,
    waive,
)
from rollbook.systems.college.exams.services.settlement import (
    PermitChanges,
    apply_settlement,
    apply_settlement_in_bulk,
)

__all__ = [
    "PermitChanges",
    "add_exam_period",
    "apply_settlement",
    "apply_settlement_in_bulk",
    "change_exam_period",
    "change_mapping",
    "excuse_certified",
    "expire_permits",
    "mark_printed",
    "prepare_exam_periods",
    "prepare_for_new_term",
    "preview_mapping",
    "reconcile_permits",
    "record_sitting",
    "verify_certificate",
    "waive",
    "withdraw_certificate",
]
