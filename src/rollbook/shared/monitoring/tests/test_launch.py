"""Each item about logs is made to fail by breaking what it looks at."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rollbook.core.readiness import Context, Outcome, State, passed
from rollbook.core.tests.attacks import as_superuser, outcome_of
from rollbook.core.web import visitor
from rollbook.shared.monitoring import launch

RECORD = "rollbook.shared.monitoring.middleware.RequestRecord"


def assert_fails(outcome: Outcome, *words: str) -> None:
    assert (outcome.state, outcome.limit) == (State.FAIL, "= 0"), outcome
    assert outcome.value
    for word in words:
        assert word in str(outcome.evidence["found"]), outcome


@pytest.fixture
def fresh_application():
    visitor.rebuild_application()
    yield
    visitor.rebuild_application()


@pytest.fixture
def lines_are_written():
    import logging

    logger = logging.getLogger("rollbook.request")
    before = logger.level
    logger.setLevel(logging.INFO)
    yield
    logger.setLevel(before)


@pytest.mark.django_db
def test_a_request_leaves_a_line_without_its_secrets(fresh_application: None, lines_are_written: None) -> None:
    outcome = outcome_of(launch.access_is_logged)

    assert outcome.state is State.PASS, outcome


@pytest.mark.django_db
def test_an_access_log_that_is_off_is_found(fresh_application: None, lines_are_written: None, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != RECORD]

    assert_fails(outcome_of(launch.access_is_logged), "the request left no line")


@pytest.mark.django_db
def test_a_line_that_repeats_the_address_is_found(
    fresh_application: None, lines_are_written: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rollbook.shared.monitoring import middleware

    def chatty(self: Any, request: Any, method: str, route: str, status: int, seconds: float) -> None:
        middleware.log.info(
            "request",
            method=method,
            route=request.get_full_path(),
            status=status,
            ms=1,
            user_id=str(request.actor.user_id),
        )

    monkeypatch.setattr(middleware.RequestRecord, "_write", chatty)

    assert_fails(outcome_of(launch.access_is_logged), "the line repeats the address with its secrets")


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_text(
        '{"event": "request", "user_id": "01a1fdb7-135b-779c-92e1-f08745d8fb5e"}\n'
    )
    return tmp_path


@pytest.mark.django_db
def test_clean_logs_pass(home: Path) -> None:
    outcome = outcome_of(launch.nothing_sensitive_is_logged)

    assert (outcome.state, outcome.evidence["files"], outcome.evidence["lines"]) == (State.PASS, ["web.log"], 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("login failed for maria.santos@example.edu", "an e-mail address in web.log, line 2"),
        ("sent password=sampaguita99", "a password in web.log, line 2"),
        ("card 4111 1111 1111 1111 refused", "a card number in web.log, line 2"),
        ("used rollbook_" + "a" * 32 + "_" + "b" * 64, "a token in web.log, line 2"),
    ],
)
def test_a_sensitive_fact_in_a_log_is_found_by_its_line(home: Path, line: str, said: str) -> None:
    with (home / "log" / "web.log").open("a") as log:
        log.write(line + "\n")

    assert_fails(outcome_of(launch.nothing_sensitive_is_logged), said)


@pytest.mark.django_db
def test_a_log_of_the_day_before_yesterday_is_not_read(home: Path) -> None:
    old = home / "log" / "worker.log"
    old.write_text("password=sampaguita99\n")
    os.utime(old, (0, 0))

    assert outcome_of(launch.nothing_sensitive_is_logged).evidence["files"] == ["web.log"]


@pytest.mark.django_db
def test_without_logs_nothing_passes(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path

    outcome = outcome_of(launch.nothing_sensitive_is_logged)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 0, "> 0")


@pytest.mark.django_db
def test_withheld_evidence_is_found_here(home: Path) -> None:
    from rollbook.core import clock
    from rollbook.core.readiness import find_item
    from rollbook.shared.launch import chain, runner

    item = find_item("PLT-LOG-04")
    task = runner.Task(item, Context("development", clock.now()))
    chain.append(runner.result_of(task, passed("Fine.", files=["postgresql://a:hunter22@db/x"]), 1, None))

    assert_fails(outcome_of(launch.nothing_sensitive_is_logged), "evidence of 1 results was withheld")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("log_min_duration_statement = -1", "slow statements are not logged"),
        ("log_min_duration_statement = 5000", "slow statements are logged from 5000 ms"),
        ("log_statement = 'none'", "changes of the schema and of roles are not logged"),
        ("log_parameter_max_length_on_error = 100", "a failed statement's values are logged"),
    ],
)
def test_a_database_that_logs_too_little_or_too_much_is_found(setting: str, said: str) -> None:
    good = ("log_min_duration_statement = 500", "log_statement = 'ddl'", "log_parameter_max_length_on_error = 0")
    name = connection.settings_dict["NAME"]
    with as_superuser(*(f'ALTER DATABASE "{name}" SET {one}' for one in (*good, setting))):
        connection.close()
        assert_fails(outcome_of(launch.database_logs_are_on), said)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_logs_what_it_should_passes() -> None:
    good = ("log_min_duration_statement = 500", "log_statement = 'ddl'", "log_parameter_max_length_on_error = 0")
    name = connection.settings_dict["NAME"]
    with as_superuser(*(f'ALTER DATABASE "{name}" SET {one}' for one in good)):
        connection.close()
        assert outcome_of(launch.database_logs_are_on).state is State.PASS
