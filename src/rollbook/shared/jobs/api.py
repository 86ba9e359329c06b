"""Background work over JSON: the queue, dead letters and the decision about them, the run log."""

from typing import Any

from django.http import HttpResponse
from ninja import Query

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.shared.jobs import schemas, selectors, services
from rollbook.shared.jobs.permissions import MANAGE_JOBS, VIEW_JOBS

router = Router(tags=["Background work"])

_RUN = (
    "id", "job", "queue_job_id", "attempt", "outcome", "started_at", "ended_at", "duration_ms", "units_done",
    "units_failed", "failed_ids", "error", "reason",
)  # fmt: skip


@router.get("/queue", permission=VIEW_JOBS, response=schemas.QueueOut)
def queue(request: ApiRequest) -> dict[str, int]:
    """How many of the organisation's jobs wait, are being done, or failed for good."""
    unfinished = selectors.unfinished_jobs(request.actor)
    return {
        "waiting": sum(job.status == "todo" for job in unfinished),
        "doing": sum(job.status == "doing" for job in unfinished),
        "dead_letters": len(selectors.dead_letters(request.actor)),
        "workers": len(selectors.live_workers()),
    }


@router.get("/dead-letters", permission=VIEW_JOBS, response=list[schemas.LetterOut])
def dead_letters(request: ApiRequest) -> list[dict[str, Any]]:
    """Jobs that failed in all their attempts and wait for a decision; at most 500."""
    letters = selectors.dead_letters(request.actor)
    errors = selectors.last_errors([letter.id for letter in letters])
    return [
        {
            "number": letter.id,
            "job": letter.name,
            "attempts": letter.attempts,
            "arguments": letter.arguments,
            "last_error": errors[letter.id].error if letter.id in errors else "",
            "failed_at": errors[letter.id].ended_at if letter.id in errors else None,
        }
        for letter in letters
    ]


@router.post("/dead-letters/{int:number}/retry", permission=MANAGE_JOBS, response={204: None})
def retry(request: ApiRequest, number: int) -> HttpResponse:
    """Set a dead letter waiting again, with all its attempts anew."""
    services.retry_dead_letter(actor=request.actor, number=number)
    return HttpResponse(status=204)


@router.post("/dead-letters/{int:number}/discard", permission=MANAGE_JOBS, response={204: None})
def discard(request: ApiRequest, number: int, body: schemas.DiscardIn) -> HttpResponse:
    """Take a dead letter out of the queue for good, with a reason."""
    services.discard_dead_letter(actor=request.actor, number=number, reason=body.reason)
    return HttpResponse(status=204)


@router.get("/runs", permission=VIEW_JOBS, response=Page[schemas.RunOut])
def runs(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Attempts of the last 90 days, the latest first."""
    return page_of(selectors.runs(request.actor).order_by().values(*_RUN), page, order=("-ended_at", "-id"))
