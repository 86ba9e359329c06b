"""Who teaches, when they can, and what."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel

#: A half of a weekday: "1-AM" is Monday before noon.
HALF_DAYS = [f"{weekday}-{half}" for weekday in range(1, 8) for half in ("AM", "PM")]
#: Monday to Saturday, before and after noon: what is taken unless somebody says otherwise.
WORKING_HALF_DAYS = [half_day for half_day in HALF_DAYS if not half_day.startswith("7")]


class Faculty(TenantModel):
    """Somebody who teaches here. The member is how they sign in; it may be tied later."""

    person = TenantForeignKey("people.Person")
    member = TenantForeignKey("identity.Membership", null=True)
    employee_number = models.CharField(max_length=30)
    department = models.CharField(max_length=120, blank=True)
    is_full_time = models.BooleanField(default=True)
    max_weekly_units = models.DecimalField(max_digits=4, decimal_places=1, default=24)
    #: When they can teach, as halves of weekdays.
    availability = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "faculty"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("employee_number"), name="college_faculty_number_unique"),
            models.UniqueConstraint(name="college_faculty_person_unique", fields=["organisation", "person"]),
            models.UniqueConstraint(
                name="college_faculty_member_unique",
                fields=["organisation", "member"],
                condition=Q(member__isnull=False),
            ),
            models.CheckConstraint(name="college_faculty_has_number", condition=~Q(employee_number="")),
            models.CheckConstraint(
                name="college_faculty_units", condition=Q(max_weekly_units__gte=0, max_weekly_units__lte=60)
            ),
            models.CheckConstraint(name="college_faculty_half_days", condition=Q(availability__contained_by=HALF_DAYS)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_faculty_by_number", fields=["organisation", "employee_number", "id"]),
        ]

    def __str__(self) -> str:
        return self.employee_number


class FacultySubject(TenantModel):
    """A subject that somebody is qualified to teach."""

    faculty = TenantForeignKey(Faculty, related_name="qualifications")
    subject = TenantForeignKey("college_catalogue.Subject")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_facultysubject_unique", fields=["organisation", "faculty", "subject"]
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_facultysubject_taught", fields=["organisation", "subject", "faculty"]),
        ]

    def __str__(self) -> str:
        return f"{self.faculty_id} teaches {self.subject_id}"
