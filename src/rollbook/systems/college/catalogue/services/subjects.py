"""Subjects: added, changed, and made anew where students hold the old one."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock, events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue import permissions, policies, selectors
from rollbook.systems.college.catalogue.errors import CodeTaken, SubjectDecided, SubjectReplaced
from rollbook.systems.college.catalogue.events import SubjectMeasuresChanging
from rollbook.systems.college.catalogue.models import (
    Curriculum,
    CurriculumEntry,
    Equivalency,
    PrerequisiteRule,
    Subject,
)
from rollbook.systems.college.catalogue.models.subjects import MOST_UNITS
from rollbook.systems.college.catalogue.services.checking import known, must_be_free, must_be_version, save, values_of

#: What decides how a subject counts; it stays while students or an approved curriculum rest on it (R12).
MEASURES = ("lecture_units", "lab_units", "category", "is_credit", "grading_basis")
SUBJECT_FIELDS = (
    "title", "description", *MEASURES, "hours_per_week", "is_practicum", "counts_in_gpa", "allows_several_sections",
    "tags", "is_active",
)  # fmt: skip
MOST_TAGS = 12
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{0,19}")
_TAG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@transaction.atomic
def add_subject(actor: Actor, *, code: str, title: str, lecture_units: Decimal, **measures: Any) -> Subject:
    """Put a subject into the catalogue; it belongs to no programme until a curriculum names it."""
    actor.require(permissions.MANAGE_SUBJECTS)
    sent = {"title": title, "lecture_units": lecture_units, **measures}
    subject = filled(Subject(code=" ".join(code.split())), sent)
    check_subject(subject, halves=policy(policies.HALF_UNITS))
    must_be_free(Subject, subject.code, "a subject")
    save(subject, CodeTaken(code=subject.code, what="a subject"), force_insert=True)
    record(actor, "college.subject_added", subject, after=values_of(subject, ("code", *SUBJECT_FIELDS)))
    return subject


@transaction.atomic
def change_subject(actor: Actor, *, subject_id: UUID, expected_version: int | None = None, **changes: Any) -> Subject:
    """Change a subject. What it counts can change only while nobody is enrolled and no approved curriculum has it."""
    actor.require(permissions.MANAGE_SUBJECTS)
    subject = selectors.get_subject_for_update(subject_id)
    must_be_version(subject.version, expected_version)
    before = values_of(subject, SUBJECT_FIELDS)
    filled(subject, changes)
    check_subject(subject, halves=policy(policies.HALF_UNITS))
    if values_of(subject, MEASURES) != {field: before[field] for field in MEASURES}:
        _measures_may_change(actor, subject)
    subject.version += 1
    save(subject, CodeTaken(code=subject.code, what="a subject"))
    record(actor, "college.subject_changed", subject, before=before, after=values_of(subject, SUBJECT_FIELDS))
    return subject


@transaction.atomic
def make_new_version(actor: Actor, *, subject_id: UUID, code: str, **changes: Any) -> Subject:
    """Let a subject with other units, category or grading follow one that students hold; each stands for the other.

    The old one keeps its students and its place in curricula; no new curriculum takes it.
    """
    actor.require(permissions.MANAGE_SUBJECTS)
    old = selectors.get_subject_for_update(subject_id)
    standing = Subject.objects.filter(replaces=old.id).first()
    if standing is not None:
        raise SubjectReplaced(subject=old.code, replacement=standing.code)
    subject = filled(
        Subject(code=" ".join(code.split()), replaces=old), {**values_of(old, SUBJECT_FIELDS), "is_active": True}
    )
    filled(subject, changes)
    check_subject(subject, halves=policy(policies.HALF_UNITS))
    must_be_free(Subject, subject.code, "a subject")
    save(subject, CodeTaken(code=subject.code, what="a subject"), force_insert=True)
    for rule in PrerequisiteRule.objects.filter(subject=old.id):
        PrerequisiteRule.objects.create(subject=subject, tree=rule.tree)
    Equivalency.objects.create(
        subject=old, satisfies=subject, is_two_way=True, reason=f"{subject.code} is the new version of {old.code}.",
        effective_from=organisation_in_scope().local_date(clock.now()),
    )  # fmt: skip
    old.is_active, old.version = False, old.version + 1
    old.save(update_fields=["is_active", "version"])
    record(
        actor, "college.subject_replaced", subject, before=values_of(old, SUBJECT_FIELDS),
        after=values_of(subject, ("code", *SUBJECT_FIELDS)), replaces=old.code,
    )  # fmt: skip
    return subject


def check_subject(subject: Subject, *, halves: bool) -> None:
    """Refuse what does not make a subject, each field by its name."""
    errors = list(_errors_of(subject, halves=halves))
    if errors:
        raise Invalid(errors=[{"field": field, "message": message} for field, message in errors])


def _errors_of(subject: Subject, *, halves: bool) -> Iterable[tuple[str, str]]:
    if not _CODE.fullmatch(subject.code):
        yield "code", _("Enter a code of at most 20 letters, digits, spaces, dots, hyphens or strokes, such as IT 101.")
    if not subject.title or len(subject.title) > 160:
        yield "title", _("Enter the title in at most 160 characters.")
    yield from _errors_of_units(subject, halves=halves)
    if subject.category not in Subject.Category.values:
        yield "category", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Subject.Category.values)}
    if subject.grading_basis not in Subject.GradingBasis.values:
        yield "grading_basis", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Subject.GradingBasis.values)}
    if not 0 <= subject.hours_per_week <= 60:
        yield "hours_per_week", _("Enter the hours of class in a week, 0 to 60.")
    if len(subject.tags) > MOST_TAGS or not all(_TAG.fullmatch(tag) for tag in subject.tags):
        yield (
            "tags",
            _("Enter at most %(most)s words of lower-case letters and digits, such as programming.")
            % {"most": MOST_TAGS},
        )


def _errors_of_units(subject: Subject, *, halves: bool) -> Iterable[tuple[str, str]]:
    step = Decimal("0.5") if halves else Decimal(1)
    for field in ("lecture_units", "lab_units"):
        units = getattr(subject, field)
        if units < 0 or units % step:
            yield field, _("Enter whole or half units.") if halves else _("Enter whole units. Halves are a setting.")
    # R11.
    if subject.is_credit and not 1 <= subject.units <= MOST_UNITS:
        yield (
            "lecture_units",
            _("A subject has 1 to %(most)s units, lectures and laboratory together.") % {"most": MOST_UNITS},
        )
    if not subject.is_credit and subject.units:
        yield "lecture_units", _("A subject that gives no credit has 0 units.")


def filled(subject: Subject, values: Mapping[str, Any]) -> Subject:
    """A subject with these values, its words tidied."""
    for field, value in known(values, SUBJECT_FIELDS).items():
        setattr(subject, field, value)
    subject.title = " ".join(subject.title.split())
    subject.tags = sorted({tag.strip().lower() for tag in subject.tags if tag.strip()})
    return subject


def _measures_may_change(actor: Actor, subject: Subject) -> None:
    decided = CurriculumEntry.objects.filter(subject=subject.id).exclude(curriculum__state=Curriculum.State.DRAFT)
    entry = decided.select_related("curriculum").first()
    if entry is not None:
        raise SubjectDecided(subject=subject.code, curriculum=entry.curriculum.name)
    events.publish(SubjectMeasuresChanging(actor=actor, subject_id=subject.id, code=subject.code))
