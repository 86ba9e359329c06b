"""One request from its first attempt to its answer: again when two acts collided, on the record when refused."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from rollbook.core.api.problems import refusal_from
from rollbook.core.audit.services import record_refusal
from rollbook.core.errors import Refusal

#: Two acts that collided meet again rarely, three times hardly ever.
MOST_ATTEMPTS = 3

Run = Callable[[], HttpResponse]
Answer = Callable[[Any, Refusal], HttpResponse]


def attempt(request: Any, run: Run, answer: Answer) -> HttpResponse:
    """Run a request, which is one transaction, and turn a refusal into its answer.

    A refusal that says so is tried again at once. An audited one is written to the trail after its rollback.
    """
    for again in range(MOST_ATTEMPTS):
        if again:
            _rewind(request)
        response, refusal = _one_attempt(request, run)
        if refusal is None or not refusal.retry_at_once:
            break
    if refusal is not None:
        if refusal.audited and getattr(request, "actor", None) is not None:
            record_refusal(request.actor, refusal, f"{request.method} {request.path}")
        response = response or answer(request, refusal)
    if response is None:
        raise RuntimeError("A request ended with neither an answer nor a refusal.")
    if getattr(request, "is_idempotent_replay", False):
        response["Idempotent-Replay"] = "true"
    return response


def _one_attempt(request: Any, run: Run) -> tuple[HttpResponse | None, Refusal | None]:
    """The answer, or the refusal, or both where the API has already made the one of the other."""
    request.refusal = None
    request.is_idempotent_replay = False
    try:
        response = run()
    except Exception as error:
        refusal = refusal_from(error)
        if refusal is None:
            raise
        return None, refusal
    return response, request.refusal


def _rewind(request: HttpRequest) -> None:
    """Uploaded files were read by the attempt before."""
    for _, files in request.FILES.lists():
        for file in files:
            file.seek(0)
