"""What students ask the registrar's desk for: a leave, a return, a withdrawal, another programme."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Term
from rollbook.systems.college.records.models.students import Student


class StatusRequest(TenantModel):
    """A leave of absence, a return from it, or a withdrawal from the college that somebody asks for.

    Granted for a day to come it waits until that day; then the status begins and the request is done.
    """

    class Kind(models.TextChoices):
        LEAVE = "LEAVE", _("Leave of absence")
        RETURN = "RETURN", _("Return from leave")
        WITHDRAWAL = "WITHDRAWAL", _("Withdrawal from the college")

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        APPROVED = "APPROVED", _("Approved")
        DONE = "DONE", _("In effect")
        DECLINED = "DECLINED", _("Declined")
        TAKEN_BACK = "TAKEN_BACK", _("Taken back")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.REQUESTED: frozenset({State.APPROVED, State.DECLINED, State.TAKEN_BACK}),
        State.APPROVED: frozenset({State.DONE, State.TAKEN_BACK}),
        State.DONE: frozenset(),
        State.DECLINED: frozenset(),
        State.TAKEN_BACK: frozenset(),
    }
    #: Something may still become of it.
    LIVE: ClassVar[frozenset[str]] = frozenset({State.REQUESTED, State.APPROVED})
    #: What the student's status becomes.
    LEADS_TO: ClassVar[dict[str, str]] = {
        Kind.LEAVE: Student.Status.LOA,
        Kind.RETURN: Student.Status.ACTIVE,
        Kind.WITHDRAWAL: Student.Status.WITHDRAWN,
    }

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "student", "kind", "from_date", "to_date", "reason", "is_confidential",
        "requested_by", "requested_on",
    )  # fmt: skip

    student = TenantForeignKey(Student, related_name="status_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_date = models.DateField()
    #: The last day of a leave; none while nobody knows it.
    to_date = models.DateField(null=True)
    reason = models.CharField(max_length=500)
    #: A medical reason: only registrars and the student read it.
    is_confidential = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    #: The local day on which it was asked for.
    requested_on = models.DateField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_statusrequest_one_live",
                fields=["organisation", "student"],
                condition=Q(state__in=["REQUESTED", "APPROVED"]),
            ),
            models.CheckConstraint(
                name="college_statusrequest_days",
                condition=Q(to_date__isnull=True) | Q(kind="LEAVE", to_date__gte=F("from_date")),
            ),
            models.CheckConstraint(name="college_statusrequest_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="college_statusrequest_decided",
                condition=Q(state__in=["REQUESTED", "TAKEN_BACK"]) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="college_statusrequest_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_statusrequest_newest", fields=["organisation", "-created_at", "id"]),
            models.Index(
                name="college_statusrequest_due", fields=["organisation", "from_date"], condition=Q(state="APPROVED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.from_date}"

    def may_become(self, state: str) -> bool:
        """Tell whether the request may move to another state."""
        return state in self.TRANSITIONS[self.state]

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE


class ProgrammeTransfer(TenantModel):
    """A student's change to another programme: asked for, endorsed by the academic side, decided by the registrar.

    It takes effect when the enrolment of its term opens. The student's programme changes in no other way.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Waits for the dean")
        ENDORSED = "ENDORSED", _("Waits for the registrar")
        APPROVED = "APPROVED", _("Approved")
        EFFECTIVE = "EFFECTIVE", _("In effect")
        DECLINED = "DECLINED", _("Declined")
        TAKEN_BACK = "TAKEN_BACK", _("Taken back")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.REQUESTED: frozenset({State.ENDORSED, State.DECLINED, State.TAKEN_BACK}),
        State.ENDORSED: frozenset({State.APPROVED, State.DECLINED, State.TAKEN_BACK}),
        State.APPROVED: frozenset({State.EFFECTIVE, State.TAKEN_BACK}),
        State.EFFECTIVE: frozenset(),
        State.DECLINED: frozenset(),
        State.TAKEN_BACK: frozenset(),
    }
    LIVE: ClassVar[frozenset[str]] = frozenset({State.REQUESTED, State.ENDORSED, State.APPROVED})

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "student", "from_programme", "from_curriculum", "to_programme",
        "effective_term", "reason", "requested_by",
    )  # fmt: skip

    student = TenantForeignKey(Student, related_name="programme_transfers")
    from_programme = TenantForeignKey(Programme, related_name="transfers_out")
    from_curriculum = TenantForeignKey(Curriculum, related_name="transfers_out", null=True)
    to_programme = TenantForeignKey(Programme, related_name="transfers_in")
    #: The version of the new programme's curriculum; said at the decision, and the database checks that it fits.
    curriculum = TenantForeignKey(Curriculum, related_name="transfers_in", null=True)
    effective_term = TenantForeignKey(Term)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    endorsed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    endorsed_at = models.DateTimeField(null=True)
    endorsement = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    #: What counts in the new curriculum and what is missing, as it stood at the decision.
    evaluation = models.JSONField(default=dict)
    effective_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_transfer_one_live",
                fields=["organisation", "student"],
                condition=Q(state__in=["REQUESTED", "ENDORSED", "APPROVED"]),
            ),
            models.CheckConstraint(
                name="college_transfer_goes_elsewhere", condition=~Q(from_programme=F("to_programme"))
            ),
            models.CheckConstraint(name="college_transfer_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="college_transfer_both_decided",
                condition=~Q(state__in=["APPROVED", "EFFECTIVE"])
                | Q(endorsed_by__isnull=False, decided_by__isnull=False, curriculum__isnull=False),
            ),
            models.CheckConstraint(
                name="college_transfer_two_people",
                condition=(Q(endorsed_by__isnull=True) | ~Q(endorsed_by=F("requested_by")))
                & (Q(decided_by__isnull=True) | Q(endorsed_by__isnull=True) | ~Q(decided_by=F("endorsed_by"))),
            ),
            models.CheckConstraint(
                name="college_transfer_effective_day",
                condition=Q(state="EFFECTIVE", effective_on__isnull=False)
                | (~Q(state="EFFECTIVE") & Q(effective_on__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_transfer_newest", fields=["organisation", "-created_at", "id"]),
            models.Index(
                name="college_transfer_due", fields=["organisation", "effective_term"], condition=Q(state="APPROVED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_programme_id} to {self.to_programme_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the transfer may move to another state."""
        return state in self.TRANSITIONS[self.state]

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE
