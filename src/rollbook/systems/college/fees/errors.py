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
