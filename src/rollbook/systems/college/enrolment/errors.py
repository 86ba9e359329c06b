"""Why enrolment says no."""

from collections.abc import Sequence
from typing import Any

from rollbook.core.errors import Collided, Forbidden, NotFound, Refusal
from rollbook.systems.college.enrolment.rules.verdicts import ItemVerdict


class EnrolmentNotFound(NotFound):
    """We could not find that enrolment. Search for the student again."""


class SubjectEnrolmentNotFound(NotFound):
    """We could not find that class among the subjects of this term. Reload the page."""


class WaitNotFound(NotFound):
    """We could not find that place in a queue. It may have been given up or have passed on."""


class SectionNotFound(NotFound):
    """We could not find that class, or it is not one of yours."""


class BlockNotFound(NotFound):
    """We could not find that block. Choose one of your programme, year and term."""


class WindowClosed(Refusal):
    """{term} is {state}: nobody can be enrolled in it now. Choose a term whose enrolment is open."""

    code = "WINDOW_CLOSED"


class DropWindowClosed(Refusal):
    """{text} Ask the registrar if there is a grave reason."""

    code = "WINDOW_CLOSED"


class AlreadyEnrolled(Refusal):
    """{number} is enrolled in {term} already. Open that enrolment instead."""

    code = "ALREADY_ENROLLED"


class Month1Unpaid(Refusal):
    """Month 1 is not paid: {still_due} still due. It opens as soon as the rest is paid or covered."""

    code = "MONTH1_UNPAID"


class NoPlanYet(Refusal):
    """There is no payment plan for this term yet. Ask the registrar to open one."""

    code = "MONTH1_UNPAID"


class SectionMismatch(Refusal):
    """That section is not one of {subject} in {term}. Choose a section from the list again."""

    code = "SECTION_MISMATCH"
    status = 422


class NotEnrolled(Refusal):
    """{sentence} {fix}"""

    def __init__(self, verdicts: Sequence[ItemVerdict], **facts: Any) -> None:
        self.verdicts = tuple(verdicts)
        first = next(verdict.problems[0] for verdict in verdicts if verdict.problems)
        #: The first rule that is not met names the refusal (R18).
        self.code = first.code  # type: ignore[misc]  # one refusal for every rule, named by its instance
        super().__init__(sentence=first.sentence, fix=first.fix, **facts)


class SeatsMoved(Collided):
    """The section that fitted best was taken while we looked. Nothing was changed; please try again."""


class CorequisiteNeeded(Refusal):
    """{codes} goes together with {code}: drop both, or neither."""

    code = "COREQUISITE"


class Held(Refusal):
    """Held: {holds}. Settle it with the office that placed it; then drop the class."""

    code = "HOLD"


class CannotMove(Refusal):
    """{code} is {state}; this cannot be done from there."""

    code = "INVALID_STATE"


class OfferExpired(Refusal):
    """The offer of a seat in {code} {section} ended on {ended}. The seat went to the next in the queue."""

    code = "OFFER_EXPIRED"


class NothingOffered(Refusal):
    """No seat in {code} {section} is offered to you now; you are number {position} in the queue."""

    code = "NOT_OFFERED"


class AlreadyWaiting(Refusal):
    """You wait for {code} {section} already. Your place is kept."""

    code = "ALREADY_WAITING"


class HoldRenewedAlready(Refusal):
    """This seat was held for a second time already. Enrol now, or let it go."""

    code = "HOLD_RENEWED"


class NeedsProgrammeHead(Forbidden):
    """After add and drop a class is withdrawn with the grade W. Your programme head does that; ask there."""

    code = "NEEDS_PROGRAMME_HEAD"


class GradedAlready(Refusal):
    """{code} has a final grade. It cannot be dropped any more."""

    code = "GRADE_FINALIZED"


class ClassesHaveBegun(Refusal):
    """Classes of {term} began on {began}. A term is cancelled before its first day; withdraw the student instead."""

    code = "CLASSES_BEGUN"


class NotRegular(Refusal):
    """Blocks are for regular students. Choose your sections one by one."""

    code = "NOT_REGULAR"


class BlockFull(Refusal):
    """{block} has no seat left in {code}. {other}"""

    code = "BLOCK_FULL"


class NotGraduating(Refusal):
    """{number} still needs {remaining} units; an overload is for whoever graduates with at most {most}."""

    code = "NOT_GRADUATING"


class AdvisingCannotMove(Refusal):
    """The list is {state}; this cannot be done from there. Reload the page to see what happened meanwhile."""

    code = "INVALID_STATE"


class PlacedAlready(Refusal):
    """Students of {term} are placed when picking is over: it closes at {closes}."""

    code = "PICKING_OPEN"


class SubjectInUse(Refusal):
    """{count} students take {code} now. Make a new version of the subject instead of changing this one."""

    code = "SUBJECT_IN_USE"


class NothingRecommended(Refusal):
    """Nothing is recommended for {number} this term. Ask the adviser which subjects to take."""

    code = "NOTHING_RECOMMENDED"
