"""Discounts and scholarships: the kinds the college gives, and to whom two people gave them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.enrolment.models import TermEnrolment


class Method(models.TextChoices):
    """How a part of a sum is said."""

    PERCENT = "PERCENT", _("Percent")
    FIXED = "FIXED", _("Fixed amount")


_PERCENT_OR_FIXED = Q(
    method="PERCENT", percent__isnull=False, percent__gt=0, percent__lte=100, amount_minor__isnull=True
) | Q(method="FIXED", amount_minor__isnull=False, amount_minor__gt=0, percent__isnull=True)


class Discount(TenantModel):
    """A discount or scholarship as the college offers it."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "code")

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    method = models.CharField(max_length=7, choices=Method.choices)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    amount_minor = models.BigIntegerField(null=True)
    #: The categories of charges it lowers; none named: all of them.
    categories = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    #: Several discounts of one student are taken off in this order, each from what the one before left.
    position = models.PositiveSmallIntegerField(default=100)
    #: It never takes off more than this.
    cap_minor = models.BigIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("code"), name="college_discount_code_unique"),
            models.CheckConstraint(name="college_discount_has_words", condition=~Q(code="") & ~Q(name="")),
            models.CheckConstraint(name="college_discount_measure", condition=_PERCENT_OR_FIXED),
            models.CheckConstraint(
                name="college_discount_cap", condition=Q(cap_minor__isnull=True) | Q(cap_minor__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class DiscountGrant(TenantModel):
    """A discount that two people gave one student for one term, as it was measured that day."""

    class State(models.TextChoices):
        GRANTED = "GRANTED", _("Given")
        ENDED = "ENDED", _("Ended")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.GRANTED: frozenset({State.ENDED}),
        State.ENDED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "term_enrolment", "discount", "code", "name", "method", "percent",
        "amount_minor", "categories", "position", "cap_minor", "reason", "requested_by", "approved_by",
    )  # fmt: skip

    term_enrolment = TenantForeignKey(TermEnrolment, related_name="discount_grants")
    discount = TenantForeignKey(Discount)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    method = models.CharField(max_length=7, choices=Method.choices)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    amount_minor = models.BigIntegerField(null=True)
    categories = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    position = models.PositiveSmallIntegerField()
    cap_minor = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500)
    requested_by = models.UUIDField()
    approved_by = models.UUIDField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.GRANTED)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_grant_once",
                fields=["organisation", "term_enrolment", "discount"],
                condition=Q(state="GRANTED"),
            ),
            models.CheckConstraint(name="college_grant_measure", condition=_PERCENT_OR_FIXED),
            models.CheckConstraint(name="college_grant_two_people", condition=~Q(requested_by=F("approved_by"))),
            models.CheckConstraint(
                name="college_grant_ended", condition=Q(state="GRANTED") | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} for {self.term_enrolment_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the grant may move to another state."""
        return state in self.TRANSITIONS[self.state]
