"""Tables of this room."""

from rollbook.systems.college.records.models.credits import TransferCredit, TransferCreditRequest
from rollbook.systems.college.records.models.imports import ImportRow, ImportRun
from rollbook.systems.college.records.models.overrides import Override
from rollbook.systems.college.records.models.requests import ProgrammeTransfer, StatusRequest
from rollbook.systems.college.records.models.students import Hold, Student, StudentStatusPeriod

__all__ = [
    "Hold",
    "ImportRow",
    "ImportRun",
    "Override",
    "ProgrammeTransfer",
    "StatusRequest",
    "Student",
    "StudentStatusPeriod",
    "TransferCredit",
    "TransferCreditRequest",
]
