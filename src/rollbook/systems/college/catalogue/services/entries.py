"""The subjects of a curriculum: placed, moved, changed and taken out while it is a draft."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions, selectors
from rollbook.systems.college.catalogue.errors import EntryNotFound, SubjectInactive, SubjectPlaced
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, PrerequisiteRule, Subject, Term
from rollbook.systems.college.catalogue.models.curricula import LAST_YEAR_LEVEL
from rollbook.systems.college.catalogue.services.checking import known, save, values_of
from rollbook.systems.college.catalogue.services.curricula import draft_for_update, touch

PLACE_FIELDS = ("year_level", "semester", "category", "elective_group")


@transaction.atomic
def add_entry(
    actor: Actor,
    *,
    curriculum_id: UUID,
    subject_id: UUID,
    year_level: int,
    semester: str,
    category: str = "",
    elective_group: str = "",
    expected_version: int | None = None,
) -> CurriculumEntry:
    """Place a subject in a term of a draft."""
    actor.require(permissions.DRAFT_CURRICULA)
    curriculum = draft_for_update(curriculum_id, expected_version)
    subject = selectors.get_subject(actor, subject_id)
    if not subject.is_active:
        raise SubjectInactive(subject=subject.code)
    entry = CurriculumEntry(
        curriculum=curriculum, subject=subject, year_level=year_level, semester=semester, category=category,
        elective_group=" ".join(elective_group.split()),
    )  # fmt: skip
    check_place(entry)
    save(entry, SubjectPlaced(subject=subject.code), force_insert=True)
    touch(curriculum)
    record(
        actor, "college.curriculum_subject_added", curriculum, subject=subject.code,
        after=values_of(entry, PLACE_FIELDS),
    )  # fmt: skip
    return entry


@transaction.atomic
def change_entry(
    actor: Actor, *, entry_id: UUID, expected_version: int | None = None, **changes: Any
) -> CurriculumEntry:
    """Move a subject to another term of a draft, or say what it is there."""
    actor.require(permissions.DRAFT_CURRICULA)
    entry, curriculum = _entry_of_draft(entry_id, expected_version)
    before = values_of(entry, PLACE_FIELDS)
    for field, value in known(changes, PLACE_FIELDS).items():
        setattr(entry, field, " ".join(value.split()) if field == "elective_group" else value)
    check_place(entry)
    entry.save(update_fields=list(PLACE_FIELDS))
    touch(curriculum)
    record(
        actor, "college.curriculum_subject_changed", curriculum, subject=entry.subject.code, before=before,
        after=values_of(entry, PLACE_FIELDS),
    )  # fmt: skip
    return entry


@transaction.atomic
def remove_entry(actor: Actor, *, entry_id: UUID, expected_version: int | None = None) -> Curriculum:
    """Take a subject out of a draft, with what was asked for it there."""
    actor.require(permissions.DRAFT_CURRICULA)
    entry, curriculum = _entry_of_draft(entry_id, expected_version)
    before = values_of(entry, PLACE_FIELDS)
    PrerequisiteRule.objects.filter(entry=entry.id).delete()
    CurriculumEntry.objects.filter(id=entry.id).delete()
    touch(curriculum)
    record(actor, "college.curriculum_subject_removed", curriculum, subject=entry.subject.code, before=before)
    return curriculum


def check_place(entry: CurriculumEntry) -> None:
    """Refuse a place that no curriculum has."""
    errors = []
    if not 1 <= entry.year_level <= LAST_YEAR_LEVEL:
        errors.append(
            {"field": "year_level", "message": _("Enter a year from 1 to %(most)s.") % {"most": LAST_YEAR_LEVEL}}
        )
    if entry.semester not in Term.Kind.values:
        errors.append(
            {
                "field": "semester",
                "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(Term.Kind.values)},
            }
        )
    if entry.category and entry.category not in Subject.Category.values:
        message = _("Choose one of: %(choices)s; leave it empty for the subject's own.") % {
            "choices": ", ".join(Subject.Category.values)
        }
        errors.append({"field": "category", "message": message})
    if len(entry.elective_group) > 40:
        errors.append({"field": "elective_group", "message": _("Call the electives with at most 40 characters.")})
    if errors:
        raise Invalid(errors=errors)


def _entry_of_draft(entry_id: UUID, expected_version: int | None) -> tuple[CurriculumEntry, Curriculum]:
    """An entry with its draft locked. Everybody locks the curriculum, so changes of one draft wait for each other."""
    found = CurriculumEntry.objects.filter(id=entry_id).values_list("curriculum_id", flat=True).first()
    if found is None:
        raise EntryNotFound
    curriculum = draft_for_update(found, expected_version)
    entry: CurriculumEntry | None = CurriculumEntry.objects.select_related("subject").filter(id=entry_id).first()
    if entry is None:
        raise EntryNotFound
    return entry, curriculum
