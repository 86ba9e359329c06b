"""The files that this room takes and makes."""

from rollbook.shared.files.buckets import MEGABYTE, PDF, TEXT, Bucket, register_bucket
from rollbook.systems.college.fees import permissions

BANK_FILES = register_bucket(
    Bucket(
        name="college.fees.bank_file",
        label="Bank files of payments",
        types=frozenset({TEXT}),
        max_bytes=20 * MEGABYTE,
        upload_permission=permissions.IMPORT_PAYMENTS,
        view_permission=permissions.IMPORT_PAYMENTS,
    )
)
RECEIPTS = register_bucket(
    Bucket(
        name="college.fees.receipt",
        label="Receipts",
        types=frozenset({PDF}),
        max_bytes=MEGABYTE,
        upload_permission="",
        view_permission=permissions.SEE_ACCOUNTS,
    )
)
