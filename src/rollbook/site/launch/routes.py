"""Every address that the installation answers, with something in the place of each parameter."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_SAMPLES = {"int": "1", "slug": "marker", "uuid": str(uuid.UUID(int=7)), "str": "marker", "path": "marker"}


@dataclass(frozen=True, slots=True)
class Route:
    """One address, as a visitor would type it."""

    path: str
    pattern: str

    @property
    def has_parameters(self) -> bool:
        return "<" in self.pattern


def routes() -> list[Route]:
    """Every route once, in the order of their patterns."""
    found = {pattern: Route(_typed(pattern), pattern) for pattern in _walk(get_resolver().url_patterns, "/")}
    return [found[pattern] for pattern in sorted(found)]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield here


def _typed(pattern: str) -> str:
    return _PARAMETER.sub(lambda match: _SAMPLES.get(match["kind"] or "str", "marker"), pattern)
