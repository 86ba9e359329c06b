"""Sponsors: who pays for students, for whom, how much of it, and what they have paid."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.enrolment.models import TermEnrolment


class Sponsor(TenantModel):
    """A company, agency or person that pays for students."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "code")

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=160)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("code"), name="college_sponsor_code_unique"),
            models.CheckConstraint(name="college_sponsor_has_words", condition=~Q(code="") & ~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.code


class Sponsorship(TenantModel):
    """A sponsor answers for a part of one student's term. What it answers for covers months, in their order."""

    class Share(models.TextChoices):
        FULL = "FULL", _("Everything")
        PERCENT = "PERCENT", _("Percent")
        FIXED = "FIXED", _("Fixed amount")

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", _("Runs")
        ENDED = "ENDED", _("Ended")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.ACTIVE: frozenset({State.ENDED}),
        State.ENDED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "sponsor", "term_enrolment", "share", "percent", "amount_minor",
        "letter", "requested_by", "approved_by",
    )  # fmt: skip

    sponsor = TenantForeignKey(Sponsor, related_name="sponsorships")
    term_enrolment = TenantForeignKey(TermEnrolment, related_name="sponsorships")
    share = models.CharField(max_length=7, choices=Share.choices)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    amount_minor = models.BigIntegerField(null=True)
    #: The number of the sponsor's letter of guarantee.
    letter = models.CharField(max_length=100)
    requested_by = models.UUIDField()
    approved_by = models.UUIDField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_sponsorship_one_runs",
                fields=["organisation", "term_enrolment"],
                condition=Q(state="ACTIVE"),
            ),
            models.CheckConstraint(
                name="college_sponsorship_share",
                condition=Q(share="FULL", percent__isnull=True, amount_minor__isnull=True)
                | Q(share="PERCENT", percent__isnull=False, percent__gt=0, percent__lte=100, amount_minor__isnull=True)
                | Q(share="FIXED", amount_minor__isnull=False, amount_minor__gt=0, percent__isnull=True),
            ),
            models.CheckConstraint(name="college_sponsorship_two_people", condition=~Q(requested_by=F("approved_by"))),
            models.CheckConstraint(
                name="college_sponsorship_ended", condition=Q(state="ACTIVE") | Q(ended_at__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_sponsorship_by_sponsor", fields=["organisation", "sponsor", "term_enrolment"]),
        ]

    def __str__(self) -> str:
        return f"{self.sponsor_id} for {self.term_enrolment_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the sponsorship may move to another state."""
        return state in self.TRANSITIONS[self.state]


class SponsorPayment(TenantModel):
    """A payment on a student's plan that came from the sponsor."""

    append_only: ClassVar[bool] = True

    sponsorship = TenantForeignKey(Sponsorship, related_name="payments")
    payment = TenantForeignKey("billing.Payment")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_sponsorpayment_unique", fields=["organisation", "payment"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_sponsorpayment_by_one", fields=["organisation", "sponsorship"]),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}"
