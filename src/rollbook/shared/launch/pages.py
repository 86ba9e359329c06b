"""The launch board on the screen: how ready this installation is, what is red, and what to do."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core.readiness import STAGES
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.jobs.selectors import is_staff
from rollbook.shared.launch import reports, selectors, services
from rollbook.shared.launch.models import CheckRun
from rollbook.shared.launch.permissions import READ_LAUNCH, RUN_LAUNCH
from rollbook.shared.launch.rules import Verdict
from rollbook.shared.launch.tables import SEVERITIES, STATES, BoardTable, row_of

TONES = {Verdict.BLOCKED: "bad", Verdict.WARNINGS: "warn", Verdict.READY: "good"}
HISTORY = 20


@page(permission=READ_LAUNCH)
def board(request: PageRequest) -> HttpResponse:
    """Profiles by stages, the state in one sentence, and every item with what to do."""
    found = selectors.board_for(request.actor)
    rows = [row_of(line, place) for place, line in enumerate(found.lines, start=1)]
    latest = selectors.latest_run(request.actor)
    context = {
        "board": found,
        "tone": TONES[found.verdict],
        "stages": STAGES,
        "grid": [(profile, [stages[stage] for stage in STAGES]) for profile, stages in found.grid().items()],
        "latest": latest,
        "is_running": latest is not None and latest.state in (CheckRun.State.QUEUED, CheckRun.State.RUNNING),
        "may_run": request.actor.may(RUN_LAUNCH) and is_staff(request.actor),
    }
    return BoardTable(request, rows).respond("launch/board.html", context)


@page(permission=READ_LAUNCH)
def item(request: PageRequest, item_id: str) -> HttpResponse:
    """One item: how it is checked, what it found, the evidence, and what to do."""
    lines = selectors.lines_of(request.actor, item_id)
    results = list(selectors.results_of(request.actor, item_id)[:HISTORY])
    context = {
        "item": lines[0].item,
        "severity": SEVERITIES[lines[0].item.severity.value],
        "lines": [(line, STATES[line.state], measure(line.result), facts(line.result)) for line in lines],
        "history": [(result, STATES[result.state], measure(result)) for result in results],
        "may_run": request.actor.may(RUN_LAUNCH) and is_staff(request.actor),
    }
    return render(request, "launch/item.html", context)


def measure(result: object) -> str:
    """Value against limit, in words."""
    value, limit = getattr(result, "value", None), getattr(result, "limit", "")
    if value is None or not limit:
        return ""
    unit = getattr(result, "unit", "")
    return str(_("%(value)s, limit %(limit)s")) % {"value": f"{reports.shown(value)} {unit}".strip(), "limit": limit}


def facts(result: object) -> list[tuple[str, list[str]]]:
    """The evidence as names and values; lists one below the other."""
    evidence = getattr(result, "evidence", None) or {}
    return [(name.replace("_", " "), _values(value)) for name, value in sorted(evidence.items())]


def _values(value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}: {inner}" for name, inner in value.items()]
    if isinstance(value, list):
        return [str(inner) for inner in value] or ["—"]
    return [str(value)]


@page(permission=RUN_LAUNCH)
def run(request: PageRequest) -> HttpResponse:
    """Ask the worker for a run."""
    if request.method == "POST":
        services.request_run(actor=request.actor, wish=services.Wish(ids=tuple(request.POST.getlist("item"))))
        message = _("The checklist runs in the background. Its results appear here within a minute.")
        return done(request, "launch:board", message=message)
    return done(request, "launch:board")
