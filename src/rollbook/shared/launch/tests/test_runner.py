"""Items in real threads on a real database: none touches another."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from rollbook.core.readiness import Context, NotApplicable, Outcome, SafeOn, State, failed, passed
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import current_organisation_id
from rollbook.shared.launch import chain, runner
from rollbook.shared.launch.models import CheckResult
from rollbook.shared.launch.tests.examples import an_item, holds

pytestmark = pytest.mark.django_db(transaction=True)


def run(*items, **facts):
    return runner.evaluate(items, **{"environment": "development", "stage": "PRE", **facts})


def states(evaluation) -> dict[str, str]:
    return {result.item: result.state for result in evaluation.results}


def raises(_context: Context) -> Outcome:
    raise ValueError("Maria Santos owes 500")


def hangs(_context: Context) -> Outcome:
    time.sleep(3)
    return passed("too late")


def ends_the_process(_context: Context) -> Outcome:
    raise SystemExit(3)


def answers_nothing(_context: Context) -> None:
    return None


def sleeps_in_the_database(_context: Context) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    return passed("too late")


def loses_its_connection(_context: Context) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return passed("never")


def writes(_context: Context) -> Outcome:
    Organisation.objects.create(slug="made", name="Made", system="college", currency="PHP", timezone="UTC")
    return passed("written")


def fails_without_a_limit(_context: Context) -> Outcome:
    return failed("Bad.", value=3)


def test_what_one_item_does_touches_no_other() -> None:
    started = time.monotonic()
    found = run(
        an_item("PLT-T-01"),
        an_item("PLT-T-02", raises),
        an_item("PLT-T-03", hangs, timeout=timedelta(seconds=1)),
        an_item("PLT-T-04", ends_the_process),
        an_item("PLT-T-05", answers_nothing),
        an_item("PLT-T-06", sleeps_in_the_database),
        an_item("PLT-T-07", loses_its_connection),
        an_item("PLT-T-08", fails_without_a_limit),
        an_item("PLT-T-09"),
    )

    assert time.monotonic() - started < 12
    assert states(found) == {
        "PLT-T-01": "pass", "PLT-T-02": "error", "PLT-T-03": "error", "PLT-T-04": "error", "PLT-T-05": "error",
        "PLT-T-06": "error", "PLT-T-07": "error", "PLT-T-08": "error", "PLT-T-09": "pass",
    }  # fmt: skip
    assert CheckResult.objects.count() == 9
    assert found.problems == []
    assert chain.verify() == chain.ChainState(9)
    said = {result.item: result.summary for result in found.results}
    assert said["PLT-T-03"] == "It gave no answer within 1 s."
    assert said["PLT-T-02"].startswith("It raised ValueError (trace ")
    assert all(result.remedy for result in found.results)


def test_no_message_of_an_error_is_kept() -> None:
    (result,) = run(an_item("PLT-T-02", raises)).results

    assert "Maria" not in f"{result.summary}{result.evidence}{result.remedy}"


def test_an_item_that_only_reads_cannot_write() -> None:
    assert states(run(an_item("PLT-T-01", writes))) == {"PLT-T-01": "error"}
    assert not Organisation.objects.filter(slug="made").exists()


def test_what_an_item_writes_to_try_is_taken_back() -> None:
    assert states(run(an_item("PLT-T-01", writes, tries_writing=True))) == {"PLT-T-01": "pass"}
    assert not Organisation.objects.filter(slug="made").exists()


def test_an_item_is_skipped_with_the_cause_when_what_it_needs_does_not_pass() -> None:
    found = run(
        an_item("PLT-T-01", raises),
        an_item("PLT-T-02", needs=("PLT-T-01",)),
        an_item("PLT-T-03", needs=("PLT-T-02",)),
        an_item("PLT-T-04", needs=("PLT-X-99",)),
        an_item("PLT-T-05", needs=("PLT-T-06",)),
        an_item("PLT-T-06"),
    )

    by_id = {result.item: result for result in found.results}
    assert (by_id["PLT-T-02"].state, by_id["PLT-T-02"].summary) == ("skipped", "skipped (needs PLT-T-01)")
    assert by_id["PLT-T-03"].summary == "skipped (needs PLT-T-02)"
    assert by_id["PLT-T-04"].summary == "skipped (needs PLT-X-99)"
    assert by_id["PLT-T-05"].state == "pass"


def test_items_that_need_each_other_are_skipped_and_end() -> None:
    found = run(an_item("PLT-T-01", needs=("PLT-T-02",)), an_item("PLT-T-02", needs=("PLT-T-01",)))

    assert states(found) == {"PLT-T-01": "skipped", "PLT-T-02": "skipped"}


def test_what_does_not_apply_says_why() -> None:
    item = an_item("PLT-T-01", raises, applies=lambda _context: NotApplicable("No SMS provider is enabled."))
    (result,) = run(item).results

    assert (result.state, result.summary) == ("not_applicable", "No SMS provider is enabled.")


def test_an_item_for_staging_is_not_started_on_production() -> None:
    started: list[Context] = []

    def destructive(context: Context) -> Outcome:
        started.append(context)
        return passed("done")

    (result,) = run(an_item("PLT-T-01", destructive, run=SafeOn.STAGING), environment="production").results

    assert (result.state, started) == ("error", [])
    assert "ROLLBOOK_ENV=staging" in result.remedy


def test_within_five_seconds_the_same_item_gives_the_same_result() -> None:
    counted: list[int] = []

    def count(_context: Context) -> Outcome:
        counted.append(1)
        time.sleep(0.2)
        return passed("counted")

    item = an_item("PLT-T-01", count)
    found: list[CheckResult] = []

    def again() -> None:
        found.extend(run(item).results)
        connection.close()

    threads = [threading.Thread(target=again) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(counted) == 1
    assert len({result.pk for result in found}) == 1


def test_items_of_one_key_never_run_together() -> None:
    together: list[int] = []
    present = threading.Semaphore(1)

    def alone(_context: Context) -> Outcome:
        together.append(0 if present.acquire(blocking=False) else 1)
        time.sleep(0.1)
        present.release()
        return passed("alone")

    run(*(an_item(f"PLT-T-0{number}", alone, parallel_key="restore") for number in range(4)))

    assert together == [0, 0, 0, 0]


def test_an_item_about_organisations_runs_in_the_scope_of_each() -> None:
    organisations = [
        Organisation.objects.create(slug=slug, name=slug, system="college", currency="PHP", timezone="UTC")
        for slug in ("one", "two")
    ]

    def whose(_context: Context) -> Outcome:
        return passed("seen", fact=str(current_organisation_id()))

    found = run(an_item("PLT-T-01", whose, per_organisation=True), organisations=[one.pk for one in organisations])

    assert {result.scope: result.evidence["fact"] for result in found.results} == {
        str(one.pk): str(one.pk) for one in organisations
    }


def test_where_results_cannot_be_kept_they_still_count_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    def full(_result: CheckResult) -> CheckResult:
        raise DatabaseError("disk full")

    monkeypatch.setattr(chain, "append", full)
    found = run(an_item("PLT-T-01", holds))

    assert states(found) == {"PLT-T-01": State.PASS}
    assert found.problems == ["The result of PLT-T-01 could not be kept in the database."]
