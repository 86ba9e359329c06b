"""What web processes share and what each must have for itself."""

import json
import multiprocessing
import os
import socket
import subprocess
import sys

import pytest

from rollbook.site.configuration import ConfigurationError
from rollbook.site.runtime import web
from rollbook.site.runtime.tests.conftest import configuration_at


def test_processes_split_off_from_one_parent_never_make_the_same_id():
    script = (
        "import json, os, sys, uuid_utils\n"
        "from rollbook.core import ids\n"
        "os.register_at_fork(after_in_child=uuid_utils.reseed_rng)\n"
        "ids.new_id()\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0:\n"
        "        os.write(1, (json.dumps([str(ids.new_id()) for _ in range(500)]) + '\\n').encode())\n"
        "        os._exit(0)\n"
        "os.wait(); os.wait()\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    made = [each for line in answer.stdout.splitlines() for each in json.loads(line)]
    assert (len(made), len(set(made))) == (1000, 1000)


def test_measurements_of_dead_processes_are_removed_and_those_of_living_ones_kept(tmp_path):
    folder = tmp_path / "run" / "metrics"
    folder.mkdir(parents=True)
    finished = multiprocessing.get_context("spawn").Process(target=print)
    finished.start()
    finished.join()
    for pid in (finished.pid, os.getpid()):
        (folder / f"counter_{pid}.db").write_bytes(b"")
    web.prepare_metrics_folder(tmp_path)
    assert [path.name for path in folder.iterdir()] == [f"counter_{os.getpid()}.db"]


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        port = thief.getsockname()[1]
        config = configuration_at(tmp_path).model_copy(update={"port": port})
        with pytest.raises(ConfigurationError, match=f"ROLLBOOK_PORT: port {port} of 127.0.0.1 is taken"):
            web.serve(config)
