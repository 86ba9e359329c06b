"""What must come before a subject: set everywhere, or for one curriculum; a ring is refused with its way (R13)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions, selectors
from rollbook.systems.college.catalogue.errors import EntryNotFound, PrerequisiteCycle
from rollbook.systems.college.catalogue.models import CurriculumEntry, PrerequisiteRule
from rollbook.systems.college.catalogue.prerequisites import (
    Node,
    edges_of,
    find_cycle,
    parse,
    subjects_of,
    to_json,
    write,
)
from rollbook.systems.college.catalogue.services.checking import must_be_version, one_at_a_time
from rollbook.systems.college.catalogue.services.curricula import draft_for_update, touch


@transaction.atomic
def set_subject_prerequisites(
    actor: Actor, *, subject_id: UUID, tree: Any, expected_version: int | None = None
) -> PrerequisiteRule | None:
    """Say what must come before a subject wherever no curriculum says otherwise; `None` asks for nothing.

    `tree` is JSON as `prerequisites.parse` reads it. `expected_version` is 0 where nothing was asked for so far.
    """
    actor.require(permissions.MANAGE_SUBJECTS)
    one_at_a_time()
    subject = selectors.get_subject_for_update(subject_id)
    wanted = None if tree is None else parse(tree)
    codes = _codes_of(wanted, subject.id)
    for rules in selectors.worlds_that_read_the_rule_of(subject.id):
        refuse_ring(subject.id, wanted, rules)
    standing: PrerequisiteRule | None = PrerequisiteRule.objects.filter(subject=subject.id).first()
    rule = _kept(standing, wanted, expected_version, subject_id=subject.id)
    _record(actor, subject, standing, wanted, codes, subject=subject.code)
    return rule


@transaction.atomic
def set_entry_prerequisites(
    actor: Actor, *, entry_id: UUID, tree: Any, expected_version: int | None = None
) -> PrerequisiteRule | None:
    """Say what must come before a subject in one draft, in place of what holds everywhere; `None` takes it back."""
    actor.require(permissions.DRAFT_CURRICULA)
    one_at_a_time()
    entry: CurriculumEntry | None = CurriculumEntry.objects.select_related("subject").filter(id=entry_id).first()
    if entry is None:
        raise EntryNotFound
    curriculum = draft_for_update(entry.curriculum_id, None)
    wanted = None if tree is None else parse(tree)
    codes = _codes_of(wanted, entry.subject_id)
    refuse_ring(entry.subject_id, wanted, selectors.rules_as_read_by(curriculum.id))
    standing: PrerequisiteRule | None = PrerequisiteRule.objects.filter(entry=entry.id).first()
    rule = _kept(standing, wanted, expected_version, entry_id=entry.id)
    touch(curriculum)
    _record(actor, curriculum, standing, wanted, codes, subject=entry.subject.code)
    return rule


def refuse_ring(subject_id: UUID, wanted: Node | None, rules: Mapping[UUID, Node]) -> None:
    """Refuse prerequisites with which subjects would wait for each other; `rules` is what holds beside them."""
    if wanted is None:
        return
    edges = [edge for other, tree in rules.items() if other != subject_id for edge in edges_of(other, tree)]
    for edge in edges_of(subject_id, wanted):
        ring = find_cycle(edges, edge)
        if ring:
            codes = selectors.codes_of(ring)
            path = [codes[step] for step in ring]
            raise PrerequisiteCycle(way=" → ".join(path), path=path)
        edges.append(edge)


def _codes_of(wanted: Node | None, subject_id: UUID) -> dict[UUID, str]:
    """How the named subjects are called; each must stand in this college's catalogue."""
    named = subjects_of(wanted) if wanted is not None else frozenset()
    codes = selectors.codes_of([*named, subject_id])
    if named - set(codes):
        raise Invalid.field("tree", _("One of the subjects is not in the catalogue. Choose it again from the list."))
    return codes


def _kept(
    standing: PrerequisiteRule | None, wanted: Node | None, expected_version: int | None, **owner: UUID
) -> PrerequisiteRule | None:
    must_be_version(standing.version if standing else 0, expected_version)
    if wanted is None:
        if standing is not None:
            PrerequisiteRule.objects.filter(id=standing.id).delete()
        return None
    if standing is None:
        created: PrerequisiteRule = PrerequisiteRule.objects.create(tree=to_json(wanted), **owner)
        return created
    changed = PrerequisiteRule(id=standing.id, **owner, tree=to_json(wanted), version=standing.version + 1)
    PrerequisiteRule.objects.filter(id=standing.id).update(tree=changed.tree, version=changed.version)
    return changed


def _record(
    actor: Actor, target: Any, standing: PrerequisiteRule | None, wanted: Node | None, codes: dict[UUID, str],
    *, subject: str,
) -> None:  # fmt: skip
    before_tree = parse(standing.tree) if standing else None
    all_codes = codes | selectors.codes_of(subjects_of(before_tree) if before_tree else [])
    record(
        actor, "college.prerequisites_set", target, subject=subject,
        before={"prerequisites": write(before_tree, all_codes)}, after={"prerequisites": write(wanted, all_codes)},
    )  # fmt: skip
