"""How we talk with an applicant: notices by mail, one-time codes, appointments."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.admissions.models.applications import Application


class Notice(TenantModel):
    """A mail that is owed to an applicant. The job that sends it takes its id; words and address are read here."""

    class Kind(models.TextChoices):
        CODE = "CODE", _("One-time code")
        RESUME = "RESUME", _("Link to go on")
        RECEIVED = "RECEIVED", _("Application received")
        STANDS_ALREADY = "STANDS_ALREADY", _("There is an application already")
        INCOMPLETE = "INCOMPLETE", _("Something is missing")
        ADMITTED = "ADMITTED", _("Admitted")
        REJECTED = "REJECTED", _("Not admitted")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        APPOINTMENT = "APPOINTMENT", _("Appointment")

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "kind", "application")

    kind = models.CharField(max_length=14, choices=Kind.choices)
    #: Empty for a link that somebody asked for by address: whether it belongs to an application is found when mailing.
    application = TenantForeignKey(Application, null=True)
    address = models.CharField(max_length=254)
    facts = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="admissions_notice_of", fields=["organisation", "application", "created_at"]),
            models.Index(name="admissions_notice_by_day", fields=["organisation", "created_at"]),
        ]

    def __str__(self) -> str:
        return self.kind


class OneTimeCode(TenantModel):
    """Six digits that prove who reads a mailbox: ten minutes, five tries, one use. Kept as a keyed digest."""

    application = TenantForeignKey(Application)
    address = models.CharField(max_length=254)
    #: Empty until the mail goes out: the digits are made at that moment.
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="admissions_code_one", fields=["organisation", "application"]),
            models.CheckConstraint(name="admissions_code_tries", condition=Q(tries__lte=5)),
        ]

    def __str__(self) -> str:
        return f"code for {self.application_id}"


class Appointment(TenantModel):
    """When an applicant comes: a test, an interview, a visit."""

    class Kind(models.TextChoices):
        TEST = "TEST", _("Entrance test")
        INTERVIEW = "INTERVIEW", _("Interview")
        VISIT = "VISIT", _("Visit")

    class State(models.TextChoices):
        SET = "SET", _("Set")
        ATTENDED = "ATTENDED", _("Attended")
        MISSED = "MISSED", _("Did not come")
        CANCELLED = "CANCELLED", _("Cancelled")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.SET: frozenset({State.ATTENDED, State.MISSED, State.CANCELLED}),
        State.ATTENDED: frozenset(),
        State.MISSED: frozenset(),
        State.CANCELLED: frozenset(),
    }

    application = TenantForeignKey(Application, related_name="appointments")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    starts_at = models.DateTimeField()
    #: The local day of the institution, by which the day's list is kept.
    local_day = models.DateField()
    minutes = models.PositiveSmallIntegerField(default=30)
    place = models.CharField(max_length=160)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SET)
    outcome = models.CharField(max_length=500, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="admissions_appointment_one_set", fields=["organisation", "application", "kind"],
                condition=Q(state="SET"),
            ),
            models.CheckConstraint(name="admissions_appointment_length", condition=Q(minutes__gte=5, minutes__lte=480)),
            models.CheckConstraint(name="admissions_appointment_place", condition=~Q(place="")),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="admissions_appointment_day", fields=["organisation", "local_day", "starts_at"]),
            models.Index(name="admissions_appointment_of", fields=["organisation", "application"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"

    def may_become(self, state: str) -> bool:
        """Tell whether the appointment may move to another state."""
        return state in self.TRANSITIONS[self.state]
