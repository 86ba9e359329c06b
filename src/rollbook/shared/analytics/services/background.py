"""Writing a long report: claimed, read in one short transaction, written outside any, kept, told."""

import logging
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.identity import recognition
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.core.web.rendering import as_at_home
from rollbook.core.web.tables.columns import Row
from rollbook.shared.analytics import reading, register
from rollbook.shared.analytics.asking import Asked, asked
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.selectors import system_of
from rollbook.shared.analytics.services.finishing import finish, sheet_of
from rollbook.shared.analytics.writing import counted, write
from rollbook.shared.jobs.register import RETRIES
from rollbook.shared.jobs.running import describe
from rollbook.shared.messaging import kinds
from rollbook.shared.messaging.services import notify

log = logging.getLogger(__name__)

State = ReportRun.State


def write_run(organisation_id: UUID, run_id: UUID) -> None:
    """Write a long report. Done again it changes nothing; a killed worker's run is written from the beginning.

    The rows are read in one short transaction and written outside any, so that the progress is seen meanwhile.
    """
    claimed = _claim(organisation_id, run_id)
    if claimed is None:
        return
    run, actor, wanted = claimed
    facts = organisation_facts(organisation_id)
    try:
        with override(run.language), as_at_home(facts), tempfile.TemporaryFile() as spool:
            with tenant_scope(organisation_id):
                rows = _spool(spool, reading.chunks(wanted.report, actor, wanted.values))
                ReportRun.objects.filter(id=run.id, attempts=run.attempts, state=State.RUNNING).update(
                    rows=rows, done=0
                )
                sheet = sheet_of(actor, wanted)
            content = write(sheet, counted(_unspooled(spool), lambda done: _note(run, done)), run.format).read()
            with tenant_scope(organisation_id):
                _conclude(actor, run, content, rows)
    except Exception as error:
        _give_up(organisation_id, run, error)
        raise


def _claim(organisation_id: UUID, run_id: UUID) -> tuple[ReportRun, Actor, Asked] | None:
    with tenant_scope(organisation_id):
        run = ReportRun.objects.select_for_update().filter(id=run_id).first()
        if run is None or not run.may_become(State.RUNNING):
            return None
        run.state, run.attempts, run.finished_at, run.reason, run.done = State.RUNNING, run.attempts + 1, None, "", 0
        run.save(update_fields=["state", "attempts", "finished_at", "reason", "done"])
        with override(run.language), as_at_home(organisation_facts(organisation_id)):
            try:
                actor = _actor_of(run)
                report = register.report_for(actor, system_of(actor), run.key)
                return run, actor, asked(report, run.filters, run.columns)
            except Refusal as refusal:
                # Whoever asked has left, or lost the right meanwhile: trying again changes nothing.
                _fail(run, f"Refused: {refusal.code}")
                return None


def _actor_of(run: ReportRun) -> Actor:
    """Whoever asked, with what they may do now, and no more than the token they asked with."""
    member = recognition.member(run.organisation_id, run.asked_by_id)
    is_here = member is not None and member.is_active
    allowed = member.permissions if member is not None and is_here else frozenset[str]()
    return Actor(
        organisation_id=run.organisation_id, user_id=run.asked_by_id,
        membership_id=member.membership_id if member else None, person_id=member.person_id if member else None,
        name=member.name if member else "", permissions=allowed & frozenset(run.scopes) if run.scopes else allowed,
        roles=member.roles if member else frozenset(), job="analytics.report_run",
    )  # fmt: skip


def _spool(file: IO[bytes], chunks: Iterator[Sequence[Row]]) -> int:
    rows = 0
    for chunk in chunks:
        pickle.dump(list(chunk), file, protocol=pickle.HIGHEST_PROTOCOL)
        rows += len(chunk)
    return rows


def _unspooled(file: IO[bytes]) -> Iterator[Row]:
    file.seek(0)
    while True:
        try:
            # Our own nameless file, written a moment ago by this very process.
            yield from pickle.load(file)  # noqa: S301
        except EOFError:
            return


def _note(run: ReportRun, done: int) -> None:
    """How far it has come, committed by itself so that whoever waits sees it."""
    with tenant_scope(run.organisation_id):
        ReportRun.objects.filter(id=run.id, attempts=run.attempts, state=State.RUNNING, rows__gte=done).update(
            done=done
        )


def _conclude(actor: Actor, run: ReportRun, content: bytes, rows: int) -> None:
    mine = ReportRun.objects.select_for_update().filter(id=run.id, attempts=run.attempts, state=State.RUNNING).first()
    if mine is None:
        log.info("Report run %s was written by another worker; this file is dropped.", run.id)
        return
    finish(actor, mine, content, rows=rows)
    _tell(actor, mine, {"title": str(register.reports()[mine.key].title), "url": _address(mine)}, kinds.DOCUMENT)


def _give_up(organisation_id: UUID, run: ReportRun, error: Exception) -> None:
    """Note a failed attempt; after the last one the run has failed, and whoever waits is told."""
    with tenant_scope(organisation_id):
        mine = ReportRun.objects.select_for_update().filter(id=run.id, attempts=run.attempts, state=State.RUNNING)
        found = mine.first()
        if found is None:
            return
        if found.attempts > RETRIES:
            _fail(found, describe(error))
        else:
            found.state, found.reason, found.done = State.QUEUED, describe(error)[:300], 0
            found.save(update_fields=["state", "reason", "done"])


def _fail(run: ReportRun, reason: str) -> None:
    run.state, run.finished_at, run.reason, run.done = State.FAILED, clock.now(), reason[:300], 0
    run.save(update_fields=["state", "finished_at", "reason", "done"])
    title = str(register.reports()[run.key].title) if run.key in register.reports() else run.key
    sentence = _(
        "%(title)s could not be written. Run it again; if it fails again, tell whoever looks after the system."
    )
    _tell(_actor_of(run), run, {"text": sentence % {"title": title}, "url": _address(run)}, kinds.SYSTEM)


def _tell(actor: Actor, run: ReportRun, facts: dict[str, str], kind: str) -> None:
    """A notice to whoever asked, unless they have left."""
    if actor.membership_id is not None:
        notify(
            actor, recipient_person_id=actor.person_id, recipient_member_id=actor.membership_id, kind=kind,
            subject_id=run.id, dedupe_key=f"report {run.id} {run.state} {run.attempts}", facts=facts,
        )  # fmt: skip


def _address(run: ReportRun) -> str:
    return f"/reports/runs/{run.id}/"
