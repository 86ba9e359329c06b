"""Whether a student meets a tree, leaf by leaf, each with the sentence that the student reads (R20)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.systems.college.catalogue.prerequisites.facts import StudentFacts
from rollbook.systems.college.catalogue.prerequisites.parsing import to_json
from rollbook.systems.college.catalogue.prerequisites.tree import (
    AllMajor,
    AllOf,
    AnyOf,
    Corequisite,
    Group,
    Leaf,
    Node,
    PercentUnits,
    Permission,
    Specific,
    YearStanding,
)


class LeafState(Enum):
    """How a student stands to one condition."""

    PASSED = "PASSED"
    CREDITED = "CREDITED"
    EQUIVALENT = "EQUIVALENT"
    TOGETHER = "TOGETHER"
    PROVISIONAL = "PROVISIONAL"
    MET = "MET"
    INCOMPLETE = "INCOMPLETE"
    IN_PROGRESS = "IN_PROGRESS"
    NO_GRADE = "NO_GRADE"
    FAILED = "FAILED"
    WITHDRAWN = "WITHDRAWN"
    GRADE_TOO_LOW = "GRADE_TOO_LOW"
    NOT_TAKEN = "NOT_TAKEN"
    NOT_MET = "NOT_MET"


_MET = frozenset(
    {
        LeafState.PASSED, LeafState.CREDITED, LeafState.EQUIVALENT, LeafState.TOGETHER, LeafState.PROVISIONAL,
        LeafState.MET,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeafVerdict:
    """One condition: how the student stands to it, in a word for programs and a sentence for people."""

    leaf: Leaf
    state: LeafState
    sentence: str

    @property
    def is_met(self) -> bool:
        return self.state in _MET

    def as_facts(self) -> dict[str, Any]:
        """For an answer over JSON, and to be kept with an advised subject."""
        return {**to_json(self.leaf), "state": self.state.value, "is_met": self.is_met, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the tree is met, every leaf of it, and those that stand in the way."""

    is_met: bool
    leaves: tuple[LeafVerdict, ...]
    blocking: tuple[LeafVerdict, ...]
    #: Met only as long as what is in progress now will be passed.
    is_provisional: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """What stands in the way, a sentence each."""
        return tuple(dict.fromkeys(leaf.sentence for leaf in self.blocking))

    def as_facts(self) -> dict[str, Any]:
        """For an answer over JSON, and to be kept with an advised subject."""
        return {
            "is_met": self.is_met,
            "is_provisional": self.is_provisional,
            "leaves": [leaf.as_facts() for leaf in self.leaves],
        }


#: The verdict on a subject that asks for nothing.
NOTHING_ASKED = Verdict(is_met=True, leaves=(), blocking=())


def judge(tree: Node | None, facts: StudentFacts, *, of: UUID) -> Verdict:
    """Judge what subject `of` asks for. Every leaf is looked at, also behind one that is not met."""
    if tree is None:
        return NOTHING_ASKED
    judged = _judged(tree, facts, of)
    firmly = judged.is_met and not _met(judged, without=LeafState.PROVISIONAL)
    return Verdict(judged.is_met, tuple(judged.leaves()), tuple(judged.blocking()), is_provisional=firmly)


@dataclass(frozen=True, slots=True)
class _Judged:
    node: Node
    is_met: bool
    parts: tuple["_Judged", ...] = ()
    verdict: LeafVerdict | None = None

    def leaves(self) -> Iterator[LeafVerdict]:
        if self.verdict is not None:
            yield self.verdict
        for part in self.parts:
            yield from part.leaves()

    def blocking(self) -> Iterator[LeafVerdict]:
        if self.is_met:
            return
        if self.verdict is not None:
            yield self.verdict
        for part in self.parts:
            yield from part.blocking()


def _judged(node: Node, facts: StudentFacts, of: UUID) -> _Judged:
    if isinstance(node, AllOf | AnyOf):
        parts = tuple(_judged(part, facts, of) for part in node.parts)
        enough = all if isinstance(node, AllOf) else any
        return _Judged(node, enough(part.is_met for part in parts), parts)
    verdict = _leaf(node, facts, of)
    return _Judged(node, verdict.is_met, verdict=verdict)


def _met(judged: _Judged, *, without: LeafState) -> bool:
    if judged.verdict is not None:
        return judged.is_met and judged.verdict.state is not without
    enough = all if isinstance(judged.node, AllOf) else any
    return enough(_met(part, without=without) for part in judged.parts)


