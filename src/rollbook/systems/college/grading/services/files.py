"""A file of grades, rehearsed against the sheet it is for. It is saved by saving its rows, like everything typed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.rules.entry import Problem, read_grade
from rollbook.systems.college.grading.scales import scale_in_force
from rollbook.systems.college.grading.services.sheets import RowTyped, basis_of
from rollbook.systems.college.lists import FileRefused, Line, read_list
from rollbook.systems.college.records.rules import is_formula

#: A class never has more rows than this; a longer file is of something else.
MOST_LINES = 5000
_NUMBER_NAMES = ("student_number", "number", "student_no", "student_no.", "id")
_GRADE_NAMES = ("grade", "final_grade", "final", "midterm", "rating")
_WORK_NAMES = ("required_work", "remarks", "work")


@dataclass(slots=True)
class FileRead:
    """The lines of a file, each with what it says or what is wrong with it; and the rows that could be saved."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    rows: list[RowTyped] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How many lines cannot be saved."""
        return sum(1 for line in self.lines if line["message"])


def read_file(actor: Actor, *, sheet_id: UUID, file_name: str, content: bytes) -> FileRead:
    """Read a file against the roster of its class: unknown numbers, doubled lines, formulas, wrong grades."""
    actor.require(permissions.ENTER_GRADES)
    shown = selectors.get_sheet(actor, sheet_id)
    lines = read_list(file_name, content)
    if len(lines) > MOST_LINES:
        raise FileRefused.because(
            _("The file has more than %(most)s rows. A sheet holds one class.") % {"most": MOST_LINES}
        )
    number_name, grade_name = _column(lines, _NUMBER_NAMES), _column(lines, _GRADE_NAMES)
    if not number_name or not grade_name:
        raise FileRefused.because(_("The heading needs a column student_number and a column grade."))
    work_name = _column(lines, _WORK_NAMES)
    roster = {row["student_number"]: row for row in selectors.roster(shown["section_id"], shown["component"])}
    times = Counter(line.values.get(number_name, "") for line in lines)
    scale = scale_in_force(organisation_in_scope().local_date(clock.now()))
    basis = basis_of(shown["section_id"])
    found = FileRead()
    for line in lines:
        number, grade = line.values.get(number_name, ""), line.values.get(grade_name, "")
        work = line.values.get(work_name, "") if work_name else ""
        said: dict[str, Any] = {"line": line.number, "student_number": number, "grade": grade, "hint": ""}
        row = roster.get(number)
        read = read_grade(grade, scale, basis=basis)
        if any(is_formula(text) for text in (number, grade, work)):
            said["message"] = _("This is a formula. Write the value itself.")
        elif row is None:
            said["message"] = _("Nobody with this number is in the class.")
        elif times[number] > 1:
            said["message"] = _("This number stands here more than once. Keep one line.")
        elif isinstance(read, Problem):
            said["message"], said["hint"] = read.message, read.hint
        else:
            said["message"] = ""
            found.rows.append(RowTyped(row["subject_enrolment_id"], grade, work or None))
        found.lines.append(said)
    return found


def _column(lines: list[Line], names: tuple[str, ...]) -> str:
    return next((name for name in names if name in lines[0].values), "")
