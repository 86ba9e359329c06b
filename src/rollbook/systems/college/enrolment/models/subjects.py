"""A subject that a student takes in a term: its seat in a class, its place in a queue, its result."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import GradeScale, Subject
from rollbook.systems.college.enrolment.models.terms import TermEnrolment
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.scheduling.models import Section


class SubjectEnrolment(TenantModel):
    """One attempt of a student at a subject. What was dropped stays as a row; taking it up again makes a new one.

    The result columns are grading's: `services.results.set_result` is the only act that writes them.
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        RESERVED = "RESERVED", _("Seat held")
        ENROLLED = "ENROLLED", _("Enrolled")
        COMPLETED = "COMPLETED", _("Completed")
        DROPPED = "DROPPED", _("Dropped")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        WAITLISTED = "WAITLISTED", _("Waiting")
        OFFERED = "OFFERED", _("Seat offered")
        EXPIRED = "EXPIRED", _("Expired")
        REMOVED = "REMOVED", _("Taken off")

    class Result(models.TextChoices):
        NONE = "", _("None yet")
        PASSED = "PASSED", _("Passed")
        FAILED = "FAILED", _("Failed")
        INC = "INC", _("Incomplete")
        NG = "NG", _("No grade")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.PLANNED: frozenset({State.RESERVED, State.ENROLLED, State.REMOVED}),
        State.RESERVED: frozenset({State.ENROLLED, State.EXPIRED, State.REMOVED}),
        State.ENROLLED: frozenset({State.COMPLETED, State.DROPPED, State.WITHDRAWN}),
        State.WAITLISTED: frozenset({State.OFFERED, State.REMOVED}),
        State.OFFERED: frozenset({State.ENROLLED, State.EXPIRED, State.REMOVED}),
        # A grade that was taken back, by two people.
        State.COMPLETED: frozenset({State.ENROLLED}),
        State.DROPPED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.EXPIRED: frozenset(),
        State.REMOVED: frozenset(),
    }
    #: Counts against the unit cap and in the timetable.
    CARRIED: ClassVar[frozenset[str]] = frozenset({State.RESERVED, State.ENROLLED})
    #: Takes a seat of the section.
    SEATED: ClassVar[frozenset[str]] = frozenset({State.RESERVED, State.ENROLLED, State.COMPLETED, State.OFFERED})
    #: In the queue of the section.
    QUEUED: ClassVar[frozenset[str]] = frozenset({State.WAITLISTED, State.OFFERED})

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "created_by", "term_enrolment", "subject", "attempt_no", "is_retake",
        "units", "category", "allows_several_sections",
    )  # fmt: skip

    term_enrolment = TenantForeignKey(TermEnrolment, related_name="subjects")
    subject = TenantForeignKey(Subject)
    #: None only while the subject is merely planned.
    section = TenantForeignKey(Section, null=True)
    attempt_no = models.PositiveSmallIntegerField(default=1)
    is_retake = models.BooleanField(default=False)
    #: Not due in this term by the curriculum.
    is_irregular = models.BooleanField(default=False)
    #: Units, category and repeatability as they were when it was taken up.
    units = models.DecimalField(max_digits=4, decimal_places=1)
    category = models.CharField(max_length=8, choices=Subject.Category.choices)
    allows_several_sections = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices)
    #: Until when a seat is held while the student decides, and whether that was prolonged already.
    reserved_until = models.DateTimeField(null=True)
    was_renewed = models.BooleanField(default=False)
    #: The place in the queue: by this moment, then by id.
    joined_at = models.DateTimeField(null=True)
    offered_until = models.DateTimeField(null=True)
    #: A rule that was set aside for this row, where one was; each is a row of the records.
    override = TenantForeignKey(Override, null=True)
    #: Rests on a prerequisite that was still in progress (R20).
    is_provisional = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    end_reason = models.CharField(max_length=500, blank=True)
    result = models.CharField(max_length=9, choices=Result.choices, blank=True, default=Result.NONE)
    final_symbol = models.CharField(max_length=8, blank=True)
    final_numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    scale = TenantForeignKey(GradeScale, null=True)
    finalized_on = models.DateField(null=True)
    #: Until when an INC may be made good; none while a leave stops the clock.
    incomplete_until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_taken_once",
                fields=["organisation", "term_enrolment", "subject"],
                condition=Q(state__in=["RESERVED", "ENROLLED", "COMPLETED"], allows_several_sections=False),
            ),
            models.UniqueConstraint(
                name="college_taken_once_in_section",
                fields=["organisation", "term_enrolment", "section"],
                condition=Q(state__in=["RESERVED", "ENROLLED", "COMPLETED"]),
            ),
            models.UniqueConstraint(
                name="college_waits_once",
                fields=["organisation", "section", "term_enrolment"],
                condition=Q(state__in=["WAITLISTED", "OFFERED"]),
            ),
            models.CheckConstraint(
                name="college_taken_in_a_section", condition=Q(state="PLANNED") | Q(section__isnull=False)
            ),
            models.CheckConstraint(
                name="college_taken_until",
                condition=(
                    (~Q(state="RESERVED") | Q(reserved_until__isnull=False))
                    & (~Q(state="OFFERED") | Q(offered_until__isnull=False))
                    & (~Q(state__in=["WAITLISTED", "OFFERED"]) | Q(joined_at__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="college_taken_units", condition=Q(units__gte=0, units__lte=10, attempt_no__gte=1)
            ),
            models.CheckConstraint(
                name="college_taken_result",
                condition=Q(result="")
                | Q(result="WITHDRAWN", state="WITHDRAWN")
                | Q(result__in=["PASSED", "FAILED", "INC", "NG"], state__in=["ENROLLED", "COMPLETED"]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_taken_by_term", fields=["organisation", "term_enrolment", "state"]),
            models.Index(
                name="college_taken_in_section", fields=["organisation", "section", "state", "joined_at", "id"]
            ),
            models.Index(name="college_taken_subject", fields=["organisation", "subject", "state"]),
            models.Index(
                name="college_taken_reserved",
                fields=["organisation", "reserved_until"],
                condition=Q(state="RESERVED"),
            ),
            models.Index(
                name="college_taken_offered", fields=["organisation", "offered_until"], condition=Q(state="OFFERED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.state.lower()}"

    @property
    def in_section(self) -> UUID:
        """The section of a row that has one: everything but what is merely planned."""
        if self.section_id is None:
            raise ValueError("A subject that is merely planned has no section.")
        return self.section_id

    def may_become(self, state: str) -> bool:
        """Tell whether the row may move to another state."""
        return state in self.TRANSITIONS[self.state]
