"""Every change to the records, one function per act."""

from rollbook.systems.college.records.services.credits import (
    NewCredit,
    change_credits,
    decide_credits,
    dispute_credits,
    draft_credits,
    revoke_credit,
    submit_credits,
)
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
from rollbook.systems.college.records.services.status import change_status, graduate
from rollbook.systems.college.records.services.students import add_student, change_student, refuse_merge

__all__ = [
    "NewCredit",
    "add_cause",
    "add_student",
    "change_credits",
    "change_status",
    "change_student",
    "check_file",
    "checked_reason",
    "commit_import",
    "decide_credits",
    "dispute_credits",
    "draft_credits",
    "drop_cause",
    "graduate",
    "import_students",
    "must_set_aside",
    "place_hold",
    "refuse_merge",
    "release_hold",
    "revoke_credit",
    "set_aside",
    "submit_credits",
    "take_back_import",
]
