"""How many blocks so many students need, and what they are called. Pure: the same numbers give the same plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Demand:
    """How many students of a programme and year are expected in a term."""

    programme_id: UUID
    year_level: int
    students: int


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """A cohort that is to be made, and how many students it is for."""

    code: str
    session: str
    students: int


def blocks_needed(students: int, target: int, maximum: int) -> int:
    """The number of blocks whose size comes nearest to the target with nobody above the maximum; fewer if as near."""
    if students <= 0:
        return 0
    fewest = -(-students // maximum)
    best = max(fewest, students // target)
    following = best + 1
    # |students / n - target| compared without dividing.
    if abs(students - target * following) * best < abs(students - target * best) * following:
        best = following
    return best


def sizes(students: int, blocks: int) -> list[int]:
    """So many students spread evenly; the first blocks take one more."""
    if blocks == 0:
        return []
    each, more = divmod(students, blocks)
    return [each + (1 if index < more else 0) for index in range(blocks)]


def letters(index: int) -> str:
    """A, B … Z, AA, AB …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, len(ascii_uppercase))
        name = ascii_uppercase[rest] + name
    return name


def plan_blocks(
    programme_code: str, year_level: int, students: int, *, target: int, maximum: int, standing: Sequence[str] = ()
) -> list[PlannedBlock]:
    """The blocks that are missing for so many students, named after those that stand; morning and afternoon in turn."""
    taken = {code.lower() for code in standing}
    number = blocks_needed(students, target, maximum)
    planned: list[PlannedBlock] = []
    for index, size in enumerate(sizes(students, number)):
        code = f"{programme_code}-{year_level}{letters(index)}"
        if code.lower() not in taken:
            planned.append(PlannedBlock(code, "AM" if index % 2 == 0 else "PM", size))
    return planned
