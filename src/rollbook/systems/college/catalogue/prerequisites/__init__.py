"""What must come before a subject, as pure functions: the tree, its judgement, its cycles, its short writing.

tree = parse(rule.tree)                     # or MalformedTree, naming the part that does not fit
verdict = judge(tree, facts, of=subject_id)
verdict.is_met, verdict.sentences           # False, ("IT101: INC, deadline 2027-06-20",)
"""

from rollbook.systems.college.catalogue.prerequisites.cycles import Edge, edges_of, find_any_cycle, find_cycle
from rollbook.systems.college.catalogue.prerequisites.facts import Passed, StudentFacts
from rollbook.systems.college.catalogue.prerequisites.judging import LeafState, LeafVerdict, Verdict, judge
from rollbook.systems.college.catalogue.prerequisites.notation import NotationError, read, write
from rollbook.systems.college.catalogue.prerequisites.parsing import MalformedTree, parse, to_json
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
    leaves_of,
    subjects_of,
)

__all__ = [
    "AllMajor",
    "AllOf",
    "AnyOf",
    "Corequisite",
    "Edge",
    "Group",
    "Leaf",
    "LeafState",
    "LeafVerdict",
    "MalformedTree",
    "Node",
    "NotationError",
    "Passed",
    "PercentUnits",
    "Permission",
    "Specific",
    "StudentFacts",
    "Verdict",
    "YearStanding",
    "edges_of",
    "find_any_cycle",
    "find_cycle",
    "judge",
    "leaves_of",
    "parse",
    "read",
    "subjects_of",
    "to_json",
    "write",
]
