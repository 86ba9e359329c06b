"""The papers of an application, and the checklist that says which are wanted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.admissions.models.applications import Application


class ApplicationDocument(TenantModel):
    """One paper as it was sent. Sent again it is a new version; the older ones stay as evidence."""

    class State(models.TextChoices):
        UPLOADED = "UPLOADED", _("To be checked")
        VERIFIED = "VERIFIED", _("Verified")
        REJECTED = "REJECTED", _("Rejected")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.UPLOADED: frozenset({State.VERIFIED, State.REJECTED}),
        State.VERIFIED: frozenset({State.REJECTED}),
        State.REJECTED: frozenset({State.VERIFIED}),
    }

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "application", "type", "number", "file",
    )  # fmt: skip

    application = TenantForeignKey(Application, related_name="documents")
    #: The key of the checklist.
    type = models.CharField(max_length=40)
    #: 1 for the first that was sent, 2 for the next.
    number = models.PositiveSmallIntegerField()
    file = TenantForeignKey("files.StoredFile")
    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    reason = models.CharField(max_length=500, blank=True)
    #: The newest version of its type.
    is_current = models.BooleanField(default=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="admissions_document_version", fields=["organisation", "application", "type", "number"]
            ),
            models.UniqueConstraint(
                name="admissions_document_one_current", fields=["organisation", "application", "type"],
                condition=Q(is_current=True),
            ),
            models.CheckConstraint(
                name="admissions_document_rejected_why", condition=~Q(state="REJECTED") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="admissions_document_checked_when", condition=Q(state="UPLOADED") | Q(checked_at__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.type} {self.number}"

    def may_become(self, state: str) -> bool:
        """Tell whether the paper may move to another state."""
        return state in self.TRANSITIONS[self.state]


class ChecklistItem(TenantModel):
    """A paper that applicants of one kind bring here. An institution without rows uses the list of its system."""

    kind = models.CharField(max_length=20)
    type = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    is_required = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="admissions_checklist_unique", fields=["organisation", "kind", "type"]),
            models.CheckConstraint(name="admissions_checklist_words", condition=~Q(label="") & ~Q(type="")),
        ]

    def __str__(self) -> str:
        return self.label
