"""Buckets: the rules for one kind of file. A room declares its own beside its models.

PROOF = register_bucket(Bucket(
    name="college.fees.proof", label="Proofs of payment", types=PICTURES | {PDF}, max_bytes=10 * MEGABYTE,
    upload_permission=permissions.SEND_PROOF, view_permission=permissions.VIEW_PROOFS, grant="payment_proof"))
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rollbook.core.permissions.actor import Actor

MEGABYTE = 1024 * 1024
#: A file is checked in memory, so no bucket takes more than this.
MOST_BYTES = 50 * MEGABYTE

JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = "application/zip"
TEXT = "text/plain"
PICTURES = frozenset({JPEG, PNG, WEBP, GIF})
KNOWN_TYPES = PICTURES | {PDF, XLSX, DOCX, ZIP, TEXT}

#: Pictures of more pixels than this are refused before they are unpacked.
MOST_PIXELS = 60_000_000

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")


@dataclass(frozen=True, slots=True)
class PictureBounds:
    """Pictures are drawn anew within these sides: smaller, and without what cameras write into them."""

    width: int = 2400
    height: int = 2400
    quality: int = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The rules for one kind of file."""

    name: str
    label: str
    types: frozenset[str]
    max_bytes: int
    #: Asked of whoever uploads; "" leaves the question to the room that calls `store`.
    upload_permission: str
    #: Asked of whoever reads; "" leaves it to `may_view`.
    view_permission: str
    #: Restricted files: the kind of grant that a reader needs. Every read of one leaves an entry.
    grant: str = ""
    #: What else lets somebody read a file, such as that it is their own.
    may_view: Callable[[Actor, Any], bool] | None = field(default=None, compare=False)
    picture: PictureBounds = PictureBounds()
    #: How much an archive or spreadsheet may unpack to.
    max_unpacked_bytes: int = 200 * MEGABYTE
    #: Removed this many days after upload; None keeps them for as long as their record.
    keep_days: int | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether every read is written down and needs a grant."""
        return bool(self.grant)


_buckets: dict[str, Bucket] = {}


def register_bucket(bucket: Bucket) -> Bucket:
    """Declare a bucket; twice the same is once."""
    if not _NAME.match(bucket.name):
        raise ValueError(f"A bucket is named like college.fees.proof, not {bucket.name!r}.")
    if unknown := sorted(bucket.types - KNOWN_TYPES):
        raise ValueError(f"The bucket {bucket.name} takes types that nobody checks: {', '.join(unknown)}.")
    if not 0 < bucket.max_bytes <= MOST_BYTES:
        raise ValueError(f"The bucket {bucket.name} takes between 1 byte and {MOST_BYTES // MEGABYTE} MB.")
    if _buckets.setdefault(bucket.name, bucket) != bucket:
        raise ValueError(f"The bucket {bucket.name} is declared twice, differently.")
    return _buckets[bucket.name]


def bucket_named(name: str) -> Bucket | None:
    """The bucket of that name, if this installation has it."""
    return _buckets.get(name)


def buckets() -> dict[str, Bucket]:
    """Every declared bucket by name."""
    return dict(_buckets)


def every_grant() -> frozenset[str]:
    """The kinds of grants that restricted buckets ask for."""
    return frozenset(bucket.grant for bucket in _buckets.values() if bucket.grant)
