"""Who may do what with members, their access and those who act for them."""

from rollbook.core.permissions.register import register

VIEW_MEMBERS = register("core.identity.view_members", "See members and their roles", roles=["administrator", "auditor"])
MANAGE_MEMBERS = register(
    "core.identity.manage_members",
    "Invite members, change their roles, end their access",
    roles=["administrator"],
)
ISSUE_TOKENS = register(
    "core.identity.issue_tokens", "Make API tokens with a part of one's own rights", roles=["administrator"]
)
MANAGE_TOKENS = register(
    "core.identity.manage_tokens", "See and revoke the API tokens of all members", roles=["administrator"]
)
IMPERSONATE = register(
    "core.identity.impersonate",
    "Act as another member for 30 minutes, with a reason",
    roles=["administrator"],
)
VIEW_STAND_INS = register(
    "core.identity.view_stand_ins",
    "See who acted for whom, and support access",
    roles=["administrator", "auditor"],
)
END_SUPPORT = register("core.identity.end_support_access", "End a support access at once", roles=["administrator"])
