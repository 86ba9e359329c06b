"""Declaring a report.

    register_report(Report(
        key="college-masterlist", title=_("Masterlist"), sentence=_("Every student with programme and status."),
        group=STUDENTS, permissions=(VIEW_STUDENTS,), columns=(…), filters=(…), rows=masterlist))

`rows` answers one statement that names its organisation as `%(organisation)s`; `reading.py` runs it. Whoever holds one
of the permissions may run the report; what they see of it, `rows` limits to the actor.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.states import Words
from rollbook.core.web.tables import Column, Filter
from rollbook.shared.analytics.errors import ReportNotFound

_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")

#: The values of the filters that are on, by the filter's name, as the filter itself read them.
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT that names its organisation, without an order; and the order, by its own columns."""

    sql: str
    order: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """A heading under which reports stand."""

    key: str
    label: Words
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A list that can be narrowed and taken away as a file."""

    key: str
    title: Words
    #: What it holds, in one sentence.
    sentence: Words
    group: ReportGroup
    #: Any of these lets somebody run it.
    permissions: tuple[str, ...]
    columns: Sequence[Column]
    rows: Callable[[Actor, Values], Statement]
    filters: Sequence[Filter] = ()
    #: Other words by which people look for it.
    keywords: Words = ""
    order: int = 50
    #: Systems whose organisations have the report; empty means all.
    systems: tuple[str, ...] = ()
    #: The moment of a row by which rows are counted week by week, shown as a trend above the list; empty: no trend.
    by_week: str = ""
    #: Whether rows are about people; then each run is among the reads of records as well.
    names_people: bool = False

    def is_open_to(self, actor: Actor, system: str) -> bool:
        """Tell whether the actor may run it in an organisation of this system."""
        in_system = not self.systems or system in self.systems
        return in_system and any(actor.may(permission) for permission in self.permissions)


_reports: dict[str, Report] = {}


def register_report(report: Report) -> Report:
    """Declare a report; twice the same is once."""
    if not _KEY.match(report.key):
        raise ValueError(f"A report is named like college-masterlist, not {report.key!r}.")
    if not report.permissions:
        raise ValueError(f"The report {report.key} names nobody who may run it.")
    if _reports.setdefault(report.key, report) is not report:
        raise ValueError(f"The report {report.key} is declared twice, differently.")
    return report


def forget(key: str) -> None:
    """Take a report out again; for tests that declare their own."""
    _reports.pop(key, None)


def reports() -> dict[str, Report]:
    """Every declared report by key."""
    return dict(_reports)


def reports_for(actor: Actor, system: str) -> list[Report]:
    """The reports that the actor may run, by group and order."""
    mine = (report for report in _reports.values() if report.is_open_to(actor, system))
    return sorted(mine, key=lambda one: (one.group.order, one.group.key, one.order, one.key))


def report_for(actor: Actor, system: str, key: str) -> Report:
    """The report of that key. One that the actor may not run looks like one that is not there."""
    found = _reports.get(key)
    if found is None or not found.is_open_to(actor, system):
        raise ReportNotFound
    return found
