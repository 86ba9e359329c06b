"""Recording acts and reads, sealing them, and proving that nothing was altered since."""

from rollbook.core.audit.services.many import record_many
from rollbook.core.audit.services.partitions import archive_partitions, ensure_partitions
from rollbook.core.audit.services.publishing import acknowledge_restore, publish_seals
from rollbook.core.audit.services.recording import (
    AUDIT_COLUMNS,
    AUDIT_INSERT,
    AUDIT_NAMED,
    AUDIT_PLACEHOLDERS,
    audit_parameters,
    audit_row,
    audit_values,
    record,
    record_access,
    record_refusal,
    record_rows,
)
from rollbook.core.audit.services.sealing import seal_entries
from rollbook.core.audit.services.verifying import Finding, Report, prove, verify

__all__ = [
    "AUDIT_COLUMNS",
    "AUDIT_INSERT",
    "AUDIT_NAMED",
    "AUDIT_PLACEHOLDERS",
    "Finding",
    "Report",
    "acknowledge_restore",
    "archive_partitions",
    "audit_parameters",
    "audit_row",
    "audit_values",
    "ensure_partitions",
    "prove",
    "publish_seals",
    "record",
    "record_access",
    "record_many",
    "record_refusal",
    "record_rows",
    "seal_entries",
    "verify",
]
