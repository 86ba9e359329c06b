"""Walks through the whole house, by a stranger and by a made-up administrator; several items read the same walk.

Who walks, and where, exists in the walker's transaction only. A walk is kept for a minute, as plain facts.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from rollbook.core.identity.examples import a_member, a_second_factor, sign_in
from rollbook.core.tenancy.models import Organisation
from rollbook.core.web.visitor import Visitor, text_of
from rollbook.site.launch.routes import Route, routes

SCRIPT = "<script>alert('marker')</script>"
#: Stands in the name of the walker's organisation, and so on every page that shows whose it is.
MARK = f"marker{uuid.uuid4().hex}"
KEPT_SECONDS = 60
#: Ends a session, or belongs to another item.
LEFT_OUT = ("/logout/", "/static/", "/metrics")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody was answered at one address."""

    method: str
    path: str
    pattern: str
    status: int
    headers: dict[str, str]
    text: str

    @property
    def has_parameters(self) -> bool:
        return "<" in self.pattern

    @property
    def is_html(self) -> bool:
        return "html" in self.headers.get("Content-Type", "")


def a_marker(name: str = "Marker") -> Organisation:
    """An organisation that exists in this transaction only."""
    organisation: Organisation = Organisation.objects.create(
        slug=f"marker-{uuid.uuid4().hex[:12]}", name=name, system="college", currency="XTS", timezone="UTC"
    )
    return organisation


def sign_in_administrator(visitor: Visitor, organisation: Organisation, **facts: Any) -> None:
    """Let a visitor come in as an administrator with a second factor."""
    member = a_member(organisation, "administrator", **facts)
    a_second_factor(member.user)
    sign_in(visitor, member)


def an_administrator(organisation: Organisation, **facts: Any) -> Visitor:
    """A made-up administrator at the door."""
    visitor = Visitor()
    sign_in_administrator(visitor, organisation, **facts)
    return visitor


_walks: dict[str, tuple[float, list[Answer]]] = {}
_lock = Lock()


def by_administrator() -> list[Answer]:
    """Every address without parameters, asked by an administrator whose name is a script."""

    def walk() -> list[Answer]:
        visitor = an_administrator(a_marker(f"{MARK} {SCRIPT}"), name=f"Marker {SCRIPT}")
        return [_asked(visitor, "GET", route) for route in _routes() if not route.has_parameters]

    return _kept("administrator", walk)


def by_stranger(method: str = "GET") -> list[Answer]:
    """Every address, with something in the place of each parameter, asked by nobody in particular."""

    def walk() -> list[Answer]:
        # Another address for each hundred, so that the walk is not stopped by the limit of strangers.
        return [
            _asked(Visitor(ip=f"192.0.2.{place // 20 + 1}"), method, route) for place, route in enumerate(_routes())
        ]

    return _kept(f"stranger {method}", walk)


def forget() -> None:
    """Walk anew at the next question; for tests that change what is walked through."""
    _walks.clear()


def _kept(who: str, walk: Callable[[], list[Answer]]) -> list[Answer]:
    with _lock:
        known = _walks.get(who)
        if known is None or time.monotonic() - known[0] > KEPT_SECONDS:
            known = (time.monotonic(), walk())
            _walks[who] = known
        return known[1]


def _routes() -> list[Route]:
    return [route for route in routes() if not route.path.startswith(LEFT_OUT)]


def _asked(visitor: Visitor, method: str, route: Route) -> Answer:
    response = visitor.generic(method, route.path)
    headers = dict(response.headers.items())
    is_text = any(word in headers.get("Content-Type", "") for word in ("text", "json", "html"))
    text = text_of(response) if is_text else ""
    return Answer(method, route.path, route.pattern, response.status_code, headers, text)
