"""Reads of prerequisites and equivalencies."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.errors import EquivalencyNotFound
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Equivalency, PrerequisiteRule
from rollbook.systems.college.catalogue.prerequisites import Node, parse

# Asked for every cart that names a prerequisite.
_EQUIVALENTS = """
SELECT subject_id, satisfies_id, is_two_way FROM college_catalogue_equivalency
 WHERE organisation_id = %(organisation)s AND effective_from <= %(day)s::date
   AND (effective_to IS NULL OR effective_to >= %(day)s::date)
   AND (curriculum_id IS NULL OR curriculum_id = %(curriculum)s::uuid)
"""


def rules_for(curriculum_id: UUID | None, subject_ids: Collection[UUID] | None = None) -> dict[UUID, Node]:
    """What the subjects of a curriculum ask for there: the entry's own rule, else the subject's. Two statements.

    With `subject_ids` only of these, which need not be in the curriculum; without a curriculum what holds everywhere.
    """
    own = PrerequisiteRule.objects.filter(entry__isnull=False, entry__curriculum=curriculum_id)
    if subject_ids is None:
        asked = list(CurriculumEntry.objects.filter(curriculum=curriculum_id).values_list("subject_id", flat=True))
    else:
        asked = list(subject_ids)
        own = own.filter(entry__subject__in=asked)
    found = _parsed(PrerequisiteRule.objects.filter(subject__in=asked), "subject_id")
    return found | _parsed(own, "entry__subject_id")


def rule_of_subject(subject_id: UUID) -> PrerequisiteRule | None:
    """What a subject asks for wherever no curriculum says otherwise."""
    found: PrerequisiteRule | None = PrerequisiteRule.objects.filter(subject=subject_id).first()
    return found


def rule_of_entry(entry_id: UUID) -> PrerequisiteRule | None:
    """What a subject asks for in one curriculum only."""
    found: PrerequisiteRule | None = PrerequisiteRule.objects.filter(entry=entry_id).first()
    return found


def rules_everywhere() -> dict[UUID, Node]:
    """What every subject of the catalogue asks for wherever no curriculum says otherwise."""
    return _parsed(PrerequisiteRule.objects.filter(subject__isnull=False), "subject_id")


def rules_as_read_by(curriculum_id: UUID) -> dict[UUID, Node]:
    """What every subject of the catalogue asks for, seen from one curriculum."""
    everywhere = rules_everywhere()
    own = _parsed(PrerequisiteRule.objects.filter(entry__curriculum=curriculum_id), "entry__subject_id")
    return everywhere | own


def worlds_that_read_the_rule_of(subject_id: UUID) -> Iterator[dict[UUID, Node]]:
    """What subjects ask for: everywhere, and in each curriculum with rules of its own that leaves this one as it is."""
    everywhere = rules_everywhere()
    yield everywhere
    own: dict[UUID, dict[UUID, Node]] = defaultdict(dict)
    rows = PrerequisiteRule.objects.filter(entry__isnull=False).exclude(
        entry__curriculum__state=Curriculum.State.RETIRED
    )
    for curriculum_id, owner, tree in rows.values_list("entry__curriculum_id", "entry__subject_id", "tree"):
        own[curriculum_id][owner] = parse(tree)
    for rules in own.values():
        if subject_id not in rules:
            yield everywhere | rules


def equivalencies(actor: Actor) -> "QuerySet[Equivalency]":
    """Every equivalency, those that ended as well."""
    actor.require(permissions.VIEW_CATALOGUE)
    return Equivalency.objects.select_related("subject", "satisfies", "curriculum")


def equivalents_on(day: date, curriculum_id: UUID | None = None) -> dict[UUID, frozenset[UUID]]:
    """For a subject, those that stand for it on a day, in one step; for `StudentFacts.equivalents`."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    with prepared_cursor() as cursor:
        cursor.execute(
            _EQUIVALENTS, {"organisation": require_organisation_id(), "day": day, "curriculum": curriculum_id}
        )
        rows = cursor.fetchall()
    for passed, asked, is_two_way in rows:
        found[asked].add(passed)
        if is_two_way:
            found[passed].add(asked)
    return {asked: frozenset(others) for asked, others in found.items()}


def _parsed(rows: "QuerySet[PrerequisiteRule]", owner: str) -> dict[UUID, Node]:
    return {subject_id: parse(tree) for subject_id, tree in rows.values_list(owner, "tree")}


def get_equivalency(actor: Actor, equivalency_id: UUID) -> Equivalency:
    """One equivalency of the organisation."""
    found: Equivalency | None = equivalencies(actor).filter(id=equivalency_id).first()
    if found is None:
        raise EquivalencyNotFound
    return found
