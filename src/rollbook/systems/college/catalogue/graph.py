"""A curriculum drawn as a network: terms from left to right, a line from each subject to what asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rollbook.systems.college.catalogue.curriculum_rules import SEMESTERS, Place, Plan
from rollbook.systems.college.catalogue.prerequisites import Edge, Node, edges_of

BOX_WIDTH, BOX_HEIGHT = 120, 40
COLUMN, ROW = 176, 56
HEAD = 32
MARGIN = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A subject in the drawing."""

    place: Place
    x: int
    y: int
    #: How many subjects of the curriculum rest on it, directly or further on.
    opens: int

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def baseline(self) -> int:
        return self.y + BOX_HEIGHT // 2 + 4


@dataclass(frozen=True, slots=True)
class Line:
    """From a subject to one that asks for it; loose where they may be taken together."""

    before: Place
    after: Place
    path: str
    is_strict: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A term of the drawing."""

    year_level: int
    semester: str
    x: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that is drawn, with the size it needs."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(plan: Plan, rules: Mapping[UUID, Node]) -> Drawing:
    """Lay a plan out: a column for each term that has subjects, in each the subjects by code."""
    terms = sorted({place.when for place in plan.places})
    columns = tuple(
        Column(year, SEMESTERS[semester], MARGIN + number * COLUMN) for number, (year, semester) in enumerate(terms)
    )
    edges = [
        edge
        for place in plan.places
        for edge in dict.fromkeys(
            edges_of(place.subject_id, rules[place.subject_id]) if place.subject_id in rules else ()
        )
    ]
    inside = {place.subject_id: place for place in plan.places}
    edges = [edge for edge in edges if edge.before in inside]
    boxes: dict[UUID, Box] = {}
    depth = 0
    for number, when in enumerate(terms):
        column = [place for place in plan.places if place.when == when]
        depth = max(depth, len(column))
        for row, place in enumerate(column):
            x, y = columns[number].x, HEAD + row * ROW
            boxes[place.subject_id] = Box(place, x, y, len(_after(place.subject_id, edges)))
    lines = tuple(_line(boxes[edge.before], boxes[edge.after], is_strict=edge.is_strict) for edge in edges)
    return Drawing(
        tuple(boxes.values()),
        lines,
        columns,
        width=2 * MARGIN + max(len(terms) - 1, 0) * COLUMN + BOX_WIDTH,
        height=HEAD + max(depth, 1) * ROW,
    )


def _after(subject_id: UUID, edges: list[Edge[UUID]]) -> set[UUID]:
    """Everything that rests on a subject, found step by step."""
    reached: set[UUID] = set()
    border = {subject_id}
    while border:
        border = {edge.after for edge in edges if edge.before in border} - reached
        reached |= border
    return reached - {subject_id}


def _line(before: Box, after: Box, *, is_strict: bool) -> Line:
    start, end = before.y + BOX_HEIGHT // 2, after.y + BOX_HEIGHT // 2
    if before.x < after.x:
        left, right = before.x + BOX_WIDTH, after.x
        bend = (right - left) // 2
        path = f"M{left} {start} C{left + bend} {start} {right - bend} {end} {right} {end}"
    else:
        # In one term, or against the plan: round the left side, so that the line does not hide behind the boxes.
        left = min(before.x, after.x)
        path = f"M{before.x} {start} C{left - 28} {start} {left - 28} {end} {after.x} {end}"
    return Line(before.place, after.place, path, is_strict)
