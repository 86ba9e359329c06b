"""Two classes that cannot both be attended, in words. When hours conflict is the schedule's rule (R14)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from rollbook.systems.college.scheduling.rules import Slot, hours_text, in_conflict

WEEKDAYS = {
    1: _("Monday"), 2: _("Tuesday"), 3: _("Wednesday"), 4: _("Thursday"), 5: _("Friday"), 6: _("Saturday"),
    7: _("Sunday"),
}  # fmt: skip


def slot_text(slot: Slot) -> str:
    """As people say it: Monday 08:00–09:30."""
    return f"{WEEKDAYS[slot.weekday]} {hours_text(slot.start_min, slot.end_min)}"


def first_clash(ours: Iterable[Slot], theirs: Iterable[Slot]) -> tuple[Slot, Slot] | None:
    """The first two hours that cannot both be attended; None if there are none."""
    others = list(theirs)
    return next(((mine, other) for mine in ours for other in others if in_conflict(mine, other)), None)
