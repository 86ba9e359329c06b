"""The router: an endpoint declares its permission, or it cannot be made.

    router = Router(tags=["Cashier"])

    @router.post("/payments", permission=permissions.RECORD_PAYMENT, response={201: PaymentOut})
    def record_payment(request: ApiRequest, body: PaymentIn) -> Status: ...

The wrapper around each endpoint resolves the actor, opens the tenant scope (one transaction for the
whole request), checks the permission, and rolls everything back when the answer is a refusal.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja import Router as NinjaRouter
from ninja.decorators import decorate_view
from ninja.utils import check_csrf

from rollbook.core.api.problems import Problem, problem_response, refusal_from
from rollbook.core.errors import Forbidden, Refusal
from rollbook.core.identity.door import actor_scope
from rollbook.core.permissions.actor import Actor

#: An endpoint that anybody may call. It gets no actor and opens its own scope.
PUBLIC = "public"
#: An endpoint for whoever is signed in; the service decides the rest.
SIGNED_IN = "signed-in"

_REFUSED = frozenset({400, 401, 403, 404, 405, 409, 412, 415, 422, 429, 503})


class ApiRequest(HttpRequest):
    """A request that has passed the door."""

    actor: Actor
    request_id: str


View = Callable[..., Any]


class Router(NinjaRouter):
    """A ninja router whose operations declare a permission."""

    def get(self, path: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self._operation(["GET"], path, permission, options)

    def post(self, path: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self._operation(["POST"], path, permission, options)

    def put(self, path: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self._operation(["PUT"], path, permission, options)

    def patch(self, path: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self._operation(["PATCH"], path, permission, options)

    def delete(self, path: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        return self._operation(["DELETE"], path, permission, options)

    def _operation(
        self, methods: list[str], path: str, permission: str, options: dict[str, Any]
    ) -> Callable[[View], View]:
        options["response"] = _with_problems(options.get("response"), permission)
        options.setdefault("openapi_extra", {})["x-permission"] = permission
        declare = self.api_operation(methods, path, **options)

        def decorator(view: View) -> View:
            if permission != PUBLIC:
                view = decorate_view(_through_the_door(permission))(view)
            return declare(view)

        return decorator


def _with_problems(response: Any, permission: str) -> dict[Any, Any]:
    answers = dict(response) if isinstance(response, dict) else {200: response}
    refused = _REFUSED - {401, 403} if permission == PUBLIC else _REFUSED
    return answers | {status: Problem for status in refused if status not in answers}


def _through_the_door(permission: str) -> Callable[[View], View]:
    def decorator(run: View) -> View:
        def in_scope(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return _run_as_actor(permission, run, request, args, kwargs)
            except Refusal as refusal:
                return problem_response(request, refusal)

        return in_scope

    return decorator


def _run_as_actor(permission: str, run: View, request: ApiRequest, args: Any, kwargs: Any) -> HttpResponse:
    with actor_scope(request) as actor:
        if actor.kind == "user" and check_csrf(request) is not None:
            raise Forbidden(reason="csrf")
        if permission != SIGNED_IN:
            actor.require(permission)
        request.actor = actor
        response: HttpResponse = run(request, *args, **kwargs)
        if response.status_code >= 400:
            # Without this a refusal in the second step would keep what the first step wrote.
            connection.set_rollback(True)
        return response


def install_problem_answers(api: NinjaAPI) -> None:
    """Answer every exception of an API in the shape of `Problem`."""

    @api.exception_handler(Exception)
    def answer(request: HttpRequest, error: Exception) -> HttpResponse:
        refusal = refusal_from(error)
        if refusal is None:
            raise error
        return problem_response(request, refusal)
