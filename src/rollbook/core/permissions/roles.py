"""Roles that every organisation has, whatever its system."""

from rollbook.core.permissions.register import register_role

ADMINISTRATOR = register_role("administrator", "Administrator", needs_second_factor=True)
AUDITOR = register_role("auditor", "Auditor", needs_second_factor=True)
