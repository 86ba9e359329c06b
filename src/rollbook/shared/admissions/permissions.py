"""Who sees applications, and who decides about them. Systems entrust these to their own roles."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

#: Held by whoever opens an application with its link, and by nobody else.
APPLY = register("admissions.apply", "Fill in one's own application by its link")
VIEW_APPLICATIONS = register("admissions.view", "See applications and their documents", roles=[ADMINISTRATOR, AUDITOR])
REVIEW_APPLICATIONS = register(
    "admissions.review", "Check documents, say what is missing, set appointments, settle possible doubles",
    roles=[ADMINISTRATOR],
)  # fmt: skip
DECIDE_APPLICATIONS = register("admissions.decide", "Admit and reject applicants", roles=[ADMINISTRATOR])
MANAGE_CHECKLIST = register(
    "admissions.manage_checklist", "Say which documents applicants bring", roles=[ADMINISTRATOR]
)
