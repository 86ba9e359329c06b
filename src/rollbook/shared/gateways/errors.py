"""Refusals of the payment providers' room."""

from rollbook.core.errors import NotFound, Refusal


class GatewayDown(Refusal):
    """The payment provider did not answer as it should. No payment was recorded."""

    code = "GATEWAY"
    status = 502
    remedy = "Try again in a few minutes. If you did pay, the payment is found and recorded within the hour."


class NoGateway(Refusal):
    """Online payment is not set up here yet. Pay at the cashier or by bank transfer."""

    code = "NO_GATEWAY"


class AccountNotFound(NotFound):
    """We could not find that provider account."""

    code = "GATEWAY_ACCOUNT_NOT_FOUND"


class SessionNotFound(NotFound):
    """We could not find that online payment."""

    code = "ONLINE_PAYMENT_NOT_FOUND"


class RefundNotFound(NotFound):
    """We could not find that refund."""

    code = "GATEWAY_REFUND_NOT_FOUND"


class AccountClosed(Refusal):
    """This provider account is {state}. Open a new one instead of changing it."""

    code = "GATEWAY_ACCOUNT_CLOSED"


class RefundMoves(Refusal):
    """This refund is {state}; it cannot be sent again now."""

    code = "GATEWAY_REFUND_STATE"
    remedy = "Wait until the provider has said what became of it. It is asked every ten minutes."
