"""Taking a file: looked at, drawn anew if it is a picture, scanned, written to the store, then to the database.

In this order a crash leaves at most a file without a row, which the nightly sweep removes; never a row without a file.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO
from uuid import UUID

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.files import inspection, storage
from rollbook.shared.files.buckets import DOCX, PDF, PICTURES, XLSX, ZIP, Bucket
from rollbook.shared.files.errors import (
    FileEmpty,
    FileIsAProgram,
    FileTooLarge,
    FileTypeNotTaken,
)
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.pictures import draw_anew
from rollbook.shared.files.scanning import scan

_ARCHIVES = frozenset({XLSX, DOCX, ZIP})

#: What a file belongs to: the name of a table and the id of a row.
Subject = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file in the form in which it is stored."""

    content: bytes
    content_type: str
    name: str
    scan: str


def store_upload(
    actor: Actor, *, bucket: Bucket, content: IO[bytes] | bytes, name: str, subject: Subject | None = None
) -> StoredFile:
    """Take a file that somebody sent, if it is what its bucket takes."""
    if bucket.upload_permission:
        actor.require(bucket.upload_permission)
    stored = _write(actor, bucket, check_upload(bucket, content, name), subject)
    record(
        actor,
        "files.stored",
        stored,
        bucket=bucket.name,
        content_type=stored.content_type,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
    )
    return stored


def keep_paper(
    actor: Actor, *, bucket: Bucket, content: bytes, content_type: str, name: str, subject: Subject | None = None
) -> StoredFile:
    """Keep a paper that Rollbook made itself. The act that made it is what is audited."""
    checked = Checked(content, content_type, _clean_name(name, content_type), StoredFile.Scan.OWN)
    return _write(actor, bucket, checked, subject)


def check_upload(bucket: Bucket, content: IO[bytes] | bytes, name: str) -> Checked:
    """Look at a file and refuse what its bucket does not take; nothing is stored."""
    raw = content if isinstance(content, bytes) else content.read(bucket.max_bytes + 1)
    if not raw:
        raise FileEmpty
    if len(raw) > bucket.max_bytes:
        raise FileTooLarge(limit=inspection.size_words(bucket.max_bytes))
    content_type = _type_taken(bucket, raw)
    verdict = scan(raw, _clean_name(name, content_type), content_type)
    if content_type in PICTURES:
        drawn = draw_anew(raw, content_type, bucket.picture)
        raw, content_type = drawn.content, drawn.content_type
    elif content_type == PDF:
        inspection.check_pdf(raw)
    elif content_type in _ARCHIVES:
        inspection.check_archive(raw, most_bytes=bucket.max_unpacked_bytes)
    return Checked(raw, content_type, _clean_name(name, content_type), verdict)


def _type_taken(bucket: Bucket, raw: bytes) -> str:
    seen = inspection.look_at(raw)
    allowed = inspection.allowed_words(bucket.types)
    if seen.is_program:
        raise FileIsAProgram(found=seen.words, allowed=allowed)
    if seen.content_type not in bucket.types:
        raise FileTypeNotTaken(found=seen.words, allowed=allowed)
    return seen.content_type


def _clean_name(name: str, content_type: str) -> str:
    """The last part of the name, without what hides or confuses, with the ending of what the file is."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in base if unicodedata.category(character)[0] != "C")
    stem, dot, ending = kept.rpartition(".")
    wanted = inspection.EXTENSIONS.get(content_type, "")
    text_ending = content_type == "text/plain" and ending.lower() in {"csv", "txt", "tsv"}
    ending = ending.lower() if text_ending else wanted
    stem = " ".join((stem if dot else kept).split()).strip(". ") or "file"
    return f"{stem[: 199 - len(ending)]}.{ending}" if ending else stem[:200]


def _write(actor: Actor, bucket: Bucket, checked: Checked, subject: Subject | None) -> StoredFile:
    file_id = ids.new_id()
    now = clock.now()
    key = storage.key_of(actor.organisation_id, bucket.name, file_id)
    storage.put(key, checked.content)
    # Whoever hands in a restricted file need not be among those who may read it.
    with tenant_scope(actor.organisation_id, grants={bucket.grant} - {""}):
        return StoredFile.objects.create(
            id=file_id,
            bucket=bucket.name,
            grant_kind=bucket.grant,
            name=checked.name,
            content_type=checked.content_type,
            size_bytes=len(checked.content),
            sha256=hashlib.sha256(checked.content).hexdigest(),
            storage_key=key,
            scan=checked.scan,
            subject_type=subject[0] if subject else "",
            subject_id=subject[1] if subject else None,
            uploaded_by=actor.user_id,
            keep_until=_keep_until(bucket, now),
            created_at=now,
        )


def _keep_until(bucket: Bucket, now: datetime) -> date | None:
    if bucket.keep_days is None:
        return None
    return organisation_in_scope().local_date(now) + timedelta(days=bucket.keep_days)
