"""Seals: every committed entry exactly once, in a chain, however late its transaction commits."""

import json
import threading
from typing import Any

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.audit.examples import a_payment, an_actor, seal_all
from rollbook.core.audit.models import AuditEntry, Seal, SealedEntry
from rollbook.core.audit.services import record, record_access, seal_entries, sealing, verify
from rollbook.core.audit.services.publishing import publish_seals, read_publication, seals_file
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.usefixtures("committing")


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Any) -> Any:
    """A home of its own, so that seals are published into an empty folder."""
    settings.HOME = tmp_path
    return tmp_path


def act(committed: Organisation, times: int = 1) -> None:
    with tenant_scope(committed.id):
        for _ in range(times):
            record(an_actor(committed), "x.done", a_payment())


def acts_of(seals: list[Seal]) -> list[tuple[int, int]]:
    return [(seal.number, seal.entry_count) for seal in seals if seal.stream == "acts"]


@pytest.mark.rule("R60")
def test_each_seal_covers_what_is_new_and_hashes_the_seal_before(committed: Organisation) -> None:
    act(committed, 3)
    first = seal_all(committed)
    act(committed, 2)
    second = seal_all(committed)

    assert (acts_of(first), acts_of(second)) == ([(1, 3)], [(2, 2)])
    assert (first[0].previous_hash, second[0].previous_hash) == ("", first[0].hash)
    with tenant_scope(committed.id):
        sealed = set(SealedEntry.objects.values_list("id", flat=True))
        assert sealed == set(AuditEntry.objects.values_list("id", flat=True))


def test_sealing_again_makes_no_seal_when_nothing_happened(committed: Organisation) -> None:
    act(committed)
    seal_all(committed)

    assert seal_entries(committed.id) == []


def test_a_quiet_day_is_sealed_too(committed: Organisation) -> None:
    act(committed)
    seal_all(committed)
    with clock.frozen_at(clock.now() + sealing.QUIET_SEAL_AFTER):
        assert acts_of(seal_entries(committed.id)) == [(2, 0)]
    assert verify(committed.id).is_sound


def test_acts_and_reads_have_chains_of_their_own(committed: Organisation) -> None:
    act(committed)
    with tenant_scope(committed.id):
        record_access(an_actor(committed), a_payment(), "To see")

    assert {(seal.stream, seal.number, seal.entry_count) for seal in seal_all(committed)} == {
        ("acts", 1, 1),
        ("reads", 1, 1),
    }


def test_a_large_batch_takes_several_seals_and_misses_nothing(
    committed: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "ENTRIES_PER_SEAL", 4)
    act(committed, 10)

    assert acts_of(seal_all(committed)) == [(1, 4), (2, 4), (3, 2)]
    act(committed, 1)
    assert acts_of(seal_all(committed)) == [(4, 1)]
    report = verify(committed.id)
    assert (report.is_sound, report.seals, report.sealed_entries, report.waiting) == (True, 4, 11, 0)


def a_late_committer(committed: Organisation) -> tuple[threading.Thread, threading.Event]:
    """An act that has written its entry and waits to commit until the event is set."""
    wrote, may_commit = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with tenant_scope(committed.id):
                record(an_actor(committed), "x.late", a_payment())
                wrote.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert wrote.wait(30)
    return thread, may_commit


@pytest.mark.race
def test_an_entry_that_commits_late_is_sealed_with_the_next_seal(committed: Organisation) -> None:
    thread, may_commit = a_late_committer(committed)
    act(committed, 3)

    assert seal_entries(committed.id) == []
    may_commit.set()
    thread.join()
    assert acts_of(seal_all(committed)) == [(1, 4)]
    assert verify(committed.id).is_sound


@pytest.mark.race
def test_control_a_seal_that_goes_by_what_it_sees_misses_the_late_entry(
    committed: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The naive way: everything visible counts as final, up to the newest transaction number.
    monkeypatch.setattr(sealing, "_HORIZON", sealing._HORIZON.replace("pg_snapshot_xmin", "pg_snapshot_xmax"))
    thread, may_commit = a_late_committer(committed)
    act(committed, 3)

    assert acts_of(seal_entries(committed.id)) == [(1, 3)]
    may_commit.set()
    thread.join()
    monkeypatch.undo()
    report = verify(committed.id)
    assert [finding.kind for finding in report.findings] == ["inserted"]


@pytest.mark.race
def test_many_sealers_at_once_seal_each_entry_once_while_people_go_on_working(committed: Organisation) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(6)

    def run(work: Any) -> None:
        try:
            start.wait(30)
            for _ in range(15):
                work()
        except BaseException as error:  # noqa: BLE001 — shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    sealers = [threading.Thread(target=run, args=(lambda: seal_entries(committed.id),)) for _ in range(3)]
    writers = [threading.Thread(target=run, args=(lambda: act(committed, 2),)) for _ in range(3)]
    for thread in (*sealers, *writers):
        thread.start()
    for thread in (*sealers, *writers):
        thread.join()
    seal_all(committed)

    report = verify(committed.id)
    assert failures == []
    assert (report.is_sound, report.sealed_entries, report.waiting) == (True, 90, 0)


def test_the_records_can_move_to_another_cluster(committed: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "ENTRIES_PER_SEAL", 3)
    act(committed, 4)
    seal_all(committed)
    act(committed, 5)
    # As a dump restored elsewhere looks: another cluster, whose transactions are counted from the beginning.
    elsewhere = "SELECT 5, 6, 'another-cluster'"
    monkeypatch.setattr(sealing, "_HORIZON", elsewhere)

    moved = seal_entries(committed.id)

    assert acts_of(moved) == [(3, 3), (4, 2)]
    assert [seal.cluster for seal in moved][-1] == "another-cluster"
    assert seal_entries(committed.id) == []
    report = verify(committed.id)
    assert report.is_sound
    assert any("another database cluster" in note for note in report.notes)
    monkeypatch.undo()
    act(committed, 1)
    seal_all(committed)
    report = verify(committed.id)
    assert (report.is_sound, report.sealed_entries, report.waiting) == (True, 10, 0)


def test_committed_seals_are_published_outside_the_database(committed: Organisation, home: Any) -> None:
    act(committed)
    (seal,) = seal_all(committed)

    path = seals_file(committed.id)
    assert path == home / "seals" / f"{committed.id}.jsonl"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert json.loads(path.read_text()) == {
        "stream": "acts",
        "number": 1,
        "sealed_at": seal.created_at.isoformat(),
        "entries": 1,
        "hash": seal.hash,
    }


def test_publishing_catches_up_and_never_says_a_seal_twice(committed: Organisation) -> None:
    path = seals_file(committed.id)
    for _ in range(3):
        act(committed)
        seal_all(committed)
    whole = path.read_bytes()

    # The machine stopped in the middle of the second line.
    path.write_bytes(whole[: whole.index(b"\n") + 20])
    assert publish_seals(committed.id) == 2
    assert publish_seals(committed.id) == 0
    assert path.read_bytes() == whole
    assert [seal.number for seal in read_publication(committed.id).seals] == [1, 2, 3]


def test_a_seal_that_is_not_committed_is_not_published(committed: Organisation) -> None:
    act(committed)

    def seal_and_fail() -> None:
        with tenant_scope(committed.id):
            while not seal_entries(committed.id):
                pass
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        seal_and_fail()

    assert not seals_file(committed.id).exists()
    assert acts_of(seal_all(committed)) == [(1, 1)]
