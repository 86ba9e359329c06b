"""Requests for a second person's decision."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.models import TenantModel


class ApprovalRequest(TenantModel):
    """An act that waits for a second person. What is proposed never changes; only the decision is added."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("Waiting")
        APPROVED = "APPROVED", _("Approved")
        RETURNED = "RETURNED", _("Returned")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        EXPIRED = "EXPIRED", _("Expired")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.APPROVED, State.RETURNED, State.WITHDRAWN, State.EXPIRED}),
        State.APPROVED: frozenset(),
        State.RETURNED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.EXPIRED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "kind", "target_type", "target_id", "reason", "payload",
        "proposed_by", "proposed_job", "proposed_impersonator_id", "is_exclusive", "expires_at",
    )  # fmt: skip

    kind = models.CharField(max_length=100)
    target_type = models.CharField(max_length=100)
    target_id = models.UUIDField()
    reason = models.TextField()
    #: Arguments of the act as ids and numbers; the executor reads the rest under lock.
    payload = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_job = models.CharField(max_length=200, blank=True)
    proposed_impersonator_id = models.UUIDField(null=True)
    #: Only one open request of this kind for this target.
    is_exclusive = models.BooleanField(default=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="approvals_two_people",
                condition=Q(decided_by__isnull=True)
                | Q(state="WITHDRAWN")
                | (
                    (Q(proposed_by__isnull=True) | ~Q(decided_by=F("proposed_by")))
                    & (Q(proposed_impersonator_id__isnull=True) | ~Q(decided_by=F("proposed_impersonator_id")))
                ),
            ),
            models.CheckConstraint(
                name="approvals_somebody_proposed",
                condition=Q(proposed_by__isnull=False) | ~Q(proposed_job=""),
            ),
            models.CheckConstraint(
                name="approvals_decision_is_whole",
                condition=Q(state="PROPOSED", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="EXPIRED", decided_by__isnull=True, decided_at__isnull=False)
                | Q(
                    state__in=["APPROVED", "RETURNED", "WITHDRAWN"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="approvals_one_open_request",
                fields=["organisation", "kind", "target_id"],
                condition=Q(state="PROPOSED", is_exclusive=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="approvals_queue", fields=["organisation", "state", "created_at"]),
            models.Index(name="approvals_target", fields=["organisation", "target_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    def is_of(self, user_id: UUID | None) -> bool:
        """Tell whether a user proposed it, as themselves or as somebody else."""
        return user_id is not None and user_id in (self.proposed_by_id, self.proposed_impersonator_id)

    def may_become(self, state: str) -> bool:
        """Tell whether the request may move to another state."""
        return state in self.TRANSITIONS[self.state]
