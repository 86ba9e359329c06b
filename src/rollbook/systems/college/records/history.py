"""Everything that happened to a student: rooms above say which of their records belong to one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from rollbook.core.audit.selectors import TimelineEvent, timeline_among
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.selectors import get_student

#: So many acts stand on one page.
MOST_SHOWN = 50

#: The ids of a student's records of one kind, as far as the actor may know of them.
Belonging = Callable[[Actor, Student], Iterable[UUID]]
_belonging: dict[str, Belonging] = {}


@dataclass(frozen=True, slots=True)
class History:
    """Some acts on a student's records, the latest first, and from where it goes on."""

    student: Student
    events: list[TimelineEvent]
    older_than: UUID | None


def register_history(model: type[Model], ids_of: Belonging) -> None:
    """Declare which records of a room belong to a student."""
    if _belonging.setdefault(model._meta.label_lower, ids_of) is not ids_of:
        raise ValueError(f"The history of {model._meta.label_lower} is declared twice.")


def ids_of_student(model: type[Model], student: Student, field: str = "student") -> list[UUID]:
    """The ids of every row of a table that belongs to a student."""
    rows: Any = model._default_manager.filter(**{field: student.id})
    return list(rows.values_list("id", flat=True))


def history_of(
    actor: Actor, student_id: UUID, *, before: UUID | None = None, limit: int | None = None
) -> History:  # fmt: skip
    """What happened to a student's records, in every room, by whom and why."""
    actor.require(permissions.VIEW_HISTORY)
    student = get_student(actor, student_id)
    targets = {label: list(ids_of(actor, student)) for label, ids_of in _belonging.items()}
    most = limit or MOST_SHOWN
    events = timeline_among(targets, before=before, limit=most + 1)
    goes_on = len(events) > most
    shown = events[:most]
    return History(student, shown, shown[-1].entry_id if goes_on else None)
