"""Where classes meet."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.models import TenantModel


class Room(TenantModel):
    """A place where classes meet. An online room holds any number of classes at once."""

    class Kind(models.TextChoices):
        LECTURE = "LECTURE", _("Lecture room")
        COMPUTER_LAB = "COMPUTER_LAB", _("Computer laboratory")
        SCIENCE_LAB = "SCIENCE_LAB", _("Science laboratory")
        OTHER = "OTHER", _("Other")
        ONLINE = "ONLINE", _("Online")

    code = models.CharField(max_length=20)
    building = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LECTURE)
    capacity = models.PositiveSmallIntegerField(default=40)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("code"), name="college_room_code_unique"),
            models.CheckConstraint(name="college_room_has_code", condition=~Q(code="")),
            models.CheckConstraint(name="college_room_holds_somebody", condition=Q(capacity__gte=1)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_room_by_code", fields=["organisation", "code", "id"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_in_person(self) -> bool:
        return self.kind != self.Kind.ONLINE
