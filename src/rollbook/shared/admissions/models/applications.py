"""An application, from the first word typed to the place it led to."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.people.rules import NAME_LENGTH, Name, full_name, roll_name


class Application(TenantModel):
    """Somebody who asks for a place in one intake. Before it is sent it is a draft that only its link opens."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Being written")
        SUBMITTED = "SUBMITTED", _("Submitted")
        INCOMPLETE = "INCOMPLETE", _("Incomplete")
        ADMITTED = "ADMITTED", _("Admitted")
        REJECTED = "REJECTED", _("Rejected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        CONVERTED = "CONVERTED", _("Has a place")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.INCOMPLETE, State.ADMITTED, State.REJECTED, State.WITHDRAWN}),
        State.INCOMPLETE: frozenset({State.SUBMITTED, State.ADMITTED, State.REJECTED, State.WITHDRAWN}),
        State.ADMITTED: frozenset({State.CONVERTED}),
        State.REJECTED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.CONVERTED: frozenset(),
    }
    #: One of these per address and intake.
    LIVE: ClassVar[frozenset[str]] = frozenset({State.SUBMITTED, State.INCOMPLETE, State.ADMITTED, State.CONVERTED})
    #: Waiting for a decision.
    OPEN: ClassVar[frozenset[str]] = frozenset({State.SUBMITTED, State.INCOMPLETE})

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at")

    #: Given when it is sent, so that drafts that nobody sends use up no numbers.
    reference = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    #: How the applicant comes, one of the scheme's kinds.
    kind = models.CharField(max_length=20, blank=True)
    #: What is applied for and for when: rows of the system, such as a programme and a term.
    choice_id = models.UUIDField(null=True)
    intake_id = models.UUIDField(null=True)

    family_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    given_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    middle_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    suffix = models.CharField(max_length=20, blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    government_id = models.CharField(max_length=60, blank=True, help_text="A number that a government gave.")
    government_key = models.CharField(max_length=60, blank=True, db_collation="C", editable=False)
    address_line = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=120, blank=True)
    province = models.CharField(max_length=120, blank=True)
    #: What else the system asks, by the keys of its scheme. Money is whole minor units.
    facts = models.JSONField(default=dict)
    #: The name as people's records compare it.
    search_key = models.CharField(max_length=600, blank=True, db_collation="C", editable=False)
    is_age_confirmed = models.BooleanField(default=False)

    #: SHA-256 of the secret in the applicant's link. The secret itself is kept nowhere.
    token_digest = models.CharField(max_length=64)
    #: The address to which a one-time code was sent and came back.
    email_proved_at = models.DateTimeField(null=True)
    consent_version = models.CharField(max_length=40, blank=True)
    consented_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decision_reason = models.CharField(max_length=500, blank=True)
    #: Somebody on the roll whom this applicant turned out to be, or became.
    person = TenantForeignKey("people.Person", null=True)
    #: A person looked at the possible doubles and said that this is somebody else.
    is_distinct = models.BooleanField(default=False)
    #: The application of the same person that goes on.
    duplicate_of = TenantForeignKey("self", null=True)
    #: The place that the conversion made, such as a student.
    result_type = models.CharField(max_length=60, blank=True)
    result_id = models.UUIDField(null=True)
    converted_at = models.DateTimeField(null=True)
    #: A draft that nobody sent was emptied: whoever wrote it is forgotten.
    forgotten_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="admissions_reference_unique", fields=["organisation", "reference"], condition=~Q(reference="")
            ),
            models.UniqueConstraint(name="admissions_token_unique", fields=["organisation", "token_digest"]),
            # One live application per address and intake, whoever comes first.
            models.UniqueConstraint(
                "organisation", Lower("email"), "intake_id",
                name="admissions_one_live", condition=Q(state__in=["SUBMITTED", "INCOMPLETE", "ADMITTED", "CONVERTED"]),
            ),
            models.CheckConstraint(
                name="admissions_sent_is_whole",
                condition=Q(state="DRAFT")
                | Q(
                    ~Q(reference=""), ~Q(email=""), ~Q(consent_version=""), ~Q(kind=""), choice_id__isnull=False,
                    intake_id__isnull=False, submitted_at__isnull=False, consented_at__isnull=False,
                    email_proved_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="admissions_converted_has_result",
                condition=~Q(state="CONVERTED") | Q(result_id__isnull=False, converted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="admissions_rejected_with_reason", condition=~Q(state="REJECTED") | ~Q(decision_reason="")
            ),
            models.CheckConstraint(
                name="admissions_not_own_duplicate", condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id"))
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="admissions_by_state", fields=["organisation", "state", "submitted_at", "id"]),
            models.Index(name="admissions_newest", fields=["organisation", "-submitted_at", "id"]),
            models.Index(name="admissions_by_name", fields=["organisation", "search_key", "birth_date"]),
            models.Index(name="admissions_by_email", fields=["organisation", "email"]),
            models.Index(
                name="admissions_old_drafts", fields=["organisation", "updated_at", "id"],
                condition=Q(state="DRAFT", forgotten_at__isnull=True),
            ),
            models.Index(
                name="admissions_by_government", fields=["organisation", "government_key"],
                condition=~Q(government_key=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference or f"draft {self.id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the application may move to another state."""
        return state in self.TRANSITIONS[self.state]

    @property
    def name(self) -> Name:
        """The parts of the name together."""
        return Name(self.family_name, self.given_name, self.middle_name, self.suffix)

    @property
    def full_name(self) -> str:
        """As one is addressed."""
        return full_name(self.name)

    @property
    def roll_name(self) -> str:
        """As lists are sorted."""
        return roll_name(self.name)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether a decision is still to come."""
        return self.state in self.OPEN
