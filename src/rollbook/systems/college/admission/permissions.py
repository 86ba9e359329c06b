"""What the admission office of a college may do; the room of admissions names the acts."""

from rollbook.core.permissions.register import entrust
from rollbook.shared.admissions import permissions as admissions
from rollbook.systems.college import roles

entrust(
    roles.ADMISSION_STAFF,
    admissions.VIEW_APPLICATIONS,
    admissions.REVIEW_APPLICATIONS,
    admissions.DECIDE_APPLICATIONS,
)
