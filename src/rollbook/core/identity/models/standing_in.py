"""Acting as somebody else, on the record: impersonation by administrators, support access by platform staff.

The rows are append-only. Who ended a stay, and when, is a row of its own.
"""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from rollbook.core import clock
from rollbook.core.identity.models.users import Membership, User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class Impersonation(TenantModel):
    """An administrator sees and does what one member can, for at most 30 minutes and with a reason."""

    append_only = True

    impersonator = TenantForeignKey(Membership)
    member = TenantForeignKey(Membership)
    reason = models.CharField(max_length=500)
    began_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="identity_impersonation_has_a_reason",
                condition=GreaterThanOrEqual(Length("reason"), 10),
            ),
            models.CheckConstraint(
                name="identity_impersonation_at_most_30_minutes",
                condition=Q(ends_at__lte=F("began_at") + timedelta(minutes=30)),
            ),
            models.CheckConstraint(name="identity_impersonation_of_another", condition=~Q(impersonator=F("member"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="identity_impersonation_by_time", fields=["organisation", "-began_at"]),
        ]

    def __str__(self) -> str:
        return f"impersonation {self.id}"


class ImpersonationEnd(TenantModel):
    """The moment somebody ended an impersonation before its time."""

    append_only = True

    impersonation = TenantForeignKey(Impersonation)
    ended_at = models.DateTimeField(default=clock.now)
    ended_by_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="identity_impersonationend_once", fields=["organisation", "impersonation"]),
        ]

    def __str__(self) -> str:
        return f"end of {self.impersonation_id}"


class SupportAccess(TenantModel):
    """Platform staff look into an organisation, for at most 60 minutes and with a reason it can read."""

    append_only = True

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    began_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="identity_supportaccess_has_a_reason",
                condition=GreaterThanOrEqual(Length("reason"), 10),
            ),
            models.CheckConstraint(
                name="identity_supportaccess_at_most_60_minutes",
                condition=Q(ends_at__lte=F("began_at") + timedelta(minutes=60)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="identity_supportaccess_by_time", fields=["organisation", "-began_at"]),
        ]

    def __str__(self) -> str:
        return f"support access {self.id}"


class SupportAccessEnd(TenantModel):
    """The moment somebody ended a support access before its time."""

    append_only = True

    access = TenantForeignKey(SupportAccess)
    ended_at = models.DateTimeField(default=clock.now)
    ended_by_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="identity_supportaccessend_once", fields=["organisation", "access"]),
        ]

    def __str__(self) -> str:
        return f"end of {self.access_id}"
