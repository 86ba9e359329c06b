"""Small things that the kit's tests are made with."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory

from rollbook.core import ids
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation


def a_request(
    path: str = "/here/",
    *,
    organisation: Organisation | None = None,
    permissions: Iterable[str] = (),
    post: dict[str, Any] | None = None,
    session: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpRequest:
    """A request as it reaches a view, with its actor when an organisation is given."""
    factory = RequestFactory()
    request: Any = (
        factory.post(path, post, headers=headers or {})
        if post is not None
        else factory.get(path, headers=headers or {})
    )
    request.session = session if session is not None else {}
    request._messages = CookieStorage(request)
    if organisation is not None:
        request.actor = an_actor(organisation.id, permissions)
    return request


def an_actor(organisation_id: UUID, permissions: Iterable[str] = ()) -> Actor:
    """Somebody with exactly these permissions."""
    return Actor(
        organisation_id=organisation_id,
        user_id=ids.new_id(),
        name="Lim, Rosa",
        roles=frozenset({"cashier"}),
        permissions=frozenset(permissions),
    )


class Page(HTMLParser):
    """Reads HTML into a list of (tag, attributes), and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._silent = 0
        self._labels = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A control inside its label is named by it.
        inside = {"(inside a label)": "yes"} if self._labels else {}
        self.tags.append((tag, dict(attrs) | inside))
        self._silent += tag in ("script", "style")
        self._labels += tag == "label"

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")
        self._labels -= tag == "label"

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [found for name, found in self.tags if name == tag and wanted.items() <= found.items()]

    @property
    def text(self) -> str:
        """Every word, in order."""
        return " ".join(self.words)


def faults(html: str) -> list[str]:
    """What a page must never have: names for nothing, controls without a name, words of style or script in place."""
    page = Page(html)
    found = []
    ids_seen: set[str] = set()
    labelled = {attrs["for"] for attrs in page.all("label") if attrs.get("for")}
    for tag, attrs in page.tags:
        identity = attrs.get("id")
        if identity in ids_seen:
            found.append(f"the id {identity} stands twice")
        if identity:
            ids_seen.add(identity)
        if "style" in attrs:
            found.append(f"<{tag}> carries a style")
        found += [f"<{tag}> carries {name}" for name in attrs if name.startswith("on")]
        if tag == "script" and attrs.get("type") != "application/json" and "src" not in attrs:
            found.append("a script stands in the page")
        if tag in ("input", "select", "textarea") and attrs.get("type") != "hidden" and not _is_named(attrs, labelled):
            found.append(f"<{tag} name={attrs.get('name')}> has no name")
    for tag, attrs in page.tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"):
            missing = [part for part in (attrs.get(name) or "").split() if part not in ids_seen]
            found += [f"<{tag}> says {name}={part}, which is nowhere" for part in missing]
    return found


def _is_named(attrs: dict[str, str | None], labelled: set[str | None]) -> bool:
    names = (attrs.get("aria-label"), attrs.get("aria-labelledby"), attrs.get("(inside a label)"))
    return any(names) or attrs.get("id") in labelled
