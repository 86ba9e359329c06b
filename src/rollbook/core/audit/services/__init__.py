"""Recording acts and reads, sealing them, and proving that nothing was altered since."""

from rollbook.core.audit.services.recording import (
    AUDIT_COLUMNS,
    AUDIT_INSERT,
    AUDIT_PLACEHOLDERS,
    audit_row,
    audit_values,
    record,
    record_access,
    record_refusal,
    record_rows,
)

__all__ = [
    "AUDIT_COLUMNS",
    "AUDIT_INSERT",
    "AUDIT_PLACEHOLDERS",
    "audit_row",
    "audit_values",
    "record",
    "record_access",
    "record_refusal",
    "record_rows",
]
