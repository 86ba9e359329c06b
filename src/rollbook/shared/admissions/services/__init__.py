"""Every change to applications, one function per act."""

from rollbook.shared.admissions.services.appointments import close_appointment, set_appointment
from rollbook.shared.admissions.services.checklists import set_checklist
from rollbook.shared.admissions.services.deciding import admit, mark_incomplete, reject, take_up_again
from rollbook.shared.admissions.services.documents import reject_document, send_document, verify_document
from rollbook.shared.admissions.services.drafting import Started, ask_for_link, must_be_open, save, start
from rollbook.shared.admissions.services.matching import fold, match_person, say_distinct
from rollbook.shared.admissions.services.proving import Proof, prove_address, refuse_unless_right, send_code
from rollbook.shared.admissions.services.submitting import Submission, send_again, submit, withdraw

__all__ = [
    "Proof",
    "Started",
    "Submission",
    "admit",
    "ask_for_link",
    "close_appointment",
    "fold",
    "mark_incomplete",
    "match_person",
    "must_be_open",
    "prove_address",
    "refuse_unless_right",
    "reject",
    "reject_document",
    "save",
    "say_distinct",
    "send_again",
    "send_code",
    "send_document",
    "set_appointment",
    "set_checklist",
    "start",
    "submit",
    "take_up_again",
    "verify_document",
    "withdraw",
]
