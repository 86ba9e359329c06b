"""The tree: groups of which all or any must be met, and leaves that can be looked up for a student."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Specific:
    """A subject that was passed, with a grade no worse than `min_grade` where that is said."""

    subject_id: UUID
    min_grade: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Corequisite:
    """A subject that was passed, or is taken in the same term."""

    subject_id: UUID


@dataclass(frozen=True, slots=True)
class YearStanding:
    """A year level that was reached."""

    year_level: int


@dataclass(frozen=True, slots=True)
class Group:
    """Some subjects of a kind: two of `programming`."""

    tag: str
    min_subjects: int


@dataclass(frozen=True, slots=True)
class PercentUnits:
    """A share of the curriculum's units that was earned."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class AllMajor:
    """Every major subject of the curriculum but the one that asks."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Somebody in this role agreed."""

    role: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must be met."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part is enough."""

    parts: tuple["Node", ...]


Leaf = Specific | Corequisite | YearStanding | Group | PercentUnits | AllMajor | Permission
Node = AllOf | AnyOf | Leaf


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Every leaf from left to right."""
    if isinstance(node, AllOf | AnyOf):
        for part in node.parts:
            yield from leaves_of(part)
    else:
        yield node


def subjects_of(node: Node) -> frozenset[UUID]:
    """The subjects that a tree names."""
    return frozenset(leaf.subject_id for leaf in leaves_of(node) if isinstance(leaf, Specific | Corequisite))
