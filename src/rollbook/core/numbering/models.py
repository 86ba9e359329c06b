"""The last number given in each series."""

from typing import ClassVar

from django.db import models

from rollbook.core.tenancy.models import TenantModel


class NumberSeries(TenantModel):
    """One series, such as "receipt:MAIN:2026". Its row is the lock of everybody who takes a number."""

    key = models.CharField(max_length=120)
    last_value = models.BigIntegerField()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "number series"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="numbering_series_key_unique", fields=["organisation", "key"]),
            models.CheckConstraint(name="numbering_series_counts_up", condition=models.Q(last_value__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.last_value}"
