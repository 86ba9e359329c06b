"""Who may change what roles mean."""

from rollbook.core.permissions.register import register

VIEW_ROLES = register("core.permissions.view_roles", "See what each role may do", roles=["administrator", "auditor"])
MANAGE_ROLES = register(
    "core.permissions.manage_roles", "Make roles and change what they may do", roles=["administrator"]
)
