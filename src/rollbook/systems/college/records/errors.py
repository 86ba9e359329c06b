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
