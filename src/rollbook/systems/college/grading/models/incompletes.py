"""Incompletes: what is still required, until when, and how far the resolution is."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.grading.models.sheets import GradeRecord
from rollbook.systems.college.grading.rules.incomplete import LONGEST_EXTENSION_DAYS, MOST_EXTENSIONS
from rollbook.systems.college.records.models import Student


class IncompleteCase(TenantModel):
    """A student owes work in a subject. Resolved in five steps by several people, or expired after the deadline."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        REQUESTED = "REQUESTED", _("Resolution requested")
        APPROVED = "APPROVED", _("Resolution allowed")
        SUBMITTED = "SUBMITTED", _("Grade submitted")
        HEAD_APPROVED = "HEAD_APPROVED", _("Approved by the programme head")
        RESOLVED = "RESOLVED", _("Resolved")
        EXPIRED = "EXPIRED", _("Expired")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.REQUESTED, State.EXPIRED}),
        State.REQUESTED: frozenset({State.APPROVED, State.OPEN, State.EXPIRED}),
        State.APPROVED: frozenset({State.SUBMITTED, State.EXPIRED}),
        State.SUBMITTED: frozenset({State.HEAD_APPROVED, State.APPROVED}),
        State.HEAD_APPROVED: frozenset({State.RESOLVED}),
        State.RESOLVED: frozenset(),
        State.EXPIRED: frozenset(),
    }
    #: The deadline still counts for these; a submitted grade has stopped it.
    EXPIRES: ClassVar[frozenset[str]] = frozenset({State.OPEN, State.REQUESTED, State.APPROVED})
    LIVE: ClassVar[frozenset[str]] = EXPIRES | {State.SUBMITTED, State.HEAD_APPROVED}

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "subject_enrolment", "record", "student", "category", "started_on",
        "months",
    )  # fmt: skip

    subject_enrolment = TenantForeignKey("college_enrolment.SubjectEnrolment", related_name="incompletes")
    record = TenantForeignKey(GradeRecord, related_name="incompletes")
    student = TenantForeignKey(Student, related_name="incompletes")
    #: As the subject stood in the student's curriculum when they enrolled.
    category = models.CharField(max_length=8)
    started_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    extension_days = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    paused_days = models.PositiveIntegerField(default=0)
    #: None while an open-ended leave holds the clock.
    deadline = models.DateField(null=True)
    required_work = models.CharField(max_length=1000)
    state = models.CharField(max_length=13, choices=State.choices, default=State.OPEN)
    request_reason = models.CharField(max_length=500, blank=True)
    #: Why the last step was sent back.
    returned_reason = models.CharField(max_length=500, blank=True)
    new_symbol = models.CharField(max_length=8, blank=True)
    new_numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    allowed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    submitted_on = models.DateField(null=True)
    head_approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    #: The day it was resolved or found expired.
    ended_on = models.DateField(null=True)
    #: The warnings that were given, by their days before the deadline.
    warned = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_inc_one_live",
                fields=["organisation", "subject_enrolment"],
                condition=~Q(state__in=["RESOLVED", "EXPIRED"]),
            ),
            models.CheckConstraint(name="college_inc_has_work", condition=~Q(required_work="")),
            models.CheckConstraint(
                name="college_inc_extensions",
                condition=Q(
                    extensions__lte=MOST_EXTENSIONS, extension_days__lte=F("extensions") * LONGEST_EXTENSION_DAYS
                ),
            ),
            models.CheckConstraint(
                name="college_inc_grade_stands",
                condition=~Q(state__in=["SUBMITTED", "HEAD_APPROVED", "RESOLVED"])
                | (~Q(new_symbol="") & Q(new_numeric__isnull=False, submitted_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="college_inc_two_people",
                condition=Q(head_approved_by__isnull=True) | ~Q(head_approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="college_inc_end_is_whole",
                condition=Q(state__in=["RESOLVED", "EXPIRED"], ended_on__isnull=False)
                | (~Q(state__in=["RESOLVED", "EXPIRED"]) & Q(ended_on__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_inc_due",
                fields=["organisation", "deadline", "id"],
                condition=Q(state__in=["OPEN", "REQUESTED", "APPROVED"]),
            ),
            models.Index(name="college_inc_by_student", fields=["organisation", "student", "id"]),
            models.Index(name="college_inc_by_state", fields=["organisation", "state", "deadline", "id"]),
        ]

    def __str__(self) -> str:
        return f"incomplete until {self.deadline or '—'}"

    def may_become(self, state: str) -> bool:
        """Tell whether the case may move to another state."""
        return state in self.TRANSITIONS[self.state]
