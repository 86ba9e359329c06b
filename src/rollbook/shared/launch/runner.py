"""Evaluates items side by side, each apart from the others: what one does, breaks or hangs in touches no other.

Each item has a thread and a database connection of its own. What it does in the database is taken back
when it ends; an item that only reads cannot write at all. An item that gives no answer in its time is an
error and is left behind.
"""

import contextvars
import logging
import os
import queue
import threading
import time
import traceback
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from rollbook.core import clock
from rollbook.core.readiness import ALONE, Context, Item, NotApplicable, Outcome, SafeOn, State
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.launch import artefact, chain, evidence, rules
from rollbook.shared.launch.models import INSTALL, CheckResult, CheckRun

log = logging.getLogger(__name__)

PARALLEL = 8
STATEMENT_SECONDS = 5
#: The same item asked for twice within this time is evaluated once.
SAME_WITHIN_SECONDS = 5


@dataclass(slots=True)
class Task:
    """One item for one scope, on its way."""

    item: Item
    context: Context
    started: float = 0.0
    is_abandoned: bool = False
    result: CheckResult | None = None
    is_stored: bool = False

    @property
    def scope(self) -> str:
        return str(self.context.organisation_id) if self.context.organisation_id else INSTALL

    @property
    def key(self) -> tuple[str, str]:
        return (self.item.id, self.scope)

    @property
    def ends(self) -> float:
        return self.started + self.item.timeout.total_seconds()


@dataclass(slots=True)
class Evaluation:
    """What a run found, and what could not be kept."""

    tasks: list[Task] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def results(self) -> list[CheckResult]:
        return [task.result for task in self.tasks if task.result is not None]


SIX_PLACES = Decimal("0.000001")


class TakeBackError(Exception):
    """Ends the part of a transaction in which an item was evaluated."""


def evaluate(
    items: Iterable[Item],
    *,
    environment: str,
    stage: str,
    organisations: Sequence[UUID] = (),
    run: CheckRun | None = None,
    parallel: int = PARALLEL,
) -> Evaluation:
    """Evaluate the items and keep their results. Never raises because of an item."""
    now = clock.now()
    tasks = []
    for item in items:
        scopes: Sequence[UUID | None] = organisations if item.per_organisation else [None]
        tasks += [Task(item, Context(environment, now, stage, scope)) for scope in scopes]
    return _Evaluator(tasks, run, parallel).work()


