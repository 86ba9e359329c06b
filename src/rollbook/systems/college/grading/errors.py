"""Why the grading room says no."""

from rollbook.core.errors import Invalid, NotFound, Refusal


class SheetNotFound(NotFound):
    """We could not find that grade sheet. Look it up among your classes."""


class GradeNotFound(NotFound):
    """We could not find that grade. Look it up on the student's record."""


class ChangeNotFound(NotFound):
    """We could not find that request. Look it up at the grade-change desk."""


class CaseNotFound(NotFound):
    """We could not find that incomplete. Look it up among the incomplete cases."""


class GradeFinalized(Refusal):
    """These grades of {section} are finalised. A grade changes now only by a request that two people decide."""

    code = "GRADE_FINALIZED"
    remedy = "Open the row and ask for a change of the grade, with a reason and evidence."


class NotGradeOwner(Refusal):
    """Only the professor who owns the grades of {section} may enter and submit them."""

    code = "NOT_GRADE_OWNER"
    status = 403
    audited = True
    remedy = "Ask the dean to make you the primary professor of the class, or ask its owner."


class GradingClosed(Refusal):
    """Grades of {term} are entered from {opens_on} to {closes_on}."""

    code = "WINDOW_CLOSED"
    remedy = "Ask the registrar to open this sheet for you for some days."


class NoGradingWindow(Refusal):
    """{term} has no window for {component} grades yet."""

    code = "WINDOW_CLOSED"
    remedy = "Ask the registrar to set the grading window of the term, or to open this sheet for you."


class NoScale(Refusal):
    """The grade scale {scale} has no failing number, so an expired incomplete cannot become one."""

    code = "NO_SCALE"
    remedy = "An administrator adds a failing grade to the scale, or lets expired incompletes become NG."


class SheetCannotMove(Refusal):
    """The sheet of {section} is {state}; it cannot be {wanted} now."""

    code = "INVALID_STATE"
    remedy = "Reload the sheet to see where it stands."


class SheetChangedMeanwhile(Refusal):
    """Somebody saved grades of {section} while you were looking at it. Reload, then make your change again."""

    code = "VERSION_CONFLICT"
    status = 412


class SheetNotComplete(Invalid):
    """Some rows still need a grade."""

    code = "SHEET_NOT_COMPLETE"


class RowsRefused(Invalid):
    """Some rows are not grades of the scale. Nothing was saved."""

    code = "INVALID"


class NobodyToGrade(Refusal):
    """Nobody is enrolled in {section}, so there is nothing to submit."""

    code = "NOBODY_TO_GRADE"


class NotWhileStandingIn(Refusal):
    """Grades are not entered, submitted or finalised while you act as somebody else. Leave their view first."""

    code = "NOT_WHILE_STANDING_IN"
    status = 403
    audited = True


class NotFinalizedYet(Refusal):
    """This grade is not finalised yet. It is corrected on the grade sheet."""

    code = "INVALID_STATE"
    remedy = "Return the sheet to its professor, or wait until it is finalised."


class IncompleteIsResolved(Refusal):
    """An incomplete is resolved by its own steps, not by a change of the grade."""

    code = "INVALID_STATE"
    remedy = "Open the incomplete case and ask for its resolution."


class SameGrade(Refusal):
    """The grade is {symbol} already. Nothing was changed."""

    code = "NOTHING_CHANGED"


class GradeMovedOn(Refusal):
    """The grade is no longer {expected}: it is {symbol} now. The request does not fit any more."""

    code = "GRADE_MOVED_ON"
    remedy = "Return the request, and ask for a new one if it is still needed."


class TermArchived(Refusal):
    """{term} is archived; its grades are closed for good."""

    code = "TERM_ARCHIVED"
    remedy = "An administrator reopens the term for changes of grades, with a reason and a last day."


class TermNotArchived(Refusal):
    """{term} is not archived, so it needs no reopening."""

    code = "INVALID_STATE"


class CaseCannotMove(Refusal):
    """This incomplete is {state}; it cannot be {wanted} now."""

    code = "INVALID_STATE"
    remedy = "Reload the case to see what the next step is, and whose."


class DeadlinePassed(Refusal):
    """The deadline of this incomplete was {deadline}. It can no longer be resolved."""

    code = "INC_DEADLINE_PASSED"


class SelfDecision(Refusal):
    """You gave this grade yourself, so somebody else has to approve it."""

    code = "SELF_APPROVAL"
    audited = True
    remedy = "Ask another programme head or the dean's office for somebody who may approve it."


class NoMoreExtensions(Refusal):
    """This incomplete was extended {extensions} times already; more is not possible."""

    code = "NO_MORE_EXTENSIONS"


class NothingToConfirm(Refusal):
    """There is no result of {term} that waits to be confirmed."""

    code = "NOTHING_TO_CONFIRM"
