"""The bucket in which rendered papers are kept."""

from rollbook.shared.documents import permissions
from rollbook.shared.files.buckets import MEGABYTE, PDF, Bucket, register_bucket

KEPT = register_bucket(
    Bucket(
        name="documents.paper",
        label="Rendered papers",
        types=frozenset({PDF}),
        max_bytes=20 * MEGABYTE,
        # Papers are made here; nobody uploads one.
        upload_permission="",
        view_permission=permissions.VIEW_DOCUMENTS,
    )
)
