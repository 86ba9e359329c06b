"""Probes without Python: each kind passes, fails, and is an error when it cannot be asked."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from rollbook.core import clock, readiness
from rollbook.core.readiness import Context, Outcome, State
from rollbook.shared.launch import probes, runner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_for_the_test() -> Iterator[None]:
    yield
    for item_id in [item_id for item_id in readiness._items if item_id.startswith("PLT-X-")]:
        readiness.forget_item(item_id)


def outcome_of(home: Path, body: str, *, name: str = "probes.toml") -> Outcome:
    (home / name).write_text(body)
    assert probes.register_probes(home) == []
    return runner.attempt(readiness.find_item("PLT-X-01"), Context("development", clock.now()))


def a_probe(line: str) -> str:
    return f'[[probes]]\nid = "PLT-X-01"\ntitle = "It holds"\nremedy = "Mend it."\n{line}\n'


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (["true"], State.PASS),
        (["false"], State.FAIL),
        (["sh", "-c", "exit 3"], State.ERROR),
        (["no-such-command"], State.ERROR),
    ],
)
def test_the_exit_code_of_a_command_decides(tmp_path: Path, command: list[str], state: State) -> None:
    assert outcome_of(tmp_path, a_probe(f"command = {json.dumps(command)}")).state is state


def test_a_command_that_hangs_is_an_error(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, a_probe('command = ["sleep", "5"]\nseconds = 1')).state is State.ERROR


def test_failed_tests_of_goss_are_named(tmp_path: Path) -> None:
    report = {"results": [{"successful": True}, {"successful": False, "summary-line": "Port: tcp:22: listening"}]}
    (tmp_path / "goss.json").write_text(json.dumps(report))

    outcome = outcome_of(tmp_path, a_probe(f'goss = ["cat", "{tmp_path}/goss.json"]'))

    assert (outcome.state, outcome.value, outcome.evidence["found"]) == (State.FAIL, 1, ["Port: tcp:22: listening"])


def test_failed_controls_of_inspec_are_named(tmp_path: Path) -> None:
    controls = [
        {"id": "a", "title": "Root cannot sign in", "results": [{"status": "failed"}]},
        {"id": "b", "title": "Clock is kept", "results": [{"status": "passed"}]},
    ]
    (tmp_path / "inspec.json").write_text(json.dumps({"profiles": [{"controls": controls}]}))

    outcome = outcome_of(tmp_path, a_probe(f'inspec = ["cat", "{tmp_path}/inspec.json"]'))

    assert (outcome.state, outcome.evidence["found"]) == (State.FAIL, ["Root cannot sign in"])


@pytest.fixture
def prometheus() -> Iterator[Any]:
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answers["data"]).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Keep the test's output clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def answering(*values: str) -> str:
        result = [{"metric": {}, "value": [0, value]} for value in values]
        answers["data"] = {"data": {"resultType": "vector", "result": result}}
        return a_probe(f'prometheus = {{ url = "http://127.0.0.1:{server.server_port}", query = "up", at_most = 1 }}')

    yield answering
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("values", "state"),
    [(("0.5", "1"), State.PASS), (("0.5", "1.01"), State.FAIL), ((), State.FAIL), (("NaN",), State.FAIL)],
)
def test_a_query_passes_only_with_numbers_inside_its_limit(
    tmp_path: Path, prometheus: Any, values: tuple[str, ...], state: State
) -> None:
    outcome = outcome_of(tmp_path, prometheus(*values))

    assert outcome.state is state
    assert outcome.limit


def test_yaml_says_the_same(tmp_path: Path) -> None:
    body = "probes:\n  - id: PLT-X-01\n    title: It holds\n    remedy: Mend it.\n    command: [false]\n"

    assert outcome_of(tmp_path, body.replace("[false]", '["false"]'), name="probes.yaml").state is State.FAIL


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("probes = 3", "write a list called `probes`."),
        (a_probe('command = ["true"]').replace("PLT-X-01", "PLT-RLS-01"), "must be written like PLT-X-01."),
        (a_probe(""), "PLT-X-01 needs exactly one of command, goss, inspec, prometheus."),
        (a_probe('command = ["true"]').replace('remedy = "Mend it."\n', ""), "PLT-X-01 has no remedy."),
        (a_probe('command = ["true"]\nseconds = 900'), "PLT-X-01 may take 1 to 120 seconds."),
        (a_probe('command = ["true"]\nseverity = "grave"'), "'grave' is not a valid Severity"),
        ("probes = [", "Invalid value"),
    ],
)
def test_a_file_that_is_written_wrongly_is_named_with_what_is_wrong(tmp_path: Path, body: str, said: str) -> None:
    (tmp_path / "probes.toml").write_text(body)

    (problem,) = probes.register_probes(tmp_path)

    assert said in problem
    assert problem.startswith(str(tmp_path / "probes.toml"))


def test_without_a_file_there_are_no_probes(tmp_path: Path) -> None:
    assert probes.register_probes(tmp_path) == []
