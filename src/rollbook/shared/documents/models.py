"""Papers that were issued: what they say, frozen, and whether they are still good."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.people.models import Person


class Document(TenantModel):
    """One issued paper. What it says never changes: a correction is a new paper that points back."""

    class State(models.TextChoices):
        ISSUED = "ISSUED", _("In force")
        REVOKED = "REVOKED", _("Revoked")
        REISSUED = "REISSUED", _("Replaced")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.ISSUED: frozenset({State.REVOKED, State.REISSUED}),
        State.REVOKED: frozenset({State.REISSUED}),
        State.REISSUED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "kind", "title", "number", "code", "person", "subject_type", "subject_id", "snapshot", "sha256",
        "issued_at", "issued_on", "issued_by", "replaces", "created_at",
    )  # fmt: skip

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    number = models.CharField(max_length=40, blank=True)
    #: By which anybody can ask whether the paper is genuine.
    code = models.CharField(max_length=24, blank=True)
    #: Whom it is about.
    person = TenantForeignKey(Person, null=True)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.UUIDField(null=True)
    snapshot = models.JSONField()
    #: Of the snapshot in its canonical form.
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_on = models.DateField(help_text="The organisation's local day.")
    issued_by = models.UUIDField(null=True, help_text="The user; empty for the system.")
    replaces = TenantForeignKey("self", null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ISSUED)
    state_reason = models.CharField(max_length=500, blank=True)
    state_at = models.DateTimeField(null=True)
    state_by = models.UUIDField(null=True)
    reissued_by = TenantForeignKey("self", null=True)
    #: How often it was printed; every print after the first says which copy it is.
    prints = models.PositiveIntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="documents_number_unique", fields=["organisation", "kind", "number"], condition=~Q(number="")
            ),
            models.UniqueConstraint(
                name="documents_code_unique", fields=["organisation", "code"], condition=~Q(code="")
            ),
            models.CheckConstraint(name="documents_has_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="documents_state_with_reason", condition=Q(state="ISSUED") | ~Q(state_reason="")
            ),
            models.CheckConstraint(
                name="documents_replaced_by_another",
                condition=(Q(state="REISSUED") & Q(reissued_by__isnull=False) & ~Q(reissued_by=F("id")))
                | (~Q(state="REISSUED") & Q(reissued_by__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="documents_by_day", fields=["organisation", "issued_at", "id"]),
            models.Index(name="documents_of_person", fields=["organisation", "person", "issued_at"]),
            models.Index(name="documents_of_subject", fields=["organisation", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()
