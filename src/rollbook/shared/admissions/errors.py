"""The ways in which this room says no."""

from typing import ClassVar

from rollbook.core.errors import NotFound, Refusal


class ApplicationNotFound(NotFound):
    """We could not find that application. Look at the reference again."""


class LinkNotGood(NotFound):
    """This link opens no application. Ask for a new one with your e-mail address, or begin anew."""

    code = "LINK_NOT_GOOD"


class AdmissionClosed(Refusal):
    """Applications are closed. {dates}"""

    code = "ADMISSION_CLOSED"
    status = 403


class ChallengeFailed(Refusal):
    """We could not tell you from a robot. Open the page again, wait a few seconds and send it once more."""

    code = "CHALLENGE_FAILED"
    status: ClassVar[int] = 403


class AddressNotProved(Refusal):
    """Prove your e-mail address first: ask for a code, read it in your mailbox and enter it."""

    code = "ADDRESS_NOT_PROVED"


class NoAddress(Refusal):
    """Enter your e-mail address first; the code goes there."""

    code = "NO_ADDRESS"


class WrongCode(Refusal):
    """This is not the code that we sent. Look at the newest mail and enter its six digits; {left} tries are left."""

    code = "WRONG_CODE"
    status = 422


class CodeSpent(Refusal):
    """This code is no longer good: it lasts ten minutes and five tries. Ask for a new one."""

    code = "CODE_SPENT"
    status = 422


class InvalidState(Refusal):
    """This application is {state} and cannot become {wanted} from there. Reload to see what happened."""

    code = "INVALID_STATE"


class DocumentsMissing(Refusal):
    """Not every document is verified yet: {documents}. Check them first, or say that the application is incomplete."""

    code = "DOCUMENTS_NOT_VERIFIED"


class PossibleDuplicate(Refusal):
    """{name} may be on the roll already. Compare the possible doubles and say whether this is the same person."""

    code = "POSSIBLE_DUPLICATE"


class DocumentNotFound(NotFound):
    """We could not find that document."""


class DocumentIsOld(Refusal):
    """A newer version of this document was sent since. Look at that one."""

    code = "DOCUMENT_SUPERSEDED"


class DocumentSettled(Refusal):
    """This document is verified and needs no other version. Tell the admission office if it is wrong."""

    code = "DOCUMENT_VERIFIED"


class TooManyVersions(Refusal):
    """This document was sent {count} times. Bring it to the admission office instead."""

    code = "TOO_MANY_VERSIONS"


class AppointmentNotFound(NotFound):
    """We could not find that appointment."""


class AppointmentStands(Refusal):
    """There is a {kind} on {when} already. Cancel it first, then set another."""

    code = "APPOINTMENT_STANDS"


class NotTheSameIntake(Refusal):
    """These applications are for different intakes, so both may go on."""

    code = "NOT_A_DOUBLE"
