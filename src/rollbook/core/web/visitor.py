"""A visitor inside this process: asks the real application, through every layer, without a network.

The launch checklist uses it to see what a browser would be told.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler


def own_host() -> str:
    """A host name that requests to this installation may carry."""
    named = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host and host != "*"]
    return named[0] if named else "localhost"


@lru_cache(maxsize=2)
def _application(checks_tokens: bool) -> ClientHandler:
    """The application with its layers, made once: some of them read every static file when they are made."""
    return ClientHandler(enforce_csrf_checks=checks_tokens)


def rebuild_application() -> None:
    """Make the application anew at the next visit; for tests that change its settings."""
    _application.cache_clear()


class Visitor(Client):
    """Comes in over the installation's own name and protocol; an error of the application is an answer, not a crash."""

    def __init__(self, *, host: str | None = None, checks_tokens: bool = False, ip: str = "203.0.113.77") -> None:
        super().__init__(
            enforce_csrf_checks=checks_tokens,
            raise_request_exception=False,
            headers={"host": host or own_host(), "user-agent": "Rollbook launch checklist"},
            REMOTE_ADDR=ip,
        )
        self.handler = _application(checks_tokens)

    def generic(self, *args: Any, **extra: Any) -> Any:
        extra["secure"] = extra.get("secure") or settings.SECURE_SSL_REDIRECT
        return super().generic(*args, **extra)


def text_of(response: Any) -> str:
    """What an answer says, whether it was made at once or bit by bit."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))
