"""Acts, reads of restricted records, and the seals over both."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.models import TenantModel


def _own_transaction() -> Func:
    return Func(template="(pg_current_xact_id()::text)::bigint", output_field=models.BigIntegerField())


class Trail(TenantModel):
    """What acts and reads have in common: who, when, from where. Partitioned by month on `at`.

    `transaction_number` is the writing transaction; sealing uses it to know that nothing older can still
    arrive. The moment stands in `at`, so the usual `created_at` is left out.
    """

    class ActorKind(models.TextChoices):
        USER = "user", _("Person")
        TOKEN = "token", _("Program")
        SYSTEM = "system", _("System")

    created_at = None  # type: ignore[assignment]
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    user_id = models.UUIDField(null=True)
    impersonator_id = models.UUIDField(null=True)
    job = models.CharField(max_length=200, blank=True)
    target_type = models.CharField(max_length=100, blank=True)
    target_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    transaction_number = models.BigIntegerField(editable=False, db_default=_own_transaction())

    append_only: ClassVar[bool] = True

    class Meta:
        abstract = True
        base_manager_name = "objects"


class AuditEntry(Trail):
    """One act, or one refused attempt at an act."""

    action = models.CharField(max_length=100)
    reason = models.TextField(blank=True)
    #: {"field": {"before": …, "after": …}} for every field that changed.
    changes = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "audit entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="audit_entry_target", fields=["organisation", "target_id", "at"]),
            models.Index(name="audit_entry_user", fields=["organisation", "user_id", "at"]),
            BrinIndex(
                name="audit_entry_transaction", fields=["organisation", "transaction_number"], autosummarize=True
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"


class AccessEntry(Trail):
    """One read of a restricted record, or of another person's data, with its purpose."""

    #: The person on the roll whose data was read, so that they can ask who did.
    person_id = models.UUIDField(null=True)
    purpose = models.TextField()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "access entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="audit_access_person", fields=["organisation", "person_id", "at"]),
            models.Index(name="audit_access_target", fields=["organisation", "target_id", "at"]),
            BrinIndex(
                name="audit_access_transaction", fields=["organisation", "transaction_number"], autosummarize=True
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} at {self.at:%Y-%m-%d %H:%M}"


class Stream(models.TextChoices):
    """What a chain of seals covers."""

    ACTS = "acts", _("Acts")
    READS = "reads", _("Reads of restricted records")


class Seal(TenantModel):
    """A batch of entries, closed: its hash covers every entry's digest and the hash of the seal before."""

    stream = models.CharField(max_length=10, choices=Stream.choices)
    number = models.BigIntegerField()
    #: How digests were made; a later way gets a new number and old seals stay verifiable.
    scheme = models.SmallIntegerField()
    #: Every entry of a transaction below this, in this cluster, is in this seal or an earlier one.
    horizon = models.BigIntegerField()
    #: The database cluster whose transaction numbers `horizon` speaks of.
    cluster = models.CharField(max_length=40)
    entry_count = models.IntegerField()
    entries_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    append_only: ClassVar[bool] = True

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="audit_seal_number_unique", fields=["organisation", "stream", "number"]),
            models.CheckConstraint(
                name="audit_seal_counts",
                condition=models.Q(number__gte=1, entry_count__gte=0, horizon__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"Seal {self.number} of {self.stream}"


class SealedEntry(TenantModel):
    """The digest under which one entry was sealed; `id` is the entry's id."""

    created_at = None  # type: ignore[assignment]
    stream = models.CharField(max_length=10, choices=Stream.choices)
    seal_number = models.BigIntegerField()
    position = models.IntegerField()
    entry_at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)

    append_only: ClassVar[bool] = True

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "sealed entries"

    def __str__(self) -> str:
        return f"{self.id} in seal {self.seal_number}"
