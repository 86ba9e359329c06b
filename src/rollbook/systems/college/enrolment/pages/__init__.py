"""Enrolment on the screen."""

from rollbook.systems.college.enrolment.pages.advising import advising, return_list
from rollbook.systems.college.enrolment.pages.desk import cancel, desk, desk_drop, desk_sections, put_in
from rollbook.systems.college.enrolment.pages.exceptions import ask_overload, loads, withdraw, withdrawals
from rollbook.systems.college.enrolment.pages.own import (
    drop,
    join,
    own_enrol,
    own_preview,
    own_sections,
    own_timetable,
    pick,
    release,
    renew,
    submit,
    take,
)
from rollbook.systems.college.enrolment.pages.queues import accept, leave, own_waits
from rollbook.systems.college.enrolment.pages.rosters import roster
from rollbook.systems.college.enrolment.pages.terms import enrol, of_student, override_gate

__all__ = [
    "accept", "advising", "ask_overload", "cancel", "desk", "desk_drop", "desk_sections", "drop", "enrol", "join",
    "leave", "loads", "of_student", "override_gate", "own_enrol", "own_preview", "own_sections", "own_timetable",
    "own_waits", "pick", "put_in", "release", "renew", "return_list", "roster", "submit", "take", "withdraw",
    "withdrawals",
]  # fmt: skip
