"""Only our own processes are ended, and one at a time does what must not be done twice."""

import json
import subprocess
import threading
import time

import pytest

from rollbook.site.configuration import ConfigurationError
from rollbook.site.runtime import processes, supervisor
from rollbook.site.runtime.locks import only_one


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_recorded_process_is_found_again(tmp_path, sleeper):
    made = processes.record(tmp_path, "worker", sleeper.pid)
    assert processes.recorded(tmp_path, "worker") == made
    assert processes.record_file(tmp_path, "worker").stat().st_mode & 0o077 == 0


def test_a_number_that_was_given_to_another_process_is_not_ours(tmp_path, sleeper):
    stale = {"name": "worker", "pid": sleeper.pid, "started": "1"}
    processes.record(tmp_path, "worker", sleeper.pid)
    processes.record_file(tmp_path, "worker").write_text(json.dumps(stale))
    assert processes.recorded(tmp_path, "worker") is None
    assert not processes.record_file(tmp_path, "worker").exists()
    processes.end(processes.ProcessRecord(**stale), patience_seconds=0)
    assert sleeper.poll() is None


def test_a_process_that_does_not_listen_is_ended_after_the_patience(tmp_path):
    stubborn = subprocess.Popen(
        ["bash", "-c", "trap '' TERM; echo ready; while true; do sleep 0.05; done"],
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    stubborn.stdout.readline()
    record = processes.record(tmp_path, "worker", stubborn.pid)
    started = time.monotonic()
    processes.end(record, patience_seconds=0.3, whole_group=True)
    assert stubborn.wait(timeout=5) == -9
    assert time.monotonic() - started < 3


def test_leftovers_of_a_killed_supervisor_are_ended(tmp_path, sleeper):
    processes.record(tmp_path, "web", sleeper.pid)
    assert supervisor.end_leftovers(tmp_path) == ["web"]
    assert sleeper.wait(timeout=5) == -15


@pytest.mark.parametrize(("crashes", "pause"), [(1, 0.0), (2, 0.5), (3, 1.0), (6, 8.0), (7, 15.0), (50, 15.0)])
def test_the_first_restart_is_immediate_and_later_ones_wait_longer(crashes, pause):
    assert supervisor.Part("web", crashes=crashes).pause_seconds() == pause


def test_whoever_comes_second_waits_for_the_first(tmp_path):
    order = []

    def second():
        with only_one(tmp_path / "lock"):
            order.append("second")

    with only_one(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_patience_ends_in_a_sentence(tmp_path):
    with (
        only_one(tmp_path / "lock"),
        pytest.raises(ConfigurationError, match="Another command has held"),
        only_one(tmp_path / "lock", patience_seconds=0.1),
    ):
        pass