class _Evaluator:
    def __init__(self, tasks: list[Task], run: CheckRun | None, parallel: int) -> None:
        self.evaluation = Evaluation(tasks)
        self.run = run
        self.parallel = parallel
        self.waiting = list(tasks)
        self.running: list[Task] = []
        self.ended: queue.Queue[Task] = queue.Queue()
        self.states: dict[str, list[State]] = {}
        self.ids = frozenset(task.item.id for task in tasks)

    def work(self) -> Evaluation:
        while self.waiting or self.running:
            self._start_what_can()
            if self.running:
                self._await_one()
        return self.evaluation

    def _start_what_can(self) -> None:
        for task in list(self.waiting):
            if not self._needs_are_known(task.item):
                continue
            if (cause := self._unmet_need(task.item)) is not None:
                self.waiting.remove(task)
                self._settle(task, _skipped(cause))
            elif len(self.running) < self.parallel and self._key_is_free(task.item):
                self.waiting.remove(task)
                self._start(task)
        if self.waiting and not self.running and not any(self._needs_are_known(task.item) for task in self.waiting):
            for task in self.waiting:  # items that need each other
                self._settle(task, _skipped(task.item.needs[0]))
            self.waiting.clear()

    def _needs_are_known(self, item: Item) -> bool:
        return all(need in self.states or need not in self.ids for need in item.needs)

    def _unmet_need(self, item: Item) -> str | None:
        for need in item.needs:
            states = self.states.get(need, [])
            if not states or any(state not in (State.PASS, State.NOT_APPLICABLE) for state in states):
                return need
        return None

    def _key_is_free(self, item: Item) -> bool:
        running = [task.item.parallel_key for task in self.running]
        if item.parallel_key == ALONE or ALONE in running:
            # Those that have to be alone come when everything else is done.
            others = [task.item for task in self.waiting if task.item.parallel_key != ALONE]
            return not running and not any(self._needs_are_known(other) for other in others)
        return not item.parallel_key or item.parallel_key not in running

    def _start(self, task: Task) -> None:
        task.started = time.monotonic()
        self.running.append(task)
        # The context goes along, so that a rehearsal's held clock holds in the thread too.
        present = contextvars.copy_context()
        threading.Thread(
            target=present.run, args=[self._in_thread, task], name=f"item {task.item.id}", daemon=True
        ).start()

    def _in_thread(self, task: Task) -> None:
        try:
            _evaluate_and_keep(task, self.run)
        except BaseException as error:  # noqa: BLE001 - also SystemExit: an item must not end the run
            log.warning("Item %s ended its thread: %s", task.item.id, type(error).__name__)
        finally:
            connection.close()
            self.ended.put(task)

    def _await_one(self) -> None:
        first_end = min(task.ends for task in self.running)
        try:
            task = self.ended.get(timeout=max(first_end - time.monotonic(), 0.01))
        except queue.Empty:
            self._abandon_late_ones()
            return
        if task.is_abandoned:
            return
        self.running.remove(task)
        if task.result is None:
            self._settle(task, _error("It could not be evaluated: its database connection failed.", "connection"))
        else:
            self._note(task)

    def _abandon_late_ones(self) -> None:
        for task in [task for task in self.running if task.ends <= time.monotonic()]:
            task.is_abandoned = True
            self.running.remove(task)
            seconds = f"{task.item.timeout.total_seconds():g}"
            self._settle(task, _error(f"It gave no answer within {seconds} s.", "timeout"))

    def _settle(self, task: Task, outcome: Outcome) -> None:
        """Keep an outcome that did not come from the item itself."""
        duration = int((time.monotonic() - task.started) * 1000) if task.started else 0
        _keep(task, result_of(task, outcome, duration, self.run))
        self._note(task)

    def _note(self, task: Task) -> None:
        if task.result is None:
            return
        self.states.setdefault(task.item.id, []).append(State(task.result.state))
        if not task.is_stored:
            self.evaluation.problems.append(f"The result of {task.item.id} could not be kept in the database.")


def _evaluate_and_keep(task: Task, run: CheckRun | None) -> None:
    """Evaluate and keep; where results cannot be kept, the result still counts for this run."""
    try:
        kept = _evaluated_once(task, run)
        if kept is not None:
            task.is_stored = True
            task.result = kept
    except DatabaseError as error:
        connection.close()
        if task.is_abandoned:
            return
        # The item may have broken its own connection: a fresh one is tried before giving up.
        log.warning("The result of %s is kept over a fresh connection: %s", task.item.id, type(error).__name__)
        connection.close()
        if task.result is None:
            task.result = result_of(task, attempt(task.item, task.context), 0, run)
        _keep(task, task.result)


def _keep(task: Task, result: CheckResult) -> None:
    try:
        chain.append(result)
        task.is_stored = True
    except DatabaseError as error:
        log.error("The result of %s could not be kept: %s", task.item.id, type(error).__name__)
    task.result = result


