"""Who may see which papers were issued. Each kind of paper names its own permissions for issuing and withdrawing."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

VIEW_DOCUMENTS = register(
    "documents.view", "See which papers were issued, to whom, and by whom", roles=[ADMINISTRATOR, AUDITOR]
)
