"""Refusals as RFC 9457 problem details: application/problem+json."""

import json
import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Schema
from ninja.errors import HttpError, ValidationError

from rollbook.core.errors import (
    BusyRetry,
    Collided,
    Invalid,
    NotFound,
    Refusal,
    TooManyRequests,
    TooMuchSent,
    UnknownFields,
)

log = logging.getLogger(__name__)

LOCK_NOT_AVAILABLE = "55P03"
#: PostgreSQL gave up one of two transactions: deadlock, serialization failure.
COLLISIONS = frozenset({"40P01", "40001"})
QUERY_CANCELED = "57014"
NOT_YOURS = "Leave this out: it is not yours to set."


class FieldProblem(Schema):
    """One field that needs another look."""

    field: str
    message: str


PROBLEM_TYPE = "application/problem+json"
PROBLEM_REFERENCE = "#/components/schemas/Problem"


class Problem(Schema):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []
    facts: dict[str, Any] = {}
    request_id: str = ""


def problem_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Turn a refusal into the one shape that every JSON error has."""
    body = {
        "type": f"/problems/{refusal.code.lower().replace('_', '-')}",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "errors": refusal.errors if isinstance(refusal, Invalid) else [],
        "facts": refusal.facts,
        "request_id": getattr(request, "request_id", ""),
    }
    response = HttpResponse(json.dumps(body, default=str), status=refusal.status, content_type=PROBLEM_TYPE)
    if isinstance(refusal, TooManyRequests):
        response["Retry-After"] = str(refusal.facts.get("retry_after", 60))
    if isinstance(refusal, BusyRetry):
        response["Retry-After"] = "2"
    return response


def invalid_from_ninja(error: ValidationError) -> Invalid:
    """Name the field and what is wrong with it, without repeating what was sent.

    Fields that nobody asked for (a price, a role, a status of one's own) are more than a mistyped form: they are
    kept on the record.
    """
    errors = []
    # Those that a caller made up: theirs to name as long and as many as they like, ours to keep short.
    unknown = sorted(str(item["loc"][-1])[:60] for item in error.errors if item["type"] == "extra_forbidden")[:20]
    for item in error.errors:
        place = [str(part) for part in item["loc"] if part not in ("body", "query", "path", "header", "form", "file")]
        message = NOT_YOURS if item["type"] == "extra_forbidden" else item["msg"]
        errors.append({"field": ".".join(place) or "body", "message": message})
    return UnknownFields(errors=errors, fields=unknown) if unknown else Invalid(errors=errors)


def refusal_from(error: Exception) -> Refusal | None:
    """The refusal that an exception means, if it means one."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError):
        return _from_database(getattr(error.__cause__, "sqlstate", None))
    return _from_libraries(error)


def _from_libraries(error: Exception) -> Refusal | None:
    """What Django and ninja say in ways of their own."""
    if isinstance(error, ValidationError):
        return invalid_from_ninja(error)
    if isinstance(error, HttpError):
        return _from_http_error(error)
    if isinstance(error, Http404):
        return NotFound()
    return TooMuchSent() if isinstance(error, RequestDataTooBig) else None


def _from_database(sqlstate: str | None) -> Refusal | None:
    if sqlstate in COLLISIONS:
        return Collided()
    return BusyRetry() if sqlstate == LOCK_NOT_AVAILABLE else None


def _from_http_error(error: HttpError) -> Refusal:
    refusal = Invalid.field("body", str(error))
    refusal.status = error.status_code  # type: ignore[misc]
    return refusal
