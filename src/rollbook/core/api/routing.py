"""The router: an endpoint declares its permission, or it cannot be made.

    router = Router(tags=["Cashier"])

    @router.post("/payments", permission=permissions.RECORD_PAYMENT, response={201: PaymentOut})
    def record_payment(request: ApiRequest, body: PaymentIn) -> Status: ...

The wrapper around each endpoint resolves the actor, opens the tenant scope (one transaction for the
whole request), checks the permission, and rolls everything back when the answer is a refusal.

`in_steps=True` is for the few endpoints that ask somebody outside: the door is passed in a transaction of its own,
and the endpoint opens its own short ones, so that none is open while it waits for an answer.

`rate=` says how often one may ask: `limits.MONEY` for payments and enrolment; otherwise 1,000 an hour for
whoever is signed in and 100 an hour per address for public endpoints.
"""

from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any, cast

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja import Router as NinjaRouter
from ninja.decorators import decorate_view
from ninja.errors import HttpError, ValidationError
from ninja.utils import check_csrf

from rollbook.core.api import limits
from rollbook.core.api.attempts import attempt
from rollbook.core.api.problems import PROBLEM_REFERENCE, PROBLEM_TYPE, Problem, problem_response, refusal_from
from rollbook.core.errors import Forbidden, Refusal
from rollbook.core.identity.counting import Limit
from rollbook.core.identity.door import actor_scope
from rollbook.core.permissions.actor import Actor

#: An endpoint that anybody may call. It gets no actor and opens its own scope.
PUBLIC = "public"
#: An endpoint for whoever is signed in; the service decides the rest.
SIGNED_IN = "signed-in"

_REFUSED = frozenset({400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429, 503})


class ApiRequest(HttpRequest):
    """A request that has passed the door."""

    actor: Actor
    request_id: str


View = Callable[..., Any]


class Router(NinjaRouter):
    """A ninja router whose operations declare a permission."""

    def get(  # type: ignore[override]
        self, path: str, *, permission: str, rate: Limit | None = None, **options: Any
    ) -> Callable[[View], View]:
        return self._operation(["GET"], path, permission, rate, options)

    def post(  # type: ignore[override]
        self, path: str, *, permission: str, rate: Limit | None = None, in_steps: bool = False, **options: Any
    ) -> Callable[[View], View]:
        return self._operation(["POST"], path, permission, rate, options, in_steps=in_steps)

    def put(  # type: ignore[override]
        self, path: str, *, permission: str, rate: Limit | None = None, **options: Any
    ) -> Callable[[View], View]:
        return self._operation(["PUT"], path, permission, rate, options)

    def patch(  # type: ignore[override]
        self, path: str, *, permission: str, rate: Limit | None = None, **options: Any
    ) -> Callable[[View], View]:
        return self._operation(["PATCH"], path, permission, rate, options)

    def delete(  # type: ignore[override]
        self, path: str, *, permission: str, rate: Limit | None = None, **options: Any
    ) -> Callable[[View], View]:
        return self._operation(["DELETE"], path, permission, rate, options)

    def _operation(
        self,
        methods: list[str],
        path: str,
        permission: str,
        rate: Limit | None,
        options: dict[str, Any],
        *,
        in_steps: bool = False,
    ) -> Callable[[View], View]:
        limit = rate or (limits.ANONYMOUS if permission == PUBLIC else limits.SIGNED_IN)
        declared = options.get("response")
        answers = dict(declared) if isinstance(declared, dict) else {200: declared}
        options["response"] = {status: model for status, model in answers.items() if model is not Problem}
        extra = options["openapi_extra"] = deepcopy(options.get("openapi_extra", {}))
        extra["responses"] = _refusals(permission, answers) | extra.get("responses", {})
        extra["x-permission"] = permission
        extra["x-rate-limit"] = f"{limit.times} in {int(limit.span.total_seconds())} seconds"
        declare = self.api_operation(methods, path, **options)
        door = _past_the_counter(limit) if permission == PUBLIC else _through_the_door(permission, limit, in_steps)

        def decorator(view: View) -> View:
            return declare(decorate_view(door)(view))

        return decorator


