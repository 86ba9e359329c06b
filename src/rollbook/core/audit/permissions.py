"""Who may read the trail, and who answers for it."""

from rollbook.core.permissions.register import register

VIEW_AUDIT = register("core.audit.view", "Read the audit trail", roles=["administrator", "auditor"])
EXPORT_AUDIT = register("core.audit.export", "Export the audit trail", roles=["administrator", "auditor"])
VIEW_ACCESS = register("core.audit.view_access", "See who read restricted records", roles=["administrator", "auditor"])
VERIFY_SEALS = register(
    "core.audit.verify", "Prove that the audit trail was not altered", roles=["administrator", "auditor"]
)
ACKNOWLEDGE_RESTORE = register(
    "core.audit.acknowledge_restore",
    "Answer for a restore of the database to an earlier moment",
    roles=["administrator"],
)
