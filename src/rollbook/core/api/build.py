"""The API as a whole: title, version, how one signs in to it, and its description in OpenAPI 3.1.

`build_api()` makes an empty one; `rollbook.site.api` adds the router of every room before its addresses are read.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern
from ninja import NinjaAPI
from ninja.operation import Operation

from rollbook.core.api.problems import Problem
from rollbook.core.api.routing import PUBLIC, install_problem_answers

PREFIX = "/api/v1/"

DESCRIPTION = """
Every system of Rollbook over JSON. Programs send `Authorization: Bearer <token>` (made under Account, API tokens);
browsers use their session and send the CSRF token in `X-CSRFToken`.

- **Refusals** are RFC 9457 problem details (`application/problem+json`): `code` is for programs, `detail` for people.
- **Lists** answer `items` and `next_cursor`; ask again with `cursor`. 20 rows, at most 100 by `limit`.
- **Two people, one record**: read the `ETag`, send it back in `If-Match`; 412 says somebody was faster.
- **Twice is once**: acts that move money or places take an `Idempotency-Key`.
- **How often**: see `x-rate-limit` of each operation; 429 comes with `Retry-After`.
- **Money** is a decimal string with its currency; **times** are ISO 8601 in UTC; **days** are the organisation's.
"""

_TOKEN = {"type": "http", "scheme": "bearer", "description": "An API token of a member, with its scopes."}
_SESSION = {"type": "apiKey", "in": "cookie", "description": "A signed-in browser."}


class RollbookApi(NinjaAPI):
    """The API, whose description also says how to sign in."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        schema["components"]["securitySchemes"] = {
            "token": _TOKEN,
            "session": _SESSION | {"name": settings.SESSION_COOKIE_NAME},
        }
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= problem.pop("$defs") | {"Problem": problem}
        schema["security"] = [{"token": []}, {"session": []}]
        for operation in _operations(schema):
            if operation.get("x-permission") == PUBLIC:
                operation["security"] = []
        return schema

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        return [Addresses(super()._get_urls())]

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`college_fees_record_payment`: the room, then the act."""
        view = operation.view_func
        room = view.__module__.removeprefix("rollbook.").split(".")
        words = [word for word in room if word not in ("core", "shared", "systems", "api")]
        return "_".join([*words, view.__name__])


def build_api() -> RollbookApi:
    """An API without routes. Add every router before `api.urls` is read: later ones would be missing."""
    api = RollbookApi(
        title="Rollbook",
        version=version("rollbook"),
        description=DESCRIPTION,
        urls_namespace="api",
        # Our own pages show it, to those who are signed in (`rollbook.core.api.docs`).
        openapi_url=None,
        docs_url=None,
    )
    install_problem_answers(api)
    return api


class Addresses(URLResolver):
    """Addresses found by the words before their first variable, instead of being tried one after the other."""

    def __init__(self, patterns: Sequence[URLResolver | URLPattern]) -> None:
        super().__init__(RoutePattern(""), list(patterns))
        self._by_words: dict[str, list[URLResolver | URLPattern]] = {}
        for one in patterns:
            self._by_words.setdefault(_fixed_words(one), []).append(one)

    def resolve(self, path: str) -> ResolverMatch:
        tried = [one for words in _beginnings(path) for one in self._by_words.get(words, ())]
        for one in tried:
            with suppress(Resolver404):
                match = one.resolve(path)
                if match:
                    return match
        raise Resolver404({"tried": [[one] for one in tried], "path": path})


def _fixed_words(one: URLResolver | URLPattern) -> str:
    route = str(one.pattern)
    if "<" not in route and isinstance(one, URLPattern):
        return route
    before = route.partition("<")[0]
    return before[: before.rfind("/") + 1]


def _beginnings(path: str) -> Iterator[str]:
    """The whole address, then ever fewer of its words."""
    yield path
    end = len(path)
    while (end := path.rfind("/", 0, end)) >= 0:
        yield path[: end + 1]
    yield ""


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in schema["paths"].values() for operation in methods.values()]
