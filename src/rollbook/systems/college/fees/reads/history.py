"""Which records of money belong to a student, for the history that stands beside the record."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model

from rollbook.core.audit.permissions import VIEW_AUDIT
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.records.models import Student


def may_see_money(actor: Actor) -> bool:
    """Tell whether the actor may see single payments: at the counter, or because they read the whole trail anyway."""
    return actor.may(permissions.SEE_ACCOUNTS) or actor.may(VIEW_AUDIT)


def ids_of_payer(model: type[Model], customer: str) -> Callable[[Actor, Student], list[UUID]]:
    """Read the rows of a table whose customer a student is; none for whoever may not see money."""

    def known(actor: Actor, student: Student) -> list[UUID]:
        if not may_see_money(actor):
            return []
        rows: Any = model._default_manager.filter(**{customer: student.person_id})
        return list(rows.values_list("id", flat=True))

    return known
