"""Refusals of the journal."""

from rollbook.core.errors import Refusal


class Unbalanced(Refusal):
    """The entry does not balance: debits and credits differ by {difference_minor} minor units."""

    code = "UNBALANCED_ENTRY"
    status = 422
