"""Every change to the records, one function per act."""

from rollbook.systems.college.records.services.causes import Cause, add_causes, drop_causes
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
from rollbook.systems.college.records.services.lapsing import let_lapse
from rollbook.systems.college.records.services.overrides import checked_reason, must_set_aside, set_aside
from rollbook.systems.college.records.services.papers import SentPaper, add_paper, is_undecided, sent_it, withdraw_paper
from rollbook.systems.college.records.services.requests import (
    begin_due_requests,
    decide_status_request,
    effects_of,
    end_leaves_that_are_over,
    request_status,
    take_back_status_request,
)
from rollbook.systems.college.records.services.status import change_status, graduate, move_end_of_leave, readmit
from rollbook.systems.college.records.services.students import add_student, change_student, refuse_merge
from rollbook.systems.college.records.services.transfers import (
    change_curriculum,
    decide_transfer,
    endorse_transfer,
    request_transfer,
    take_back_transfer,
    take_effect_of_due_transfers,
)

__all__ = [
    "Cause",
    "NewCredit",
    "SentPaper",
    "add_cause",
    "add_causes",
    "add_paper",
    "add_student",
    "begin_due_requests",
    "change_credits",
    "change_curriculum",
    "change_status",
    "change_student",
    "check_file",
    "checked_reason",
    "commit_import",
    "decide_credits",
    "decide_status_request",
    "decide_transfer",
    "dispute_credits",
    "draft_credits",
    "drop_cause",
    "drop_causes",
    "effects_of",
    "end_leaves_that_are_over",
    "endorse_transfer",
    "graduate",
    "import_students",
    "is_undecided",
    "let_lapse",
    "move_end_of_leave",
    "must_set_aside",
    "place_hold",
    "readmit",
    "refuse_merge",
    "release_hold",
    "request_status",
    "request_transfer",
    "revoke_credit",
    "sent_it",
    "set_aside",
    "submit_credits",
    "take_back_import",
    "take_back_status_request",
    "take_back_transfer",
    "take_effect_of_due_transfers",
    "withdraw_paper",
]
