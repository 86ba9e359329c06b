"""What is stored, for whom, and what became of it. The content itself lies in the file store."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.models import TenantModel


class StoredFile(TenantModel):
    """One file, as it was taken. A new version is a new row; a removed one keeps its row.

    Rows of restricted buckets are seen only with the grant of their kind (second row policy, migration 0002).
    """

    class Scan(models.TextChoices):
        NOT_SCANNED = "NOT_SCANNED", _("Not scanned: no scanner is connected")
        CLEAN = "CLEAN", _("Scanned, nothing found")
        OWN = "OWN", _("Made by Rollbook")

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "bucket", "grant_kind", "name", "content_type", "size_bytes", "sha256", "storage_key", "scan",
        "subject_type", "subject_id", "uploaded_by", "created_at",
    )  # fmt: skip

    bucket = models.CharField(max_length=60)
    grant_kind = models.CharField(max_length=50, blank=True, help_text="The grant that a reader needs; empty for none.")
    name = models.CharField(max_length=200, help_text="As people know it; says nothing about what it is.")
    content_type = models.CharField(max_length=100, help_text="What the content is.")
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=160)
    scan = models.CharField(max_length=12, choices=Scan.choices)
    #: The record that it belongs to, such as ("people.person", id).
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.UUIDField(null=True)
    uploaded_by = models.UUIDField(null=True, help_text="The user; empty for the system.")
    keep_until = models.DateField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.UUIDField(null=True)
    removed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="files_storage_key_unique", fields=["organisation", "storage_key"]),
            models.CheckConstraint(name="files_stored_size", condition=Q(size_bytes__gt=0)),
            models.CheckConstraint(name="files_stored_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="files_removed_with_reason", condition=Q(removed_at__isnull=True) | ~Q(removed_reason="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="files_stored_subject", fields=["organisation", "subject_id", "created_at"]),
            models.Index(name="files_stored_by_day", fields=["organisation", "created_at", "id"]),
            models.Index(
                name="files_stored_to_remove",
                fields=["organisation", "keep_until"],
                condition=Q(keep_until__isnull=False, removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_removed(self) -> bool:
        """Whether its content is gone, or about to be."""
        return self.removed_at is not None
