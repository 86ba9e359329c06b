"""Why a proposal or a decision is refused."""

from rollbook.core.errors import Refusal


class SelfApproval(Refusal):
    """You asked for this yourself, so somebody else has to decide it."""

    code = "SELF_APPROVAL"
    status = 409
    remedy = "Ask a colleague who may approve it."
    audited = True


class DecisionWhileImpersonating(Refusal):
    """Nothing can be approved or returned while you act as somebody else. Leave their view first."""

    code = "DECISION_WHILE_IMPERSONATING"
    status = 403
    audited = True


class AlreadyDecided(Refusal):
    """This request is no longer waiting: it is {state}."""

    code = "ALREADY_DECIDED"
    status = 409
    remedy = "Reload the queue to see what happened to it."


class RequestExpired(Refusal):
    """This request ran out on {expired_on}. It has to be asked for again."""

    code = "APPROVAL_EXPIRED"
    status = 409
    remedy = "Ask the person who proposed it to propose it again."


class AlreadyProposed(Refusal):
    """Somebody has already asked for this, and it waits for a decision."""

    code = "ALREADY_PROPOSED"
    status = 409
    remedy = "Find it in the approvals queue."


class OnlyProposerWithdraws(Refusal):
    """Only the person who asked for this can withdraw it. You can return it with a reason instead."""

    code = "ONLY_PROPOSER_WITHDRAWS"
    status = 403
