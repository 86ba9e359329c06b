"""Reaching the file store: a folder of this machine or an S3-compatible bucket, by Django's STORAGES."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages


class LocalFiles(FileSystemStorage):
    """A folder, written so that a file whose row is committed survives a power cut."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
        path = self.path(saved)
        for place in (path, os.path.dirname(path)):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return saved


def store() -> Storage:
    """The file store of this installation."""
    return storages["default"]


def key_of(organisation_id: UUID, bucket: str, file_id: UUID) -> str:
    """Where a file lies: by organisation, bucket and month, under its own id."""
    return f"{organisation_id}/{bucket}/{moment_of(file_id):%Y-%m}/{file_id}"


def moment_of(file_id: UUID) -> datetime:
    """When an id was made; version 7 carries its milliseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=file_id.int >> 80)


def put(key: str, content: bytes) -> None:
    """Write a file that is not there yet."""
    saved = store().save(key, ContentFile(content))
    if saved != key:
        store().delete(saved)
        raise FileExistsError(f"{key} lies in the file store already.")


def get(key: str) -> bytes:
    """Read a whole file."""
    with store().open(key, "rb") as stream:
        content: bytes = stream.read()
    return content
