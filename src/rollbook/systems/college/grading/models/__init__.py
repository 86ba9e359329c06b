"""Tables of this room."""

from rollbook.systems.college.grading.models.changes import GradeChange, TermReopening
from rollbook.systems.college.grading.models.incompletes import IncompleteCase
from rollbook.systems.college.grading.models.results import CumulativeResult, StandingRule, TermResult
from rollbook.systems.college.grading.models.sheets import Component, GradeEvent, GradeRecord, GradeSheet

__all__ = [
    "Component",
    "CumulativeResult",
    "GradeChange",
    "GradeEvent",
    "GradeRecord",
    "GradeSheet",
    "IncompleteCase",
    "StandingRule",
    "TermReopening",
    "TermResult",
]