def _leaf(leaf: Leaf, facts: StudentFacts, of: UUID) -> LeafVerdict:  # noqa: PLR0911 — one case per kind of leaf
    match leaf:
        case Specific():
            return _specific(leaf, facts)
        case Corequisite(subject_id):
            return _corequisite(leaf, subject_id, facts)
        case YearStanding(wanted):
            met = facts.year_level >= wanted
            texts = {"wanted": wanted, "year": facts.year_level}
            return _plain(leaf, met, _("Year %(wanted)s standing: in year %(year)s") % texts)
        case Group(tag, wanted):
            count = sum(tag in tags for tags in facts.passed_tags.values())
            said = {"tag": tag, "count": count, "wanted": wanted}
            return _plain(leaf, count >= wanted, _("%(tag)s: %(count)s of %(wanted)s passed") % said)
        case PercentUnits():
            return _percent(leaf, facts)
        case AllMajor():
            return _majors(leaf, facts, of)
        case Permission(role):
            met = role in facts.permissions
            given = _("given") if met else _("not given")
            return _plain(leaf, met, f"{_('Permission of %(role)s') % {'role': role.replace('_', ' ')}}: {given}")


def _plain(leaf: Leaf, met: bool, sentence: str) -> LeafVerdict:
    return LeafVerdict(leaf, LeafState.MET if met else LeafState.NOT_MET, sentence)


def _specific(leaf: Specific, facts: StudentFacts) -> LeafVerdict:
    code, own = facts.code_of(leaf.subject_id), facts.passed.get(leaf.subject_id)
    if own is not None and own.meets(leaf.min_grade):
        if own.is_credited:
            return LeafVerdict(leaf, LeafState.CREDITED, f"{code}: {_('credited')}")
        return LeafVerdict(leaf, LeafState.PASSED, f"{code}: {_('passed')}{'' if own.best is None else f' {own.best}'}")
    for other in sorted(facts.equivalents.get(leaf.subject_id, ()), key=facts.code_of):
        passed = facts.passed.get(other)
        if passed is not None and passed.meets(leaf.min_grade):
            sentence = _("met by %(code)s") % {"code": facts.code_of(other)}
            return LeafVerdict(leaf, LeafState.EQUIVALENT, f"{code}: {sentence}")
    if facts.allows_provisional and leaf.subject_id in facts.in_progress:
        return LeafVerdict(leaf, LeafState.PROVISIONAL, f"{code}: {_('in progress, counts until its grade is there')}")
    if own is not None:
        has = _("passed without a grade") if own.best is None else str(own.best)
        needs = _("needs %(grade)s or better") % {"grade": leaf.min_grade}
        return LeafVerdict(leaf, LeafState.GRADE_TOO_LOW, f"{code}: {has}, {needs}")
    state, words = _standing(leaf.subject_id, facts)
    return LeafVerdict(leaf, state, f"{code}: {words}")


def _standing(subject_id: UUID, facts: StudentFacts) -> tuple[LeafState, str]:
    """Where the student is with a subject that was never passed."""
    if subject_id in facts.incomplete:
        deadline = facts.incomplete[subject_id]
        if deadline is None:
            return LeafState.INCOMPLETE, _("INC, no deadline while on leave")
        return LeafState.INCOMPLETE, _("INC, deadline %(day)s") % {"day": deadline.isoformat()}
    for subjects, state, words in (
        (facts.in_progress, LeafState.IN_PROGRESS, _("in progress")),
        (facts.no_grade, LeafState.NO_GRADE, _("no grade yet")),
        (facts.failed, LeafState.FAILED, _("failed")),
        (facts.withdrawn, LeafState.WITHDRAWN, _("withdrawn")),
    ):
        if subject_id in subjects:
            return state, words
    # Dropping leaves no trace: whoever dropped a subject never took it.
    return LeafState.NOT_TAKEN, _("not taken")


def _corequisite(leaf: Corequisite, subject_id: UUID, facts: StudentFacts) -> LeafVerdict:
    if subject_id in facts.this_term:
        return LeafVerdict(leaf, LeafState.TOGETHER, f"{facts.code_of(subject_id)}: {_('taken in the same term')}")
    passed = _specific(Specific(subject_id), facts)
    ending = "" if passed.is_met else f"; {_('take it in the same term')}"
    return LeafVerdict(leaf, passed.state, passed.sentence + ending)


def _percent(leaf: PercentUnits, facts: StudentFacts) -> LeafVerdict:
    earned, whole = Fraction(facts.earned_units), Fraction(facts.curriculum_units)
    # By multiplication and exactly: 89 of 120 is never rounded up to 75 percent.
    met = whole > 0 and earned * 100 >= Fraction(leaf.percent) * whole
    sentence = _("%(percent)s%% of the curriculum's units: %(earned)s of %(whole)s earned") % {
        "percent": leaf.percent, "earned": plain(facts.earned_units), "whole": plain(facts.curriculum_units),
    }  # fmt: skip
    return _plain(leaf, met, sentence)


def _majors(leaf: AllMajor, facts: StudentFacts, of: UUID) -> LeafVerdict:
    asked = [alternatives for alternatives in facts.majors if of not in alternatives]
    missing = [
        " / ".join(sorted(map(facts.code_of, alternatives)))
        for alternatives in asked
        if not any(_specific(Specific(subject_id), facts).is_met for subject_id in alternatives)
    ]
    if missing:
        sentence = _("All majors: missing %(codes)s") % {"codes": ", ".join(sorted(missing))}
    else:
        sentence = _("All majors: passed")
    return _plain(leaf, not missing, sentence)
