"""Why no paper is released and nobody graduates."""

from rollbook.core.errors import NotFound, Refusal


class PaperNotFound(NotFound):
    """We could not find that paper."""


class PaperHeld(Refusal):
    """Papers of {number} are held: {holds}. The hold has to be released first, or the head registrar sets it aside."""

    code = "HOLD"


class PaperGone(Refusal):
    """This paper is no longer in force: {state}. Ask the registrar for the newest."""

    code = "PAPER_GONE"
    status = 410


class LinkExpired(Refusal):
    """This link has expired. Open the paper again from your papers."""

    code = "LINK_EXPIRED"
    status = 410


class NothingToCertify(Refusal):
    """{reason}"""

    code = "NOTHING_TO_CERTIFY"


class NotEligible(Refusal):
    """{number} cannot graduate yet: {reasons}"""

    code = "NOT_ELIGIBLE"


class NoCurriculum(Refusal):
    """{number} follows no curriculum. Set one on the student's record first."""

    code = "NO_CURRICULUM"
