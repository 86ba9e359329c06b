"""Refusals of background work."""

from rollbook.core.errors import Refusal


class NotADeadLetter(Refusal):
    """Job {number} is not among the failed ones (any more). Somebody may have decided about it; reload the list."""

    code = "NOT_A_DEAD_LETTER"
    status = 404


class ReasonNeeded(Refusal):
    """Please say in a few words (at least 5 letters) why this job is discarded; it is kept on the record."""

    code = "REASON_NEEDED"
    status = 422


class UnknownJob(Refusal):
    """This version of Rollbook has no job called {job}. Discard it, or install the version that has it."""

    code = "UNKNOWN_JOB"