def _refusals(permission: str, answers: dict[Any, Any]) -> dict[int, Any]:
    """What each refusal looks like, by reference: the library would work it out anew for every one of thousands."""
    usual = _REFUSED - {401, 403} if permission == PUBLIC else _REFUSED
    refused = usual - {*answers} | {status for status, model in answers.items() if model is Problem}
    content = {PROBLEM_TYPE: {"schema": {"$ref": PROBLEM_REFERENCE}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(refused)}


def _past_the_counter(limit: Limit) -> Callable[[View], View]:
    def decorator(run: View) -> View:
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                limits.check_visitor(request, limit)
            except Refusal as refusal:
                return problem_response(request, refusal)
            response: HttpResponse = run(request, *args, **kwargs)
            return response

        return counted

    return decorator


def _through_the_door(permission: str, limit: Limit, in_steps: bool) -> Callable[[View], View]:
    def decorator(run: View) -> View:
        def in_scope(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return attempt(
                request,
                lambda: _run_counted(permission, limit, run, request, args, kwargs, in_steps),
                answer=problem_response,
            )

        return in_scope

    return decorator


def _run_counted(
    permission: str, limit: Limit, run: View, request: ApiRequest, args: Any, kwargs: Any, in_steps: bool
) -> HttpResponse:
    act = _run_in_steps if in_steps else _run_as_actor
    response = act(permission, limit, run, request, args, kwargs)
    if response is None:
        # Nothing has been done yet, and no transaction is open: no refusal gives permits back.
        limits.fetch(limit, limits.subject_of(request.actor))
        response = act(permission, None, run, request, args, kwargs)
    return cast("HttpResponse", response)


def _run_as_actor(
    permission: str, limit: Limit | None, run: View, request: ApiRequest, args: Any, kwargs: Any
) -> HttpResponse | None:
    """The answer; None where no permit of `limit` is held."""
    with actor_scope(request, bearer=True) as actor:
        if not _admit(request, actor, permission, limit):
            # Left as it was entered; permits are fetched outside of every transaction.
            return None
        response: HttpResponse = run(request, *args, **kwargs)
        # What one caller may see, no proxy and no browser keeps for the next.
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code >= 400:
            # Without this a refusal in the second step would keep what the first step wrote.
            connection.set_rollback(True)
        return response


def _run_in_steps(
    permission: str, limit: Limit | None, run: View, request: ApiRequest, args: Any, kwargs: Any
) -> HttpResponse | None:
    with actor_scope(request, bearer=True) as actor:
        if not _admit(request, actor, permission, limit):
            return None
    response: HttpResponse = run(request, *args, **kwargs)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _admit(request: ApiRequest, actor: Actor, permission: str, limit: Limit | None) -> bool:
    """Let somebody in who may do this, or refuse them. False: a permit of `limit` must be fetched first."""
    request.actor = actor
    if limit is not None and not limits.spend(limit, limits.subject_of(actor)):
        return False
    if actor.kind == "user" and check_csrf(request) is not None:
        raise Forbidden(reason="csrf")
    if permission != SIGNED_IN:
        actor.require(permission)
    return True


def install_problem_answers(api: NinjaAPI) -> None:
    """Answer every exception of an API in the shape of `Problem`."""

    # The library answers some of them in a shape of its own unless each is taken from it by name.
    @api.exception_handler(Http404)
    @api.exception_handler(HttpError)
    @api.exception_handler(ValidationError)
    @api.exception_handler(Exception)
    def answer(request: HttpRequest, error: Exception) -> HttpResponse:
        refusal = refusal_from(error)
        if refusal is None:
            raise error
        # Kept for `attempt`, which decides whether to run the request again and what goes on the record.
        request.refusal = refusal  # type: ignore[attr-defined]
        return problem_response(request, refusal)
