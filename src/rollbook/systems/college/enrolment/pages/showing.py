"""How enrolment is put on the screen: sections with their hours, verdicts, units."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.systems.college.enrolment.reads.choices import OwnClass, SectionChoice, SubjectChoice
from rollbook.systems.college.enrolment.rules.verdicts import WARN_FROM_UNITS, ItemVerdict, Problem
from rollbook.systems.college.scheduling.pages.week import shown, week_of
from rollbook.systems.college.scheduling.selectors import Entry

#: Sums of units begin here.
ZERO = Decimal(0)


def meter(units: Decimal, max_units: Decimal, added: Decimal = Decimal(0)) -> dict[str, Any]:
    """The units taken, those of the cart, and how many may be taken."""
    whole = max(max_units, Decimal(1))
    total = units + added
    tone = "bad" if total > max_units else "warn" if total >= min(WARN_FROM_UNITS, max_units) else "good"
    return {
        "units": plain(units), "added": plain(added), "total": plain(total),
        "most": plain(max_units), "tone": tone, "percent": _percent(units, whole),
        "added_percent": min(_percent(added, whole), 100 - _percent(units, whole)),
        "text": _("%(units)s of %(most)s units") % {"units": plain(total), "most": plain(max_units)},
    }  # fmt: skip


def _percent(part: Decimal, whole: Decimal) -> int:
    return min(int(part * 100 / whole), 100)


def problem(one: Problem) -> dict[str, Any]:
    """A rule that is not met, in words, with what to do."""
    return {"code": one.code, "sentence": one.sentence, "fix": one.fix, "may_wait": one.facts.get("may_wait", False)}


def choice(
    one: SubjectChoice, sections: Sequence[tuple[str, str]], chosen: str | None, *, said: Collection[str] = ()
) -> dict[str, Any]:
    """A subject of the list, with the sections to choose from. What is `said` above the list is not said again."""
    return {
        "id": one.subject.id, "code": one.subject.code, "title": one.subject.title,
        "units": plain(one.subject.units), "why": one.recommended.sentence if one.recommended else "",
        "problems": [problem(each) for each in one.problems if each.code not in said], "is_taken": one.is_taken,
        "has_prerequisites": one.subject.tree is not None,
        "meets_prerequisites": all(each.code != "PREREQUISITE_NOT_MET" for each in one.problems),
        "open_sections": one.open_sections, "seats_free": one.seats_free, "year_level": one.year_level,
        "sections": sections, "is_chosen": chosen is not None, "section": chosen or "",
        "is_possible": not one.problems and not one.is_taken and one.open_sections > 0,
    }  # fmt: skip


def section(one: SectionChoice) -> dict[str, Any]:
    """A section with its hours, seats and what stands in its way."""
    facts = one.section
    return {
        "id": facts.id, "code": facts.code, "seats_free": facts.seats_free, "capacity": facts.capacity,
        "waiting": facts.waiting, "is_possible": one.is_possible, "may_wait": one.may_wait,
        "hours": [shown(entry) for entry in one.meetings], "problems": [problem(each) for each in one.problems],
        "has_clash": any(each.code == "SCHEDULE_CONFLICT" for each in one.problems),
    }  # fmt: skip


def own_class(one: OwnClass) -> dict[str, Any]:
    """A class that the student takes."""
    return {
        "row": one.row, "code": one.row.subject.code, "title": one.row.subject.title, "section": one.section.code,
        "units": plain(one.row.units), "hours": [shown(entry) for entry in one.meetings],
        "is_held": one.row.state == "RESERVED", "may_renew": one.row.state == "RESERVED" and not one.row.was_renewed,
    }  # fmt: skip


def week(classes: Iterable[OwnClass], more: Iterable[Entry] = ()) -> dict[str, Any]:
    """A week of classes, with what is being thought of beside it."""
    return {**week_of([*(entry for one in classes for entry in one.meetings), *more]), "may_open": False}


def verdicts(found: Sequence[ItemVerdict], codes: dict[Any, str], sections: dict[Any, str]) -> list[dict[str, Any]]:
    """The verdict on every item of a cart."""
    return [
        {
            "code": codes.get(one.item.subject_id, "?"), "section": sections.get(one.section_id, ""),
            "is_possible": one.is_possible, "problems": [problem(each) for each in one.problems],
        }
        for one in found
    ]  # fmt: skip
