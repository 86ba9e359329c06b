"""Whether a student follows the plan (R29), and why not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.systems.college.catalogue.curriculum_rules import Plan, Requirement

MOST_CODES = 12


class Off(Enum):
    """In which way a student is off the plan."""

    OPEN_INC = "OPEN_INC"
    NO_GRADE = "NO_GRADE"
    TO_RETAKE = "TO_RETAKE"
    MISSING = "MISSING"
    TRANSFEREE = "TRANSFEREE"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What became of the subjects that a student took."""

    #: Passed or credited, with what equivalents stand for.
    passed: frozenset[UUID] = frozenset()
    incomplete: frozenset[UUID] = frozenset()
    no_grade: frozenset[UUID] = frozenset()
    failed_or_withdrawn: frozenset[UUID] = frozenset()
    is_transferee: bool = False
    has_credits: bool = False


def irregular_reasons(
    plan: Plan, history: History, *, when: tuple[int, int], codes: Mapping[UUID, str]
) -> list[tuple[Off, tuple[str, ...]]]:
    """Why a student is irregular in the term at `when` (year, semester); nothing for a regular one."""
    in_plan = {place.subject_id for place in plan.places}
    found = {
        Off.OPEN_INC: history.incomplete,
        Off.NO_GRADE: history.no_grade,
        Off.TO_RETAKE: (history.failed_or_withdrawn & in_plan) - history.passed,
    }
    reasons = [(why, _codes(subjects, codes)) for why, subjects in found.items() if subjects]
    behind = [one for one in plan.missing(history.passed) if _last(one) < when]
    if behind:
        reasons.append((Off.MISSING, tuple(sorted(_requirement_code(one) for one in behind))))
    if history.is_transferee and not history.has_credits:
        reasons.append((Off.TRANSFEREE, ()))
    return reasons


def _codes(subjects: Collection[UUID], codes: Mapping[UUID, str]) -> tuple[str, ...]:
    return tuple(sorted(codes.get(subject, "?") for subject in subjects))


def _last(requirement: Requirement) -> tuple[int, int]:
    return max(place.when for place in requirement.places)


def _requirement_code(requirement: Requirement) -> str:
    return " / ".join(sorted(place.code for place in requirement.places))


def sentence_of(why: Off, codes: Collection[str]) -> str:
    """The reason as people read it, with the codes of the subjects."""
    words = {
        Off.OPEN_INC: _("Open INC: %(codes)s"),
        Off.NO_GRADE: _("No grade yet: %(codes)s"),
        Off.TO_RETAKE: _("To be taken again: %(codes)s"),
        Off.MISSING: _("Missing from an earlier term: %(codes)s"),
        Off.TRANSFEREE: _("Transferee without approved credits"),
    }[why]
    named = sorted(codes)
    more = f" +{len(named) - MOST_CODES}" if len(named) > MOST_CODES else ""
    return (words % {"codes": ", ".join(named[:MOST_CODES]) + more} if named else words)[:300]
