"""Believable subjects and curricula for tests of the rooms that rest on the catalogue."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rollbook.systems.college.catalogue.models import (
    Curriculum,
    CurriculumEntry,
    PrerequisiteRule,
    Programme,
    Subject,
)
from rollbook.systems.college.catalogue.prerequisites import read, to_json
from rollbook.systems.college.catalogue.selectors import ids_by_code


def a_subject(code: str = "IT 101", units: int | str = 3, **fields: Any) -> Subject:
    """A subject of lectures only; one of 0 units gives no credit."""
    named = {"title": f"Introduction to {code}", "is_credit": Decimal(units) > 0, **fields}
    subject: Subject = Subject.objects.create(code=code, lecture_units=Decimal(units), **named)
    return subject


def a_curriculum(
    programme: Programme,
    terms: Mapping[tuple[int, str], Sequence[Subject]],
    *,
    name: str = "",
    state: str = Curriculum.State.ACTIVE,
    year: str = "2026-2027",
) -> Curriculum:
    """A curriculum with subjects in its terms: {(1, "FIRST"): [subject, …]}."""
    curriculum: Curriculum = Curriculum.objects.create(
        programme=programme, name=name or f"{programme.code} {year[:4]}", effective_academic_year=year
    )
    for (year_level, semester), subjects in terms.items():
        for subject in subjects:
            CurriculumEntry.objects.create(
                curriculum=curriculum, subject=subject, year_level=year_level, semester=semester
            )
    curriculum.state = state
    curriculum.save(update_fields=["state"])
    return curriculum


def a_prerequisite(subject: Subject, written: str) -> PrerequisiteRule:
    """What a subject asks for everywhere, as people write it: "IT 101 & MATH 1"."""
    tree = read(written, ids_by_code())
    rule: PrerequisiteRule = PrerequisiteRule.objects.create(subject=subject, tree=to_json(tree) if tree else None)
    return rule
