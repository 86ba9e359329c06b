"""Every change to exams and permits, one function per act."""

from rollbook.systems.college.exams.services.certificates import excuse_certified
from rollbook.systems.college.exams.services.periods import (
    Impact,
    add_exam_period,
    change_exam_period,
    change_mapping,
    prepare_exam_periods,
    prepare_for_new_term,
    preview_mapping,
)
from rollbook.systems.college.exams.services.permits import (
    Printed,
    expire_permits,
    mark_printed,
    print_permit,
    reconcile_permits,
    record_sitting,
    waive,
)
from rollbook.systems.college.exams.services.settlement import (
    PermitChanges,
    apply_settlement,
    apply_settlement_in_bulk,
)
from rollbook.systems.college.exams.services.welfare import (
    certificates_of,
    verify_certificate,
    withdraw_certificate,
)

__all__ = [
    "Impact",
    "PermitChanges",
    "Printed",
    "add_exam_period",
    "apply_settlement",
    "apply_settlement_in_bulk",
    "certificates_of",
    "change_exam_period",
    "change_mapping",
    "excuse_certified",
    "expire_permits",
    "mark_printed",
    "prepare_exam_periods",
    "prepare_for_new_term",
    "preview_mapping",
    "print_permit",
    "reconcile_permits",
    "record_sitting",
    "verify_certificate",
    "waive",
    "withdraw_certificate",
]
