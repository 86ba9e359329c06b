"""What stands beside a student's record: rooms above add their own tabs, in their order."""

from dataclasses import dataclass

from django.urls import reverse

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.states import Words
from rollbook.systems.college.records.models import Student


@dataclass(frozen=True, slots=True)
class StudentTab:
    """A page about one student, for those who hold the permission. Its address takes the student's id."""

    key: str
    label: Words
    url_name: str
    permission: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class TabShown:
    """A tab as a page shows it."""

    label: Words
    url: str
    is_current: bool


_tabs: dict[str, StudentTab] = {}


def register_tab(*tabs: StudentTab) -> None:
    """Declare pages about a student."""
    for tab in tabs:
        if _tabs.setdefault(tab.key, tab) != tab:
            raise ValueError(f"The tab {tab.key} is declared twice, differently.")


def tabs_of(actor: Actor, student: Student, current: str) -> list[TabShown]:
    """The tabs that the actor may open, with the present one marked."""
    open_ones = sorted(
        (tab for tab in _tabs.values() if actor.may(tab.permission)), key=lambda tab: (tab.order, tab.key)
    )
    return [TabShown(tab.label, reverse(tab.url_name, args=[student.id]), tab.key == current) for tab in open_ones]
