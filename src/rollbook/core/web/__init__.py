"""The web kit: how a page is made, what it looks like, and what every page has around it.

`page` opens the door to a view, `render` puts the shell around its answer. Tables, forms and
components are beside it; `docs/reference/web-kit.md` shows each in use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollbook.core.web.pages import SIGNED_IN, PageRequest, page
    from rollbook.core.web.rendering import render

__all__ = ["SIGNED_IN", "PageRequest", "page", "render"]

_HOMES = {
    "SIGNED_IN": "rollbook.core.web.pages",
    "PageRequest": "rollbook.core.web.pages",
    "page": "rollbook.core.web.pages",
    "render": "rollbook.core.web.rendering",
}


def __getattr__(name: str) -> Any:
    # Looked up late: Django imports this package before its models may be touched. No module beside this one
    # may be named like a word above: importing it would take the word's place.
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
