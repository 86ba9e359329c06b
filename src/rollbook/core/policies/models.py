"""The values a setting has had."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.models import TenantModel


class PolicyVersion(TenantModel):
    """One value of one setting from a moment on. A change is a new version; nothing is edited."""

    class AppliesTo(models.TextChoices):
        FUTURE = "FUTURE", _("What happens from then on")
        RETROACTIVE = "RETROACTIVE", _("What stands already, too")

    key = models.CharField(max_length=100)
    #: 1, 2, 3… of this key: two changes at the same moment cannot both be number 5.
    number = models.IntegerField()
    value = models.JSONField()
    before = models.JSONField()
    effective_from = models.DateTimeField()
    applies_to = models.CharField(max_length=12, choices=AppliesTo.choices, default=AppliesTo.FUTURE)
    reason = models.TextField()
    author_id = models.UUIDField(null=True)
    job = models.CharField(max_length=200, blank=True)

    append_only: ClassVar[bool] = True

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="policies_number_unique", fields=["organisation", "key", "number"]),
            models.CheckConstraint(name="policies_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="policies_has_author", condition=models.Q(author_id__isnull=False) | ~models.Q(job="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"
