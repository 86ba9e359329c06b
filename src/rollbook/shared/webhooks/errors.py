"""Refusals of the inbox."""

from rollbook.core.errors import NotFound, Refusal


class BadSignature(Refusal):
    """The signature does not fit or is stale; the event was stored and nothing else was done."""

    code = "BAD_SIGNATURE"
    status = 401


class NoSuchEndpoint(NotFound):
    """Nothing is delivered here."""

    code = "NO_SUCH_ENDPOINT"


class EventNotFound(NotFound):
    """We could not find that event."""

    code = "EVENT_NOT_FOUND"


class EventSettled(Refusal):
    """This event is {state}; that cannot be done with it."""

    code = "EVENT_STATE"
    remedy = "Only an event that waits or failed can be tried again or discarded."
