"""Tables of this room."""

from rollbook.systems.college.exams.models.periods import ExamMonthMapping, ExamPeriod
from rollbook.systems.college.exams.models.permits import ExamPermit, ExamSitting, WelfareCertificate

__all__ = ["ExamMonthMapping", "ExamPeriod", "ExamPermit", "ExamSitting", "WelfareCertificate"]
