"""Refusals: the ways in which an act says no.

A refusal is a class with a plain sentence as its docstring. It may hold {facts} in braces, which
are filled from the keyword arguments; the same facts go to the screen and to the API.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """This cannot be done."""

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 409
    remedy: ClassVar[str] = ""
    #: Refused attempts of this kind are written to the audit after the rollback.
    audited: ClassVar[bool] = False
    #: Nothing is wrong with the request: run once more from the beginning it will most likely pass.
    retry_at_once: ClassVar[bool] = False

    def __init__(self, **facts: Any) -> None:
        self.facts: dict[str, Any] = facts
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """The sentence a tired person reads."""
        sentence = " ".join((type(self).__doc__ or "").split())
        return sentence.format_map(_Facts(self.facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


class NotFound(Refusal):
    """We could not find that. It may have been moved, or you may not have access to it."""

    code = "NOT_FOUND"
    status = 404


class Forbidden(Refusal):
    """Your role does not allow this. Ask an administrator if you need it for your work."""

    code = "FORBIDDEN"
    status = 403
    audited = True


class SignInNeeded(Refusal):
    """Please sign in first."""

    code = "SIGN_IN_NEEDED"
    status = 401
    #: Where a browser is sent to do it.
    url_name: ClassVar[str] = "account_login"


class Invalid(Refusal):
    """Some fields need another look."""

    code = "INVALID"
    status = 422

    def __init__(self, errors: list[dict[str, str]] | None = None, **facts: Any) -> None:
        self.errors = errors or []
        super().__init__(**facts)

    @property
    def detail(self) -> str:
        messages = [error["message"] for error in self.errors]
        return " ".join(messages) if messages else super().detail

    @classmethod
    def field(cls, name: str, message: str) -> "Invalid":
        """One field, one sentence."""
        return cls(errors=[{"field": name, "message": message}])


class UnknownFields(Invalid):
    """Some fields are not yours to set. Leave them out and send it again."""

    code = "UNKNOWN_FIELDS"
    audited = True


class VersionConflict(Refusal):
    """Somebody changed this while you were looking at it. Reload, then make your change again."""

    code = "VERSION_CONFLICT"
    status = 412


class TooManyRequests(Refusal):
    """Too many requests in a short time. Wait {retry_after} seconds, then try again."""

    code = "TOO_MANY_REQUESTS"
    status = 429


class TooMuchSent(Refusal):
    """That was more than can be taken at once. Send less, or a smaller file."""

    code = "TOO_MUCH_SENT"
    status = 413


class BusyRetry(Refusal):
    """Somebody else is working on the same record. Nothing was changed; please try again in a moment."""

    code = "BUSY_RETRY"
    status = 503


class Collided(BusyRetry):
    """Two people changed the same records at the same moment. Nothing was changed; please try again."""

    retry_at_once = True
