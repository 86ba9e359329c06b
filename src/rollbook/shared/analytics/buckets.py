"""Where files of reports lie: private to whoever asked, and only for a time."""

from typing import Any

from rollbook.core.permissions.actor import Actor
from rollbook.shared.analytics import rules
from rollbook.shared.analytics.selectors import is_own_run
from rollbook.shared.files.buckets import MOST_BYTES, PDF, TEXT, XLSX, Bucket, register_bucket

#: What a stored file says it belongs to.
SUBJECT = "analytics.reportrun"


def _is_own(actor: Actor, stored: Any) -> bool:
    if stored.bucket != REPORTS.name or stored.subject_type != SUBJECT:
        return False
    return is_own_run(actor, stored.subject_id)


REPORTS = register_bucket(
    Bucket(
        name="analytics.report", label="Files of reports", types=frozenset({TEXT, XLSX, PDF}), max_bytes=MOST_BYTES,
        upload_permission="", view_permission="", may_view=_is_own, keep_days=rules.KEEP_DAYS,
    )
)  # fmt: skip

#: What each format is stored as.
STORED_AS = {"csv": TEXT, "xlsx": XLSX, "pdf": PDF}
