"""Every change to the records, one function per act."""

from rollbook.systems.college.records.services.holds import (
    add_cause,
    drop_cause,
    place_hold,
    release_hold,
)
from rollbook.systems.college.records.services.imports import (
    check_file,
    commit_import,
    import_students,
    take_back_import,
)
from rollbook.systems.college.records.services.overrides import checked_reason, must_set_aside, set_aside
from rollbook.systems.college.records.services.status import change_status
from rollbook.systems.college.records.services.students import add_student, change_student, refuse_merge

__all__ = [
    "add_cause",
    "add_student",
    "change_status",
    "change_student",
    "check_file",
    "checked_reason",
    "commit_import",
    "drop_cause",
    "import_students",
    "must_set_aside",
    "place_hold",
    "refuse_merge",
    "release_hold",
    "set_aside",
    "take_back_import",
]
