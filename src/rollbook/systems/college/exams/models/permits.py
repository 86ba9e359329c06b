"""Permits, where they were used, and the certificates that open exams without payment."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.exams.models.periods import ExamPeriod
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.roles import WELFARE


class ExamPermit(TenantModel):
    """A student may sit one exam of a term, in every subject. No row means locked.

    The basis is nobody's business at the exam: no print and no verification shows it.
    """

    class State(models.TextChoices):
        ISSUED = "ISSUED", _("Issued")
        PRINTED = "PRINTED", _("Printed")
        USED = "USED", _("Used")
        EXPIRED = "EXPIRED", _("Expired")
        SUSPENDED = "SUSPENDED", _("Suspended")

    class Basis(models.TextChoices):
        PAID = "PAID", _("Paid")
        PROMISSORY = "PROMISSORY", _("Promissory note")
        SPONSOR = "SPONSOR", _("Sponsor")
        WELFARE_CERTIFICATE = "WELFARE_CERTIFICATE", _("Welfare certificate")
        WAIVER = "WAIVER", _("Waiver")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        # A permit that is shown on a phone is used without ever being printed.
        State.ISSUED: frozenset({State.PRINTED, State.USED, State.EXPIRED, State.SUSPENDED}),
        State.PRINTED: frozenset({State.USED, State.EXPIRED, State.SUSPENDED}),
        State.SUSPENDED: frozenset({State.ISSUED}),
        State.USED: frozenset(),
        State.EXPIRED: frozenset(),
    }
    #: What rests on months being paid or covered, and falls with them.
    RESTS_ON_MONEY: ClassVar[frozenset[str]] = frozenset({Basis.PAID, Basis.PROMISSORY, Basis.SPONSOR})
    #: A permit that opens the door of the exam hall.
    OPENS: ClassVar[frozenset[str]] = frozenset({State.ISSUED, State.PRINTED, State.USED})

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "term_enrolment", "exam_period", "code",
    )  # fmt: skip

    term_enrolment = TenantForeignKey(TermEnrolment, related_name="permits")
    exam_period = TenantForeignKey(ExamPeriod)
    code = models.CharField(max_length=20)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ISSUED)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    #: Months 1 to this one were asked for when it was issued. A later mapping does not change it.
    instalment_number = models.PositiveSmallIntegerField()
    mapping_version = models.PositiveIntegerField()
    #: A certificate may be valid for a part of the exam period only.
    limited_from = models.DateField(null=True)
    limited_until = models.DateField(null=True)
    issued_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    prints = models.PositiveSmallIntegerField(default=0)
    suspended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_permit_unique", fields=["organisation", "term_enrolment", "exam_period"]
            ),
            models.UniqueConstraint(name="college_permit_code_unique", fields=["organisation", "code"]),
            models.CheckConstraint(
                name="college_permit_code_shape", condition=Q(code__regex=r"^PRM-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{8}$")
            ),
            models.CheckConstraint(
                name="college_permit_limits",
                condition=Q(limited_from__isnull=True, limited_until__isnull=True)
                | Q(limited_from__lte=F("limited_until")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_permit_live",
                fields=["organisation", "exam_period"],
                condition=Q(state__in=["ISSUED", "PRINTED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def may_become(self, state: str) -> bool:
        """Tell whether the permit may move to another state."""
        return state in self.TRANSITIONS[self.state]


class ExamSitting(TenantModel):
    """Somebody was let into an exam on a permit. A permit covers every subject of its exam period."""

    append_only: ClassVar[bool] = True

    permit = TenantForeignKey(ExamPermit, related_name="sittings")
    #: The class as the proctor names it, such as "IT101 BSIT-1A".
    class_name = models.CharField(max_length=60)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_sitting_unique", fields=["organisation", "permit", "class_name"]),
            models.CheckConstraint(name="college_sitting_has_class", condition=~Q(class_name="")),
        ]

    def __str__(self) -> str:
        return self.class_name


class WelfareCertificate(TenantModel):
    """A public office certifies that a student is disadvantaged; the exams in its dates are open (RA 11984)."""

    restricted_as: ClassVar[str] = WELFARE
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "student", "issuing_office", "number", "valid_from", "valid_until",
        "file_id", "verified_by",
    )  # fmt: skip

    student = TenantForeignKey(Student)
    issuing_office = models.CharField(max_length=160)
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField()
    #: The scanned paper among the stored files.
    file_id = models.UUIDField(null=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_welfare_unique",
                fields=["organisation", "issuing_office", "number"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="college_welfare_days_in_order", condition=Q(valid_from__lte=F("valid_until"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_welfare_live",
                fields=["organisation", "student"],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number
