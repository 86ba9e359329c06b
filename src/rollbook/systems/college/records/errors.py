"""Why the records say no."""

from rollbook.core.errors import Forbidden, NotFound, Refusal


class StudentNotFound(NotFound):
    """We could not find that student. Search again by name, number or barcode."""


class HoldNotFound(NotFound):
    """We could not find that hold. It may have been released."""


class ImportNotFound(NotFound):
    """We could not find that import."""


class NumberTaken(Refusal):
    """The number {number} belongs to another student. Look the number up, or leave it empty for the next free one."""

    code = "NUMBER_TAKEN"


class AlreadyStudent(Refusal):
    """{name} is a student already, with the number {number}. Open that record instead."""

    code = "ALREADY_STUDENT"


class StudentNotActive(Refusal):
    """{number} is {status}. Change the status first, then enrol."""

    code = "STUDENT_NOT_ACTIVE"


class StudentHeld(Refusal):
    """{number} is held: {holds}. It has to be released before this is possible."""

    code = "HOLD"


class StatusCannotChange(Refusal):
    """{number} is {status} and cannot become {wanted} from there."""

    code = "INVALID_STATE"


class StatusBeginsTooEarly(Refusal):
    """The present status began on {since}. The next one begins on a later day."""

    code = "STATUS_OVERLAPS"


class HoldReleasedAlready(Refusal):
    """This hold was released on {released_on}. Nothing was changed."""

    code = "HOLD_RELEASED"


class StudentsNeedMerge(Refusal):
    """The entry that would give way belongs to student {number}. Let the student's entry be the one that stays."""

    code = "STUDENT_WOULD_GIVE_WAY"


class ImportHasErrors(Refusal):
    """{count} rows have errors, so nothing was imported. {first} Correct them, or import the right rows only."""

    code = "IMPORT_HAS_ERRORS"
    status = 422


class ImportCannotMove(Refusal):
    """This import is {state} already. Nothing was changed."""

    code = "INVALID_STATE"


class ImportIsOutdated(Refusal):
    """The records changed since this file was checked. Check it again, then import."""

    code = "IMPORT_OUTDATED"


class ImportIsInUse(Refusal):
    """This import cannot be taken back any more: {reasons}. Correct single students instead."""

    code = "IMPORT_IN_USE"


class OverrideNotAllowed(Forbidden):
    """This rule cannot be set aside by you. {who}"""

    code = "OVERRIDE_NOT_ALLOWED"
    status = 403


class CreditRequestNotFound(NotFound):
    """We could not find that request for credits."""


class CreditNotFound(NotFound):
    """We could not find that credit."""


class CreditCannotMove(Refusal):
    """This is {state} and cannot be {wanted} from there."""

    code = "INVALID_STATE"


class CreditStands(Refusal):
    """{codes} was credited meanwhile. Return the request and take it out."""

    code = "CREDIT_STANDS"


class LeaveOverlaps(Refusal):
    """{number} is on leave from {since} to {until} already. Change the last day of that leave instead."""

    code = "LEAVE_OVERLAPS"


class LeaveCoversFinalGrades(Refusal):
    """Grades of {codes} were finalised between {since} and {until}. Let the leave begin after them."""

    code = "GRADE_FINALIZED"


class BackdatingNotAllowed(Forbidden):
    """A leave that began before today is recorded by the head registrar. Ask there, or let it begin today."""

    code = "BACKDATING_NOT_ALLOWED"


class NotOnLeave(Refusal):
    """{number} is {status}, not on leave. Reload the record to see what happened meanwhile."""

    code = "INVALID_STATE"


class NotCleared(Refusal):
    """{number} is not cleared: {holds}. Let these be released first; the head registrar may decide otherwise."""

    code = "HOLD"


class NeedsReadmission(Refusal):
    """{number} withdrew. They come back by an application for readmission, at the admission office."""

    code = "READMISSION_NEEDED"


class RequestNotFound(NotFound):
    """We could not find that request."""


class RequestStands(Refusal):
    """A request of {number} is still open. Decide it, or take it back, before another one is made."""

    code = "REQUEST_STANDS"


class RequestCannotMove(Refusal):
    """This request is {state} and cannot be {wanted} from there. Reload the page."""

    code = "INVALID_STATE"


class TooManyPapers(Refusal):
    """{most} papers stand with this request already. Put several pages into one PDF."""

    code = "TOO_MANY_PAPERS"


class PaperNotFound(NotFound):
    """We could not find that paper."""


class PaperStands(Refusal):
    """The request is {state}, and its papers stay as they were then. Ask the registrar about a wrong one."""

    code = "PAPER_STANDS"


class PaperOfTheDesk(Refusal):
    """The registrar's desk kept this paper. Ask there to have it withdrawn."""

    code = "PAPER_OF_THE_DESK"


class TransferNotFound(NotFound):
    """We could not find that transfer."""


class SameProgramme(Refusal):
    """{number} is in {programme} already. Choose another programme."""

    code = "SAME_PROGRAMME"


class TermNotAhead(Refusal):
    """{term} is {state}. A transfer takes effect in a term whose enrolment is open or still to come."""

    code = "TERM_CLOSED"


class NoCurriculumThere(Refusal):
    """{programme} has no curriculum in force that {number} could follow. Let one be put in force first."""

    code = "NO_CURRICULUM"


class CurriculumDoesNotFit(Refusal):
    """That curriculum is not one in force of {programme}. Choose one from the list."""

    code = "CURRICULUM_MISMATCH"
