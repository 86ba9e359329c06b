"""Refusals of the college's money."""

from rollbook.core.errors import NotFound, Refusal


class StudentNotFound(NotFound):
    """We could not find that student. Search by number or name again."""


class TermNeeded(Refusal):
    """This student has more than one open term. Choose which one the money is for."""

    code = "TERM_NEEDED"
    status = 422


class NoOpenTerm(Refusal):
    """This student has no open term with a plan. Ask the registrar to open one."""

    code = "NO_OPEN_TERM"


class TermClosed(Refusal):
    """The term {term} is {state} and takes no more payments."""

    code = "TERM_CLOSED"


class PlanExists(Refusal):
    """This term has a plan already; revise it instead."""

    code = "PLAN_EXISTS"


class FileUnreadable(Refusal):
    """{problem}"""

    code = "FILE_UNREADABLE"
    status = 422


class NothingDue(Refusal):
    """Nothing is due just now, so there is nothing to pay online."""

    code = "NOTHING_DUE"


class AmountTooSmall(Refusal):
    """Online the least that can be paid is {least}, unless less is due."""

    code = "AMOUNT_TOO_SMALL"
    status = 422


class NotPaidOnline(Refusal):
    """This payment did not come through a payment provider, so it cannot go back through one. Choose another way."""

    code = "NOT_PAID_ONLINE"
    status = 422


class ScheduleNotFound(NotFound):
    """We could not find that fee schedule. Go back to the list of schedules."""


class DiscountNotFound(NotFound):
    """We could not find that discount. Go back to the list of discounts."""


class SponsorNotFound(NotFound):
    """We could not find that sponsor. Go back to the list of sponsors."""


class NoScheduleFits(Refusal):
    """No fee schedule in force fits {student} in {term}. Ask an administrator to put one in force."""

    code = "NO_SCHEDULE"


class NotAssessed(Refusal):
    """The term {term} of this student is {state}: only a term that runs is assessed."""

    code = "TERM_NOT_LIVE"


class ScheduleNotDraft(Refusal):
    """{code} version {number} is {state} and does not change any more. Make a new version of it."""

    code = "NOT_A_DRAFT"


class DraftExists(Refusal):
    """{code} has a draft already. Change that one, or throw it away first."""

    code = "DRAFT_EXISTS"


class ScheduleCodeTaken(Refusal):
    """There is a schedule {code} already. Make a new version of it, or choose another code."""

    code = "CODE_TAKEN"


class ScheduleEmpty(Refusal):
    """{code} charges nothing yet. Add its fees first."""

    code = "SCHEDULE_EMPTY"


class ScopeTaken(Refusal):
    """{other} is in force for exactly the same students. Make a new version of it instead."""

    code = "SCOPE_TAKEN"


class ChangedMeanwhile(Refusal):
    """Somebody else changed this in the meantime. Look at it again before you save."""

    code = "CHANGED_MEANWHILE"
    status = 412


class CountNotConfirmed(Refusal):
    """This changes what {count} students owe. Type {count} to confirm it."""

    code = "CONFIRM_COUNT"
    status = 422


class CodeTaken(Refusal):
    """The code {code} is used already. Choose another."""

    code = "CODE_TAKEN"


class NotOffered(Refusal):
    """{name} is not offered any more. Choose another."""

    code = "NOT_OFFERED"


class GivenAlready(Refusal):
    """This student has {name} for this term already."""

    code = "GIVEN_ALREADY"


class SponsoredAlready(Refusal):
    """{name} answers for this student's term already. End that first."""

    code = "SPONSORED_ALREADY"


class EndedAlready(Refusal):
    """This has ended already."""

    code = "ENDED_ALREADY"


class NobodySponsored(Refusal):
    """{name} answers for nobody in {term}. Choose a term in which it does."""

    code = "NOBODY_SPONSORED"


class NothingToPayFor(Refusal):
    """Nothing is open of what this sponsor answers for."""

    code = "NOTHING_OPEN"


class NotByDiscount(Refusal):
    """This plan is an agreed sum that no discount is counted on. Assess the term first, or ask for an adjustment."""

    code = "AGREED_SUM"


class SponsorPaysMore(Refusal):
    """That is more than the {most} this sponsor still answers for in the term. Record what it answers for."""

    code = "MORE_THAN_OPEN"
    status = 422
