"""The files that applicants send."""

from rollbook.shared.admissions import permissions
from rollbook.shared.files.buckets import MEGABYTE, PDF, PICTURES, Bucket, register_bucket

DOCUMENT = register_bucket(
    Bucket(
        name="admissions.document",
        label="Documents of applicants",
        types=PICTURES | {PDF},
        max_bytes=10 * MEGABYTE,
        # Whoever holds the application's link; the service asks.
        upload_permission="",
        view_permission=permissions.VIEW_APPLICATIONS,
    )
)
