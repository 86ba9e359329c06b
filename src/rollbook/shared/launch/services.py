"""Running the checklist: at once from the command line, or in the background when a person asks for it."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.core.readiness import STAGES, Item, SafeOn, find_item
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.jobs.selectors import is_staff
from rollbook.shared.launch import artefact, registry, rules, runner
from rollbook.shared.launch.board import Board, board, environment
from rollbook.shared.launch.errors import NotSafeHere, RunInProgress, UnknownItem, UnknownStage
from rollbook.shared.launch.models import CheckResult, CheckRun
from rollbook.shared.launch.permissions import RUN_LAUNCH

log = logging.getLogger(__name__)

#: A run that has not ended after this long has died with its worker.
DEAD_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What shall be evaluated."""

    #: None means every stage; results then count as long as those of PRE.
    stage: str | None = None
    profiles: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    organisations: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, and what the command line answers."""

    board: Board
    exit_code: int


def check(
    wish: Wish, *, run: CheckRun | None = None, is_strict: bool = False, parallel: int = runner.PARALLEL
) -> Answer:
    """Evaluate what is wished for, keep the results, and say what they mean together."""
    items = wanted_items(wish)
    organisations = wish.organisations or _active_organisations()
    evaluation = runner.evaluate(
        registry.with_needs(items),
        environment=environment(),
        stage=wish.stage or "PRE",
        organisations=organisations,
        run=run,
        parallel=parallel,
    )
    found = board(
        items,
        stage=None if wish.ids else wish.stage,
        profiles=wish.profiles or registry.enabled_profiles(),
        organisations=[str(one) for one in organisations],
        results=evaluation.results,
    )
    found = _with_problems(found, evaluation.problems)
    code = rules.exit_code(found.verdict, could_evaluate=not found.problems, is_strict=is_strict)
    if run is not None:
        _note_end(run, found)
    return Answer(found, code)


def wanted_items(wish: Wish) -> list[Item]:
    """The items of a wish; refuse what is not there or not safe here when it was asked for by name."""
    if wish.stage is not None and wish.stage not in STAGES:
        raise UnknownStage(stage=wish.stage)
    registry.load()
    for item_id in wish.ids:
        item = find_item(item_id)
        if item is None:
            raise UnknownItem(item=item_id)
        if item.run is SafeOn.STAGING and environment() == "production":
            raise NotSafeHere(item=item.id)
    return registry.select(stage=wish.stage, profiles=wish.profiles or registry.enabled_profiles(), ids=wish.ids)


def _active_organisations() -> tuple[UUID, ...]:
    return tuple(Organisation.objects.filter(is_active=True).order_by("slug").values_list("id", flat=True))


def _with_problems(found: Board, problems: Iterable[str]) -> Board:
    return Board(
        found.taken_at, found.environment, found.stage, found.profiles, found.lines, found.chain,
        (*found.problems, *problems),
    )  # fmt: skip


def _note_end(run: CheckRun, found: Board) -> None:
    run.state = CheckRun.State.DONE
    run.ended_at = clock.now()
    run.verdict = found.verdict.value
    run.sentence = found.sentence[:500]
    run.counts = found.counts
    run.save(update_fields=["state", "ended_at", "verdict", "sentence", "counts"])


@transaction.atomic
def request_run(*, actor: Actor, wish: Wish) -> CheckRun:
    """Ask the worker for a run; while one is under way, that one is named instead."""
    from rollbook.shared.launch.jobs import run_checklist

    actor.require(RUN_LAUNCH)
    if not is_staff(actor):
        raise Forbidden(permission=RUN_LAUNCH)
    wanted_items(wish)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7214, 2)")
    under_way = CheckRun.objects.filter(
        state__in=[CheckRun.State.QUEUED, CheckRun.State.RUNNING], created_at__gt=now - DEAD_AFTER
    ).first()
    if under_way is not None:
        raise RunInProgress(since=under_way.created_at.isoformat(timespec="seconds"), run=str(under_way.pk))
    run = CheckRun.objects.create(
        stage=wish.stage or "",
        profile=",".join(wish.profiles)[:20],
        items=list(wish.ids),
        environment=environment(),
        asked_by=actor.user_id,
    )
    run_checklist.defer(run_id=run.pk)
    record(actor, "launch.run_requested", run, stage=wish.stage, items=list(wish.ids))
    return run


def perform_run(run_id: UUID, *, parallel: int) -> None:
    """Do a run that was asked for. Done twice, the second finds it ended and leaves it."""
    run = CheckRun.objects.get(pk=run_id)
    if run.state in (CheckRun.State.DONE, CheckRun.State.FAILED):
        return
    run.state = CheckRun.State.RUNNING
    run.started_at = clock.now()
    run.runner = artefact.host()
    run.save(update_fields=["state", "started_at", "runner"])
    profiles = tuple(name for name in run.profile.split(",") if name)
    try:
        check(Wish(stage=run.stage or None, profiles=profiles, ids=tuple(run.items)), run=run, parallel=parallel)
    except DatabaseError:
        CheckRun.objects.filter(pk=run.pk).update(state=CheckRun.State.FAILED, ended_at=clock.now())
        raise


def planned_run(stage: str | None = None) -> CheckRun:
    """Begin a run that nobody asked for but the plan."""
    return CheckRun.objects.create(stage=stage or "", environment=environment())


def results_of(run: CheckRun) -> Sequence[CheckResult]:
    """What a run found."""
    return list(CheckResult.objects.filter(run=run).order_by("item", "scope"))
