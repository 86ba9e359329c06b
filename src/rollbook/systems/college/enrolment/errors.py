"""Why enrolment says no."""

from rollbook.core.errors import NotFound, Refusal


class EnrolmentNotFound(NotFound):
    """We could not find that enrolment. Search for the student again."""


class WindowClosed(Refusal):
    """{term} is {state}: nobody can be enrolled in it now. Choose a term whose enrolment is open."""

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
