"""When and where a class meets. The database refuses overlaps, so that two people at once cannot book the same hour."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.scheduling.models.faculty import Faculty
from rollbook.systems.college.scheduling.models.rooms import Room
from rollbook.systems.college.scheduling.models.sections import Component, Section

MINUTES_OF_A_DAY = 1440


def _hours() -> Func:
    """From the first minute to the last, which is free again: touching ends do not overlap."""
    return Func(F("start_min"), F("end_min"), Value("[)"), function="int4range", output_field=IntegerRangeField())


def _days() -> Func:
    """From the first day to the last, both included."""
    return Func(F("from_date"), F("to_date"), Value("[]"), function="daterange", output_field=DateRangeField())


def _no_overlap(of: str, name: str, condition: Q) -> ExclusionConstraint:
    """Two rows of the same room, professor or section never overlap while both meet the condition."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            ("organisation", RangeOperators.EQUAL),
            (of, RangeOperators.EQUAL),
            ("weekday", RangeOperators.EQUAL),
            (_hours(), RangeOperators.OVERLAPS),
            (_days(), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


class Meeting(TenantModel):
    """One weekly hour of a class, [start, end) in minutes of the local day; without a weekday it is yet to be said."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    class Excused(models.TextChoices):
        NOTHING = "", _("Nothing")
        ROOM = "ROOM", _("Room booked twice")
        PROFESSOR = "PROFESSOR", _("Professor booked twice")
        BOTH = "BOTH", _("Room and professor booked twice")

    section = TenantForeignKey(Section, related_name="meetings")
    component = models.CharField(max_length=3, choices=Component.choices, default=Component.LEC)
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, null=True)
    start_min = models.PositiveSmallIntegerField(null=True)
    end_min = models.PositiveSmallIntegerField(null=True)
    room = TenantForeignKey(Room, null=True)
    professor = TenantForeignKey(Faculty, null=True)
    from_date = models.DateField()
    to_date = models.DateField()
    #: An online room is never full; copied from the room, for the constraint.
    is_in_person = models.BooleanField(default=True)
    #: The override that lets this meeting overlap others, and which of the two rules it sets aside.
    override = TenantForeignKey(Override, null=True)
    excused = models.CharField(max_length=9, choices=Excused.choices, default=Excused.NOTHING, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _no_overlap(
                "room",
                "college_meeting_room_free",
                Q(room__isnull=False, weekday__isnull=False, is_in_person=True, excused__in=["", "PROFESSOR"]),
            ),
            _no_overlap(
                "professor",
                "college_meeting_professor_free",
                Q(professor__isnull=False, weekday__isnull=False, excused__in=["", "ROOM"]),
            ),
            _no_overlap("section", "college_meeting_section_once", Q(weekday__isnull=False)),
            models.CheckConstraint(
                name="college_meeting_hours",
                condition=Q(weekday__isnull=True, start_min__isnull=True, end_min__isnull=True)
                | Q(
                    weekday__isnull=False,
                    start_min__isnull=False,
                    end_min__isnull=False,
                    weekday__gte=1,
                    weekday__lte=7,
                    start_min__gte=0,
                    start_min__lt=F("end_min"),
                    end_min__lte=MINUTES_OF_A_DAY,
                ),
            ),
            models.CheckConstraint(name="college_meeting_days", condition=Q(from_date__lte=F("to_date"))),
            models.CheckConstraint(
                name="college_meeting_excused",
                condition=Q(override__isnull=True, excused="")
                | Q(override__isnull=False, excused__in=["ROOM", "PROFESSOR", "BOTH"]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_meeting_of_section", fields=["organisation", "section"]),
            models.Index(name="college_meeting_in_room", fields=["organisation", "room", "weekday"]),
            models.Index(name="college_meeting_by_professor", fields=["organisation", "professor", "weekday"]),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start_min}–{self.end_min}"

    @property
    def is_timed(self) -> bool:
        """Whether day and time are said already."""
        return self.weekday is not None


class CancelledClass(TenantModel):
    """One day on which a meeting does not take place."""

    meeting = TenantForeignKey(Meeting, related_name="cancelled")
    on_date = models.DateField()
    reason = models.CharField(max_length=200)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "cancelled classes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_cancelled_once", fields=["organisation", "meeting", "on_date"]),
            models.CheckConstraint(name="college_cancelled_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"not on {self.on_date}"
