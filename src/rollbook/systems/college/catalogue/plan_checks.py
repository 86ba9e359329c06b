"""Whether a curriculum can be followed as it is planned (R10). No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan, Requirement, year_level
from rollbook.systems.college.catalogue.prerequisites import (
    AllMajor,
    Corequisite,
    LeafVerdict,
    Node,
    Passed,
    Permission,
    Specific,
    StudentFacts,
    edges_of,
    find_any_cycle,
    judge,
    leaves_of,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the programme asks of its curricula."""

    total_units: int
    years: int
    has_summer: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about the plan, and the subject it is about."""

    sentence: str
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What keeps a curriculum from being used, and what somebody should look at before it is."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    total_units: Decimal

    @property
    def is_sound(self) -> bool:
        return not self.faults


def check_plan(
    plan: Plan,
    rules: Mapping[UUID, Node],
    asked: Asked,
    *,
    equivalents: Mapping[UUID, frozenset[UUID]] | None = None,
    codes: Mapping[UUID, str] | None = None,
) -> PlanReport:
    """Look at every subject of a plan: is what it asks for there, and in time?

    `rules` holds the prerequisites in force by subject, `codes` how subjects outside the plan are called.
    """
    names = {**(codes or {}), **{place.subject_id: place.code for place in plan.places}}
    faults = [] if plan.places else [Fault(_("The curriculum has no subjects yet."))]
    faults += _too_late(plan, asked)
    faults += [fault for requirement in plan.requirements for fault in _uneven(requirement)]
    inside = {place.subject_id: rules[place.subject_id] for place in plan.places if place.subject_id in rules}
    ring = find_any_cycle(edge for subject_id, tree in inside.items() for edge in edges_of(subject_id, tree))
    if ring:
        way = " → ".join(names.get(step, "?") for step in ring)
        faults.append(Fault(_("These subjects wait for each other: %(way)s.") % {"way": way}, ring[0]))
    for place in plan.places:
        if place.subject_id in inside:
            facts = _model_student(plan, place, equivalents or {}, names)
            faults += _impossible(plan, place, inside[place.subject_id], facts)
    return PlanReport(tuple(faults), tuple(_warnings(plan, asked)), plan.total_units)


def _model_student(
    plan: Plan, place: Place, equivalents: Mapping[UUID, frozenset[UUID]], codes: Mapping[UUID, str]
) -> StudentFacts:
    """Somebody who passed everything that stands before this place, with the best grade, and takes this term's."""
    before = [other for other in plan.places if other.when < place.when]
    earned = plan.units_before(place.when)
    return StudentFacts(
        # A credit meets every grade that may be asked for.
        passed={other.subject_id: Passed(is_credited=True) for other in before},
        this_term=frozenset(other.subject_id for other in plan.places if other.when == place.when),
        year_level=year_level(earned, plan.units_by_year),
        earned_units=earned,
        curriculum_units=plan.total_units,
        passed_tags={other.subject_id: other.tags for other in before},
        majors=plan.majors,
        equivalents=equivalents,
        codes=codes,
    )


def _impossible(plan: Plan, place: Place, tree: Node, facts: StudentFacts) -> list[Fault]:
    roles = frozenset(leaf.role for leaf in leaves_of(tree) if isinstance(leaf, Permission))
    verdict = judge(tree, replace(facts, permissions=roles), of=place.subject_id)
    return [Fault(_reason(plan, place, leaf, facts), place.subject_id) for leaf in verdict.blocking]


def _reason(plan: Plan, place: Place, verdict: LeafVerdict, facts: StudentFacts) -> str:
    leaf, inside = verdict.leaf, {other.subject_id for other in plan.places}
    if isinstance(leaf, Specific | Corequisite):
        words = {"code": place.code, "asked": facts.code_of(leaf.subject_id)}
        if leaf.subject_id not in inside:
            return _("%(code)s asks for %(asked)s, which is not in this curriculum.") % words
        if isinstance(leaf, Corequisite):
            return _("%(code)s is taken together with %(asked)s, which comes later.") % words
        return _("%(code)s asks for %(asked)s, which does not come in an earlier term.") % words
    if isinstance(leaf, AllMajor):
        return _("%(code)s asks for every major, but some do not come before it. %(detail)s.") % {
            "code": place.code, "detail": verdict.sentence,
        }  # fmt: skip
    return _("%(code)s cannot be reached in its term. %(detail)s.") % {"code": place.code, "detail": verdict.sentence}


def _too_late(plan: Plan, asked: Asked) -> list[Fault]:
    return [
        Fault(
            _("%(code)s stands in year %(year)s, but the programme takes %(years)s years.")
            % {"code": place.code, "year": place.year_level, "years": asked.years},
            place.subject_id,
        )
        for place in plan.places
        if place.year_level > asked.years
    ]


def _uneven(requirement: Requirement) -> list[Fault]:
    """Alternatives that are not alternatives: they stand in different terms or count differently."""
    first = requirement.places[0]
    if all(place.units == first.units and place.when == first.when for place in requirement.places):
        return []
    codes = ", ".join(place.code for place in requirement.places)
    sentence = _("The electives %(group)s (%(codes)s) must stand in one term and have the same units.")
    return [Fault(sentence % {"group": first.elective_group, "codes": codes}, first.subject_id)]


def _warnings(plan: Plan, asked: Asked) -> list[Fault]:
    found = []
    if plan.places and plan.total_units != asked.total_units:
        words = {"total": plain(plan.total_units), "asked": asked.total_units}
        found.append(Fault(_("The subjects add up to %(total)s units; the programme asks for %(asked)s.") % words))
    if not asked.has_summer and any(place.semester == "SUMMER" for place in plan.places):
        found.append(Fault(_("There are summer subjects, but the programme has no summer terms.")))
    found += [
        Fault(_("%(code)s is not taught any more.") % {"code": place.code}, place.subject_id)
        for place in plan.places
        if not place.is_active
    ]
    for requirement in plan.requirements:
        only = requirement.places[0]
        if only.elective_group and len(requirement.places) == 1:
            words = {"group": only.elective_group, "code": only.code}
            found.append(Fault(_("The electives %(group)s have only one subject, %(code)s.") % words, only.subject_id))
    return found
