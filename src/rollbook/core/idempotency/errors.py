"""Why a request that carries a key, or should, is refused."""

from rollbook.core.errors import Refusal


class IdempotencyKeyRequired(Refusal):
    """Send an Idempotency-Key header with a fresh UUID or ULID, so that sending it again is safe."""

    code = "IDEMPOTENCY_KEY_REQUIRED"
    status = 422


class IdempotencyKeyInvalid(Refusal):
    """The Idempotency-Key is not a UUID or a ULID. Make a fresh one for each new act."""

    code = "IDEMPOTENCY_KEY_INVALID"
    status = 422


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was already used for a different request. Make a fresh one for this act."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422


class RequestInProgress(Refusal):
    """The same request is still being worked on. Wait a moment, then send it again with the same key."""

    code = "REQUEST_IN_PROGRESS"
    status = 409


class AnsweredMeanwhile(RequestInProgress):
    """The same request was answered at this very moment. Send it again with the same key."""

    #: The door runs the request again at once: it then finds the first answer.
    retry_at_once = True
