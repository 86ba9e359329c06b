"""Why the exams room says no."""

from rollbook.core.errors import NotFound, Refusal


class ExamPeriodNotFound(NotFound):
    """We could not find that exam. Look it up among the exams of the term."""


class PermitNotFound(NotFound):
    """We could not find that permit. Type the code again, or search for the student."""


class ExamsStandAlready(Refusal):
    """{term} has its exams already. Change those instead."""

    code = "EXAMS_STAND"


class ExamCodeTaken(Refusal):
    """{term} has an exam {code} already. Use another code."""

    code = "CODE_TAKEN"


class ConfirmationNeeded(Refusal):
    """This changes who gets a permit in a term that runs already. Type {expected} to confirm that this is meant."""

    code = "CONFIRMATION_NEEDED"


class MappingUnchanged(Refusal):
    """Every exam asks for that month already. Nothing was changed."""

    code = "NOTHING_CHANGED"


class PermitNotValid(Refusal):
    """This permit does not open the exam. {because}"""

    code = "NOT_VALID"


class PermitCannotMove(Refusal):
    """This permit is {state}; it cannot be {wanted} now."""

    code = "INVALID_STATE"


class PermitStandsAlready(Refusal):
    """{number} has a permit for this exam already. Nothing was changed."""

    code = "PERMIT_STANDS"


class CertificateTaken(Refusal):
    """The certificate {number} of this office is recorded already. Look at the student it belongs to."""

    code = "CERTIFICATE_TAKEN"


class CertificateNotFound(NotFound):
    """We could not find that certificate."""
