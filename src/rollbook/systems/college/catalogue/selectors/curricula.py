"""Reads of curricula: whoever may see the catalogue sees those in force, fewer see what is being drafted."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan
from rollbook.systems.college.catalogue.errors import CurriculumNotFound, EntryNotFound
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry
from rollbook.systems.college.catalogue.plan_checks import Asked, PlanReport, check_plan
from rollbook.systems.college.catalogue.prerequisites import subjects_of
from rollbook.systems.college.catalogue.selectors.requirements import equivalents_on, rules_for
from rollbook.systems.college.catalogue.selectors.subjects import codes_of

#: What students have followed or follow; everything else is still being decided.
_DECIDED = (Curriculum.State.ACTIVE, Curriculum.State.RETIRED)


def curricula(actor: Actor) -> "QuerySet[Curriculum]":
    """The curricula that the actor may see; the head of a programme sees its drafts as well."""
    actor.require(permissions.VIEW_CATALOGUE)
    rows = Curriculum.objects.select_related("programme")
    if actor.may(permissions.VIEW_DRAFTS):
        return rows
    seen = Q(state__in=_DECIDED)
    if actor.membership_id is not None:
        seen |= Q(programme__head=actor.membership_id)
    return rows.filter(seen)


def get_curriculum(actor: Actor, curriculum_id: UUID) -> Curriculum:
    """One curriculum that the actor may see, with its programme."""
    found: Curriculum | None = curricula(actor).filter(id=curriculum_id).first()
    if found is None:
        raise CurriculumNotFound
    return found


def get_curriculum_for_update(curriculum_id: UUID) -> Curriculum:
    """One curriculum, locked: nobody changes it or takes it as theirs until the act is over."""
    rows = Curriculum.objects.select_related("programme").select_for_update(of=("self",))
    found: Curriculum | None = rows.filter(id=curriculum_id).first()
    if found is None:
        raise CurriculumNotFound
    return found


def curriculum_for_new_students(programme_id: UUID, academic_year: str = "") -> Curriculum | None:
    """What somebody who begins in an academic year follows: the latest curriculum in force that has begun by then."""
    rows = Curriculum.objects.filter(programme=programme_id, state=Curriculum.State.ACTIVE)
    if academic_year:
        rows = rows.filter(effective_academic_year__lte=academic_year)
    found: Curriculum | None = rows.order_by("-effective_academic_year", "-created_at").first()
    return found


def entries_of(curriculum_id: UUID) -> Sequence[CurriculumEntry]:
    """The entries with their subjects, in the order of time (FIRST, SECOND and SUMMER happen to be alphabetical)."""
    rows = CurriculumEntry.objects.select_related("subject").filter(curriculum=curriculum_id)
    return list(rows.order_by("year_level", "semester", "subject__code"))


def get_entry(actor: Actor, entry_id: UUID) -> CurriculumEntry:
    """One entry of a curriculum that the actor may see."""
    rows = CurriculumEntry.objects.select_related("subject", "curriculum__programme")
    found: CurriculumEntry | None = rows.filter(id=entry_id).first()
    if found is None or not curricula(actor).filter(id=found.curriculum_id).exists():
        raise EntryNotFound
    return found


def plan_of(curriculum_id: UUID) -> Plan:
    """A curriculum as the pure rules take it: requirements, units, years, majors."""
    return plan_from(entries_of(curriculum_id))


def plan_from(entries: Sequence[CurriculumEntry]) -> Plan:
    """Entries that were read already, as the pure rules take them."""
    return Plan.of(
        Place(
            subject_id=entry.subject_id,
            code=entry.subject.code,
            units=entry.subject.units,
            year_level=entry.year_level,
            semester=entry.semester,
            category=entry.effective_category,
            elective_group=entry.elective_group,
            tags=frozenset(entry.subject.tags),
            is_active=entry.subject.is_active,
        )
        for entry in entries
    )


def report_on(curriculum: Curriculum, *, today: date | None = None) -> PlanReport:
    """Whether a curriculum can be followed as it stands (R10)."""
    day = today or organisation_in_scope().local_date(clock.now())
    programme, rules = curriculum.programme, rules_for(curriculum.id)
    named = {subject_id for tree in rules.values() for subject_id in subjects_of(tree)}
    return check_plan(
        plan_of(curriculum.id),
        rules,
        Asked(programme.total_units_required, programme.duration_years, programme.has_summer),
        equivalents=equivalents_on(day, curriculum.id),
        codes=codes_of(named),
    )
