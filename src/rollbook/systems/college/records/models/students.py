"""A student, the periods of their status, and what holds them back."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Term


class Student(TenantModel):
    """A person who studies here, in one programme. The number is given once and never again to anybody else.

    A row that an import made by mistake is taken back, not deleted: it stays as evidence, is shown nowhere,
    and its number, which nobody has used, is free for the corrected file.
    """

    class Kind(models.TextChoices):
        FRESHMAN = "FRESHMAN", _("Freshman")
        TRANSFEREE = "TRANSFEREE", _("Transferee")
        RETURNEE = "RETURNEE", _("Returnee")
        SHIFTER = "SHIFTER", _("Shifter")
        CROSS_ENROLLEE = "CROSS_ENROLLEE", _("Cross-enrollee")

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        LOA = "LOA", _("On leave")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        DISMISSED = "DISMISSED", _("Dismissed")
        GRADUATED = "GRADUATED", _("Graduated")
        INACTIVE = "INACTIVE", _("Inactive")

    class Standing(models.TextChoices):
        GOOD = "GOOD", _("Good")
        WARNING = "WARNING", _("Warning")
        PROBATION = "PROBATION", _("Probation")
        SUSPENDED = "SUSPENDED", _("Suspended")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.ACTIVE: frozenset({Status.LOA, Status.WITHDRAWN, Status.GRADUATED, Status.INACTIVE, Status.DISMISSED}),
        Status.LOA: frozenset({Status.ACTIVE, Status.WITHDRAWN}),
        Status.WITHDRAWN: frozenset({Status.ACTIVE}),
        Status.INACTIVE: frozenset({Status.ACTIVE}),
        Status.DISMISSED: frozenset(),
        Status.GRADUATED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "student_number", "admission_term")

    student_number = models.CharField(max_length=30)
    person = TenantForeignKey("people.Person")
    programme = TenantForeignKey(Programme)
    #: The version of the programme's curriculum that the student follows; the database checks that the pair fits.
    curriculum = TenantForeignKey(Curriculum, null=True)
    admission_term = TenantForeignKey(Term)
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.FRESHMAN)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    academic_standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.GOOD)
    #: Set when the import that made this row was taken back; the row counts for nothing from then on.
    taken_back_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_student_number_unique",
                fields=["organisation", "student_number"],
                condition=Q(taken_back_at__isnull=True),
            ),
            # One live programme per person: a change of programme is a transfer, not a second student.
            models.UniqueConstraint(
                name="college_student_person_unique",
                fields=["organisation", "person"],
                condition=Q(taken_back_at__isnull=True),
            ),
            models.CheckConstraint(
                name="college_student_number_is_plain",
                condition=Q(student_number__regex=r"^[A-Za-z0-9][A-Za-z0-9/. -]*$"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_student_by_number", fields=["organisation", "student_number", "id"]),
            models.Index(name="college_student_programme", fields=["organisation", "programme", "student_number"]),
        ]

    def __str__(self) -> str:
        return self.student_number

    def may_become(self, status: str) -> bool:
        """Tell whether the student may move to another status."""
        return status in self.TRANSITIONS[self.status]

    @property
    def is_transferee(self) -> bool:
        return self.kind == self.Kind.TRANSFEREE


def _days(first: str, last: str) -> Func:
    """The local days of a period, both ends included; an open end reaches for ever."""
    return Func(F(first), F(last), Value("[]"), function="daterange", output_field=DateRangeField())


class StudentStatusPeriod(TenantModel):
    """From when to when a student had a status. Periods of one student never overlap; the open one is today's."""

    student = TenantForeignKey(Student, related_name="status_periods")
    status = models.CharField(max_length=10, choices=Student.Status.choices)
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    #: The paper behind it, among the stored files.
    document_id = models.UUIDField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="college_status_no_overlap",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("student", RangeOperators.EQUAL),
                    (_days("from_date", "to_date"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="college_status_days_in_order", condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date"))
            ),
            models.UniqueConstraint(
                name="college_status_one_open", fields=["organisation", "student"], condition=Q(to_date__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} from {self.from_date}"


class Hold(TenantModel):
    """Something that keeps a student from certain acts until it is released."""

    class Kind(models.TextChoices):
        FINANCIAL = "FINANCIAL", _("Financial")
        DOCUMENT = "DOCUMENT", _("Document")
        ACADEMIC = "ACADEMIC", _("Academic")
        DISCIPLINARY = "DISCIPLINARY", _("Disciplinary")
        LIBRARY = "LIBRARY", _("Library")
        ADVISING = "ADVISING", _("Advising")

    class Blocks(models.TextChoices):
        ENROL = "ENROL", _("Enrol")
        DROP = "DROP", _("Drop")
        GRADES_VIEW = "GRADES_VIEW", _("See grades")
        DOCUMENT_RELEASE = "DOCUMENT_RELEASE", _("Get documents")
        EXAM = "EXAM", _("Sit exams")
        GRADUATE = "GRADUATE", _("Graduate")

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "student", "kind", "is_automatic", "placed_by", "placed_at",
    )  # fmt: skip

    student = TenantForeignKey(Student, related_name="holds")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    blocks = ArrayField(models.CharField(max_length=16, choices=Blocks.choices))
    #: Why. Of disciplinary holds only registrars and the student may read it.
    reason = models.CharField(max_length=500)
    is_automatic = models.BooleanField(default=False)
    #: What an automatic hold rests on ("MONTH1:<term enrolment>"); it goes when nothing is left.
    causes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    placed_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_hold_one_automatic",
                fields=["organisation", "student", "kind"],
                condition=Q(is_automatic=True, released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="college_hold_blocks_something",
                condition=Q(
                    blocks__contained_by=["ENROL", "DROP", "GRADES_VIEW", "DOCUMENT_RELEASE", "EXAM", "GRADUATE"],
                    blocks__len__gt=0,
                ),
            ),
            models.CheckConstraint(name="college_hold_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="college_hold_somebody_placed", condition=Q(is_automatic=True) | Q(placed_by__isnull=False)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_hold_live", fields=["organisation", "student"], condition=Q(released_at__isnull=True)
            ),
            models.Index(name="college_hold_by_day", fields=["organisation", "-placed_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} hold"

    @property
    def is_live(self) -> bool:
        return self.released_at is None

    @property
    def blocked_acts(self) -> list[str]:
        """What it keeps the student from, in words."""
        return [str(self.Blocks(act).label) for act in self.blocks]
