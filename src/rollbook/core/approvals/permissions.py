"""Who may see every request. Who may decide one is said by its kind."""

from rollbook.core.permissions.register import register

VIEW_ALL_REQUESTS = register(
    "core.approvals.view_all", "See every request for a decision", roles=["administrator", "auditor"]
)
