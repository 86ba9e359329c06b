"""Curricula: drafted, copied, approved, put in force, retired (R10)."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions, rules, selectors
from rollbook.systems.college.catalogue.errors import (
    CurriculumCannotMove,
    CurriculumFixed,
    CurriculumNameTaken,
    CurriculumUnsound,
    ProgrammeNotFound,
)
from rollbook.systems.college.catalogue.events import CurriculumReopening
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, PrerequisiteRule, Programme
from rollbook.systems.college.catalogue.services.checking import must_be_version, save, values_of

CURRICULUM_FIELDS = ("name", "effective_academic_year")
LEAST_REASON, MOST_REASON = 10, 500
_State = Curriculum.State


@transaction.atomic
def draft_curriculum(actor: Actor, *, programme_id: UUID, name: str, effective_academic_year: str) -> Curriculum:
    """Begin a new curriculum of a programme, without subjects."""
    actor.require(permissions.DRAFT_CURRICULA)
    programme: Programme | None = Programme.objects.filter(id=programme_id).first()
    if programme is None:
        raise ProgrammeNotFound
    curriculum = _begun(programme, name, effective_academic_year)
    record(actor, "college.curriculum_drafted", curriculum, after=values_of(curriculum, CURRICULUM_FIELDS))
    return curriculum


@transaction.atomic
def copy_curriculum(actor: Actor, *, curriculum_id: UUID, name: str, effective_academic_year: str) -> Curriculum:
    """Begin a new curriculum with everything of another one: the way to change what students follow already."""
    actor.require(permissions.DRAFT_CURRICULA)
    original = selectors.get_curriculum(actor, curriculum_id)
    copy = _begun(original.programme, name, effective_academic_year, copied_from=original)
    entries = list(CurriculumEntry.objects.filter(curriculum=original.id))
    copies = {
        entry.id: CurriculumEntry(
            curriculum=copy, subject_id=entry.subject_id, year_level=entry.year_level, semester=entry.semester,
            category=entry.category, elective_group=entry.elective_group,
        )
        for entry in entries
    }  # fmt: skip
    CurriculumEntry.objects.bulk_create(copies.values())
    own_rules = PrerequisiteRule.objects.filter(entry__in=list(copies))
    PrerequisiteRule.objects.bulk_create(
        PrerequisiteRule(entry=copies[rule.entry_id], tree=rule.tree) for rule in own_rules if rule.entry_id
    )
    after = values_of(copy, CURRICULUM_FIELDS)
    record(actor, "college.curriculum_copied", copy, after=after, original=original.name, subjects=len(copies))
    return copy


@transaction.atomic
def change_curriculum(
    actor: Actor, *, curriculum_id: UUID, name: str, effective_academic_year: str, expected_version: int | None = None
) -> Curriculum:
    """Call a draft otherwise, or let it begin in another year."""
    actor.require(permissions.DRAFT_CURRICULA)
    curriculum = draft_for_update(curriculum_id, expected_version)
    before = values_of(curriculum, CURRICULUM_FIELDS)
    curriculum.name, curriculum.effective_academic_year = " ".join(name.split()), effective_academic_year.strip()
    check_names(curriculum)
    curriculum.version += 1
    save(curriculum, CurriculumNameTaken(programme=curriculum.programme.code, name=curriculum.name))
    after = values_of(curriculum, CURRICULUM_FIELDS)
    record(actor, "college.curriculum_changed", curriculum, before=before, after=after)
    return curriculum


@transaction.atomic
def approve_curriculum(actor: Actor, *, curriculum_id: UUID, expected_version: int | None = None) -> Curriculum:
    """The head registrar agrees to a draft that can be followed; nothing in it changes from now on."""
    return _moved(actor, curriculum_id, _State.APPROVED, expected_version)


@transaction.atomic
def activate_curriculum(actor: Actor, *, curriculum_id: UUID, expected_version: int | None = None) -> Curriculum:
    """Let students follow an approved curriculum. It is looked at once more, since subjects may have changed (R10)."""
    return _moved(actor, curriculum_id, _State.ACTIVE, expected_version)


@transaction.atomic
def retire_curriculum(actor: Actor, *, curriculum_id: UUID, expected_version: int | None = None) -> Curriculum:
    """Give a curriculum to no new students. Those who follow it keep it."""
    return _moved(actor, curriculum_id, _State.RETIRED, expected_version)


@transaction.atomic
def return_curriculum(
    actor: Actor, *, curriculum_id: UUID, reason: str, expected_version: int | None = None
) -> Curriculum:
    """Make a draft again of a curriculum that nobody follows, so that it can be put right."""
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
        raise Invalid.field(
            "reason",
            _("Write in %(least)s to %(most)s characters what has to be put right.")
            % {"least": LEAST_REASON, "most": MOST_REASON},
        )
    return _moved(actor, curriculum_id, _State.DRAFT, expected_version, reason=reason.strip())


def draft_for_update(curriculum_id: UUID, expected_version: int | None) -> Curriculum:
    """A draft, locked, in the version that the caller saw; anything but a draft is fixed."""
    curriculum = selectors.get_curriculum_for_update(curriculum_id)
    must_be_version(curriculum.version, expected_version)
    if not curriculum.is_draft:
        raise CurriculumFixed(curriculum=curriculum.name, state=curriculum.get_state_display().lower())
    return curriculum


def touch(curriculum: Curriculum) -> None:
    """Say that something in a draft changed, so that whoever looks at the old one is told."""
    curriculum.version += 1
    curriculum.save(update_fields=["version"])


def _begun(programme: Programme, name: str, year: str, *, copied_from: Curriculum | None = None) -> Curriculum:
    curriculum = Curriculum(
        programme=programme, name=" ".join(name.split()), effective_academic_year=year.strip(), copied_from=copied_from
    )
    check_names(curriculum)
    save(curriculum, CurriculumNameTaken(programme=programme.code, name=curriculum.name), force_insert=True)
    return curriculum


def check_names(curriculum: Curriculum) -> None:
    """Refuse a curriculum without a proper name or year."""
    errors = []
    if not curriculum.name or len(curriculum.name) > 120:
        errors.append({"field": "name", "message": _("Enter a name of at most 120 characters, such as BSIT 2026.")})
    if not rules.is_academic_year(curriculum.effective_academic_year):
        message = _("Enter two years that follow each other: 2026-2027.")
        errors.append({"field": "effective_academic_year", "message": message})
    if errors:
        raise Invalid(errors=errors)


def _moved(
    actor: Actor, curriculum_id: UUID, state: str, expected_version: int | None, *, reason: str = ""
) -> Curriculum:
    actor.require(permissions.APPROVE_CURRICULA)
    curriculum = selectors.get_curriculum_for_update(curriculum_id)
    must_be_version(curriculum.version, expected_version)
    if not curriculum.may_become(state):
        raise _cannot_move(curriculum, state)
    facts: dict[str, Any] = {}
    if state in (_State.APPROVED, _State.ACTIVE):
        report = selectors.report_on(curriculum)
        if not report.is_sound:
            sentences = [fault.sentence for fault in report.faults]
            raise CurriculumUnsound(curriculum=curriculum.name, faults=" ".join(sentences[:5]), all_faults=sentences)
        facts = {"units": str(report.total_units), "warnings": [warning.sentence for warning in report.warnings]}
    if state == _State.DRAFT and curriculum.state == _State.ACTIVE:
        events.publish(CurriculumReopening(actor=actor, curriculum_id=curriculum.id, name=curriculum.name))
    before = curriculum.state
    curriculum.state, curriculum.version = state, curriculum.version + 1
    curriculum.save(update_fields=["state", "version"])
    record(
        actor, "college.curriculum_moved", curriculum, reason=reason, before={"state": before}, after={"state": state},
        **facts,
    )  # fmt: skip
    return curriculum


def _cannot_move(curriculum: Curriculum, state: str) -> CurriculumCannotMove:
    possible = [str(_State(each).label).lower() for each in sorted(curriculum.TRANSITIONS[curriculum.state])]
    return CurriculumCannotMove(
        curriculum=curriculum.name, state=curriculum.get_state_display().lower(),
        wanted=str(_State(state).label).lower(), possible=", ".join(possible) or "nothing more",
    )  # fmt: skip
