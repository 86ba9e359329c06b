"""Tables of this room."""

from rollbook.shared.admissions.models.applications import Application
from rollbook.shared.admissions.models.documents import ApplicationDocument, ChecklistItem
from rollbook.shared.admissions.models.talking import Appointment, Notice, OneTimeCode

__all__ = ["Application", "ApplicationDocument", "Appointment", "ChecklistItem", "Notice", "OneTimeCode"]
