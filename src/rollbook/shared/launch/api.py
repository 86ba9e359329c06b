"""The launch checklist over JSON: items, their results, and runs."""

from typing import Any
from uuid import UUID

from ninja import Query, Status

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import PUBLIC, ApiRequest, Router
from rollbook.shared.launch import reports, schemas, selectors, services
from rollbook.shared.launch.models import CheckRun
from rollbook.shared.launch.permissions import READ_LAUNCH, RUN_LAUNCH

router = Router(tags=["Launch checklist"])

_RUN = (
    "id", "stage", "items", "state", "verdict", "sentence", "counts", "created_at", "started_at", "ended_at",
)  # fmt: skip


@router.get("/items", permission=READ_LAUNCH, response=schemas.BoardOut)
def items(
    request: ApiRequest, stage: schemas.Stage | None = None, profile: str = "", state: str = ""
) -> dict[str, Any]:
    """Every item that the caller may see with its last result; platform items are for the installation's staff."""
    found = selectors.board_for(request.actor, stage=stage, profile=profile)
    lines = [line for line in found.lines if state in ("", line.state) or (state == "red" and line.standing.is_red)]
    return {
        "sentence": found.sentence,
        "verdict": found.verdict.value,
        "score": str(found.score),
        "counts": found.counts,
        "taken_at": found.taken_at,
        "items": [reports.item_facts(line) for line in lines],
    }


@router.get("/items/{item_id}", permission=READ_LAUNCH, response=list[schemas.ItemOut])
def item(request: ApiRequest, item_id: str) -> list[dict[str, Any]]:
    """One item: a line for each organisation it is about, or one for the installation."""
    return [reports.item_facts(line) for line in selectors.lines_of(request.actor, item_id)]


@router.get("/items/{item_id}/results", permission=READ_LAUNCH, response=Page[schemas.ResultOut])
def results(request: ApiRequest, item_id: str, page: Query[PageQuery]) -> dict[str, Any]:
    """What an item found, the latest first."""
    rows = selectors.results_of(request.actor, item_id).order_by().values(*schemas.ResultOut.model_fields)
    return page_of(rows, page, order=("-number",), shape=_shown)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    value = row["value"]
    return {**row, "value": None if value is None else str(value.normalize())}


@router.post("/runs", permission=RUN_LAUNCH, response={202: schemas.RunOut})
def request_run(request: ApiRequest, body: schemas.RunIn) -> Status[CheckRun]:
    """Ask the worker to run the checklist, or the items named; for the installation's staff."""
    wish = services.Wish(stage=body.stage, ids=tuple(body.items))
    return Status(202, services.request_run(actor=request.actor, wish=wish))


@router.get("/runs", permission=READ_LAUNCH, response=Page[schemas.RunOut])
def runs(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Runs of the checklist, the latest first; for the installation's staff."""
    return page_of(selectors.runs(request.actor).values(*_RUN), page, order=("-created_at", "-id"))


@router.get("/runs/{uuid:run_id}", permission=READ_LAUNCH, response=schemas.RunOut)
def run(request: ApiRequest, run_id: UUID) -> CheckRun:
    """One run of the checklist."""
    return selectors.run(request.actor, run_id)


@router.get("/probe", permission=PUBLIC, response={204: None})
def probe(request: ApiRequest) -> Status[None]:
    """Answers nothing. The checklist asks it until it refuses, to see that strangers are held to their limit."""
    return Status(204, None)
