"""How a call to a provider ends when it does not end well. Three ways, because what may follow differs."""


class ProviderFault(Exception):
    """A call did not end well."""

    outcome = "FAULT"

    def __init__(self, code: str = "", status: int = 0) -> None:
        super().__init__(code or self.outcome)
        self.code = code
        self.status = status


class ProviderRefused(ProviderFault):
    """The provider said no: nothing happened there, and the same request gets the same answer."""

    outcome = "REFUSED"


class ProviderUnreachable(ProviderFault):
    """The request never left, or was turned away unread: nothing happened there, and it may be sent again."""

    outcome = "UNREACHABLE"


class OutcomeUnknown(ProviderFault):
    """The request may or may not have been carried out. It is asked about, never blindly sent again."""

    outcome = "UNKNOWN"