def _evaluated_once(task: Task, run: CheckRun | None) -> CheckResult | None:
    """Evaluate in a transaction that holds the item's lock; within five seconds the same result serves again."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '15s'")
            # An item may compute for a while between two statements; its own time limit ends it.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '3min'")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7214))", [":".join(task.key)])
        if (recent := _recent(task)) is not None:
            return recent
        started = time.monotonic()
        outcome = attempt(task.item, task.context)
        if task.is_abandoned:
            return None
        task.result = result_of(task, outcome, int((time.monotonic() - started) * 1000), run)
        return chain.append(task.result)


def _recent(task: Task) -> CheckResult | None:
    last = (
        CheckResult.objects.filter(item=task.item.id, scope=task.scope, environment=task.context.environment)
        .order_by("-number")
        .first()
    )
    if last is None or last.definition_hash != task.item.definition_hash:
        return None
    age = (clock.now() - last.taken_at).total_seconds()
    return last if 0 <= age < SAME_WITHIN_SECONDS and last.state != State.SKIPPED else None


def attempt(item: Item, context: Context) -> Outcome:
    """Evaluate one item here and now. Its writes are taken back; raising, and answering nothing, is an error."""
    if item.run is SafeOn.STAGING and context.is_production:
        return _error(
            "It is not safe on production; nothing was started.",
            "not safe here",
            "Run it on staging: `ROLLBOOK_ENV=staging rollbook launch check --id " + item.id + "`.",
        )
    outcome: Outcome | None = None
    try:
        with transaction.atomic():
            _guard(item)
            outcome = _evaluate(item, context)
            raise TakeBackError
    except TakeBackError:
        pass
    except (Exception, SystemExit) as error:  # noqa: BLE001 - an item may fail in any way
        return _raised(item, error)
    if not isinstance(outcome, Outcome):
        return _error("It answered nothing.", "no answer")
    return _complete(item, outcome)


def _evaluate(item: Item, context: Context) -> Outcome:
    if context.organisation_id is not None:
        with tenant_scope(context.organisation_id):
            return _applied(item, context)
    return _applied(item, context)


def _applied(item: Item, context: Context) -> Outcome:
    not_here = item.applies(context) if item.applies else None
    if isinstance(not_here, NotApplicable):
        return Outcome(State.NOT_APPLICABLE, not_here.reason, evidence={"found": []})
    return item.evaluate(context)


def _guard(item: Item) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        if not item.tries_writing:
            cursor.execute("SET LOCAL transaction_read_only = on")


def _raised(item: Item, error: BaseException) -> Outcome:
    trace = uuid.uuid4().hex[:12]
    # Where it happened, without the message: that may repeat what a row held.
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("Item %s raised %s, trace %s\n%s", item.id, type(error).__name__, trace, place)
    return _error(f"It raised {type(error).__name__} (trace {trace} in the log).", f"{type(error).__name__} {trace}")


def _complete(item: Item, outcome: Outcome) -> Outcome:
    """Hold every outcome to the rules of the interface: a failure has a limit and a remedy."""
    if outcome.state is State.FAIL and outcome.value is not None and not outcome.limit:
        return _error("It failed with a value but said no limit.", "no limit")
    if outcome.state is State.NOT_APPLICABLE and not outcome.summary.strip():
        return _error("It said not applicable without a reason.", "no reason")
    return outcome


def _error(summary: str, cause: str, remedy: str = "") -> Outcome:
    return Outcome(State.ERROR, summary, evidence={"found": [cause]}, remedy=remedy)


def _skipped(need: str) -> Outcome:
    return Outcome(
        State.SKIPPED,
        f"skipped (needs {need})",
        evidence={"found": [need]},
        remedy=f"Make {need} pass first.",
    )


def result_of(task: Task, outcome: Outcome, duration_ms: int, run: CheckRun | None) -> CheckResult:
    """Shape an outcome as it is kept."""
    now = clock.now()
    kept = evidence.keep(task.item, outcome.evidence)
    return CheckResult(
        item=task.item.id,
        run=run,
        environment=task.context.environment,
        scope=task.scope,
        stage=task.context.stage,
        state=outcome.state,
        summary=_safe(outcome.summary)[:500],
        value=None if outcome.value is None else Decimal(outcome.value).quantize(SIX_PLACES),
        unit=outcome.unit,
        limit=outcome.limit,
        remedy=(outcome.remedy or task.item.remedy)[:500],
        evidence=kept.facts,
        evidence_sha256=kept.sha256,
        evidence_withheld=kept.is_withheld,
        definition_hash=task.item.definition_hash,
        artefact=artefact.artefact_digest(),
        taken_at=now,
        expires_at=now + rules.freshness_of(task.item, task.context.stage),
        duration_ms=duration_ms,
        runner=f"{artefact.host()}:{os.getpid()}",
    )


def _safe(summary: str) -> str:
    hit = evidence.forbidden_in(summary)
    return f"The sentence is withheld: it held something like a {hit}." if hit else summary
