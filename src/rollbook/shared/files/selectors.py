"""Reading stored files: who may, and that restricted reads are written down."""

import logging
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.audit.services import record_access
from rollbook.core.errors import NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files import permissions, storage
from rollbook.shared.files.buckets import Bucket, bucket_named, buckets
from rollbook.shared.files.errors import FileRemoved
from rollbook.shared.files.models import StoredFile

log = logging.getLogger(__name__)


def stored_files(actor: Actor, *, subject_id: UUID | None = None) -> QuerySet[StoredFile]:
    """Which files are stored, newest first; without the restricted ones unless the actor holds their grant."""
    actor.require(permissions.VIEW_FILES)
    rows = StoredFile.objects.order_by("-created_at", "-id")
    return rows if subject_id is None else rows.filter(subject_id=subject_id)


def known_file(actor: Actor, file_id: UUID) -> StoredFile:
    """What is known of a file, also after it was withdrawn."""
    stored = stored_files(actor).filter(pk=file_id).first()
    if stored is None:
        raise NotFound
    return stored


def readable_file(actor: Actor, file_id: UUID) -> StoredFile:
    """A file that the actor may read. What they may not see looks like what is not there."""
    with tenant_scope(actor.organisation_id, grants=actor.grants):
        stored = StoredFile.objects.filter(pk=file_id).first()
        if stored is None:
            stored = _own_restricted(actor, file_id)
    if stored is None or not _may_read(actor, stored):
        raise NotFound
    if stored.is_removed:
        raise FileRemoved
    return stored


def _own_restricted(actor: Actor, file_id: UUID) -> StoredFile | None:
    """A restricted file that the actor may read without its grant because their room says so: it is their own."""
    for bucket in restricted_with_exceptions():
        with tenant_scope(actor.organisation_id, grants={bucket.grant}):
            stored = StoredFile.objects.filter(pk=file_id, bucket=bucket.name).first()
        if stored is not None:
            return stored
    return None


def restricted_with_exceptions() -> list[Bucket]:
    """Restricted buckets whose rooms let some people read a file without the grant."""
    return [bucket for bucket in buckets().values() if bucket.is_restricted and bucket.may_view]


def _may_read(actor: Actor, stored: StoredFile) -> bool:
    bucket = bucket_named(stored.bucket)
    if bucket is None:
        return False
    if bucket.may_view is not None and bucket.may_view(actor, stored):
        return True
    if bucket.is_restricted and bucket.grant not in actor.grants and not actor.is_system:
        return False
    return bool(bucket.view_permission) and actor.may(bucket.view_permission)


def content_of(actor: Actor, stored: StoredFile, *, purpose: str) -> bytes:
    """The content of a file. A read of a restricted one is written down with its purpose."""
    if stored.grant_kind:
        with tenant_scope(actor.organisation_id):
            record_access(actor, stored, purpose, person_id=_person_of(stored))
    return read_content(stored)


def read_content(stored: StoredFile) -> bytes:
    """The content of a file, for rooms that put it on a paper of their own."""
    try:
        return storage.get(stored.storage_key)
    except FileNotFoundError as error:
        log.exception("files.content_missing", extra={"file_id": str(stored.pk)})
        raise NotFound from error


def _person_of(stored: StoredFile) -> UUID | None:
    return stored.subject_id if stored.subject_type == "people.person" else None
