"""Why the catalogue says no."""

from rollbook.core.errors import NotFound, Refusal


class ProgrammeNotFound(NotFound):
    """We could not find that programme. Look it up in the list of programmes."""


class TermNotFound(NotFound):
    """We could not find that term. Look it up in the list of terms."""


class CodeTaken(Refusal):
    """{code} is already there as {what}. Use another code, or change the one that stands."""

    code = "CODE_TAKEN"


class TermStandsAlready(Refusal):
    """The {kind} of {academic_year} is already there. Change that one instead."""

    code = "TERM_STANDS"


class TermCannotMove(Refusal):
    """{term} is {state} and cannot become {wanted} from there. Next it can become: {possible}."""

    code = "INVALID_STATE"


class TermIsClosed(Refusal):
    """{term} is {state}. Its days and windows stay as they are."""

    code = "TERM_CLOSED"


class ProgrammeInactive(Refusal):
    """{programme} takes no new students. Activate the programme first, or choose another one."""

    code = "PROGRAMME_INACTIVE"
