"""A whole run, and what the command line says about it."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from rollbook.core import readiness
from rollbook.core.readiness import Context, Outcome, SafeOn, Severity, State, failed, passed, warned
from rollbook.shared.launch import board as boards
from rollbook.shared.launch import registry, reports, services
from rollbook.shared.launch.errors import NotSafeHere, UnknownItem
from rollbook.shared.launch.models import CheckResult, CheckRun
from rollbook.shared.launch.services import Wish
from rollbook.shared.launch.tests.examples import registered

pytestmark = pytest.mark.django_db(transaction=True)


def holds(_context: Context) -> Outcome:
    return passed("Fine.", value=0, limit="= 0", fact=1)


def breaks(_context: Context) -> Outcome:
    return failed("Two are broken.", value=2, limit="= 0", unit="chairs", remedy="Run `mend --all`.")


def warns(_context: Context) -> Outcome:
    return warned("Soon.", value=80, limit="< 80", unit="%")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the test's own items are there."""
    registry.load()
    kept = dict(readiness._items)
    readiness._items.clear()
    yield
    readiness._items.clear()
    readiness._items.update(kept)


def test_a_run_keeps_results_and_says_what_they_mean(alone: None) -> None:
    with (
        registered(holds, id="PLT-T-01"),
        registered(breaks, id="PLT-T-02"),
        registered(warns, id="PLT-T-03", severity=Severity.WARNING),
    ):
        answer = services.check(Wish())

    assert answer.exit_code == 1
    assert answer.board.sentence == "Blocked: 1 of 2 blockers is red; first fix PLT-T-02: run `mend --all`."
    assert str(answer.board.score) == "41.7"
    assert CheckResult.objects.count() == 3


def test_every_line_of_the_json_has_evidence_and_remedy(alone: None) -> None:
    with registered(holds, id="PLT-T-01"), registered(breaks, id="PLT-T-02"):
        answer = services.check(Wish())
        facts = json.loads(reports.as_json(answer.board, exit_code=answer.exit_code))

    assert facts["format"] == "rollbook.launch.check/1"
    assert (facts["verdict"], facts["exit_code"]) == ("blocked", 1)
    assert [item["id"] for item in facts["items"]] == ["PLT-T-02", "PLT-T-01"]
    for item in facts["items"]:
        assert item["remedy"]
        assert isinstance(item["result"]["evidence"], dict)
        assert len(item["result"]["evidence_sha256"]) == 64
    assert (facts["items"][0]["result"]["value"], facts["items"][0]["result"]["limit"]) == ("2", "= 0")


def test_text_begins_with_the_sentence_and_red_lines_come_first_with_their_remedy(alone: None) -> None:
    with registered(holds, id="PLT-T-01"), registered(breaks, id="PLT-T-02"):
        answer = services.check(Wish())
        lines = reports.as_text(answer.board, exit_code=answer.exit_code).splitlines()

    assert lines[0].startswith("Blocked: 1 of 2 blockers is red; first fix PLT-T-02: run `mend --all`.")
    assert lines[3:6] == [
        "RED PLT-T-02 (blocker) It holds",
        "    Two are broken. Value 2 chairs, limit = 0.",
        "    Remedy: Run `mend --all`.",
    ]


def test_junit_and_tap_name_what_failed(alone: None) -> None:
    with registered(holds, id="PLT-T-01"), registered(breaks, id="PLT-T-02"):
        answer = services.check(Wish())
        suite = ET.fromstring(reports.as_junit(answer.board))
        tap = reports.as_tap(answer.board)

    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite.find(".//failure").text == "Remedy: Run `mend --all`."
    assert tap.splitlines()[:3] == ["TAP version 13", "1..2", "not ok 1 - PLT-T-02 It holds"]


def test_a_fresh_installation_is_blocked_and_nothing_passes_for_lack_of_data() -> None:
    found = boards.board(registry.select(profiles=["platform"]), stage=None, profiles=["platform"])

    assert found.verdict.value == "blocked"
    assert found.counts["pass"] == 0
    assert found.counts["missing"] == found.counts["items"] > 40


def test_warnings_alone_are_ready_and_strictly_two(alone: None) -> None:
    with registered(holds, id="PLT-T-01"), registered(breaks, id="PLT-T-02", severity=Severity.WARNING):
        assert services.check(Wish()).exit_code == 0
        assert services.check(Wish(), is_strict=True).exit_code == 2


def test_asked_for_by_id_an_item_brings_what_it_needs_but_shows_itself(alone: None) -> None:
    with registered(breaks, id="PLT-T-01"), registered(holds, id="PLT-T-02", needs=("PLT-T-01",)):
        answer = services.check(Wish(ids=("PLT-T-02",)))

    (line,) = answer.board.lines
    assert (line.state, line.result.summary) == ("skipped", "skipped (needs PLT-T-01)")


def test_an_old_name_of_an_item_still_finds_it(alone: None) -> None:
    with registered(holds, id="PLT-T-02", aliases=("PLT-T-01",)):
        answer = services.check(Wish(ids=("PLT-T-01",)))

    assert [line.item.id for line in answer.board.lines] == ["PLT-T-02"]


def test_what_is_not_there_or_not_safe_is_refused_before_anything_starts(
    alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registered(holds, id="PLT-T-01", run=SafeOn.STAGING):
        with pytest.raises(UnknownItem):
            services.check(Wish(ids=("PLT-X-99",)))
        monkeypatch.setattr(services, "environment", lambda: "production")
        with pytest.raises(NotSafeHere, match="PLT-T-01 is not safe on a production"):
            services.check(Wish(ids=("PLT-T-01",)))

    assert CheckResult.objects.count() == 0


def test_a_run_in_the_background_ends_with_its_verdict_and_is_not_done_twice(alone: None) -> None:
    with registered(holds, id="PLT-T-01"):
        run = services.planned_run()
        services.perform_run(run.pk, parallel=2)
        services.perform_run(run.pk, parallel=2)

    run.refresh_from_db()
    assert (run.state, run.verdict, run.counts["pass"]) == (CheckRun.State.DONE, "ready", 1)
    assert CheckResult.objects.filter(run=run).count() == 1


def test_a_stage_takes_only_its_items(alone: None) -> None:
    with registered(holds, id="PLT-T-01", stages=("PRE",)), registered(holds, id="PLT-T-02", stages=("DAY",)):
        answer = services.check(Wish(stage="DAY"))

    (line,) = answer.board.lines
    assert line.item.id == "PLT-T-02"
    assert (line.result.expires_at - line.result.taken_at).total_seconds() == 900


def test_an_altered_record_blocks_whatever_the_items_say(alone: None) -> None:
    from rollbook.core.tests.attacks import as_owner

    with registered(holds, id="PLT-T-01"):
        services.check(Wish())
        as_owner(
            "ALTER TABLE launch_checkresult DISABLE TRIGGER append_only_rows",
            "UPDATE launch_checkresult SET summary = 'All is well.'",
        )
        found = boards.board(registry.select(profiles=["platform"]), stage=None, profiles=["platform"])

    assert found.verdict.value == "blocked"
    assert found.sentence.startswith("Blocked: the record of results was altered (result 1 was altered)")


def test_a_pack_that_cannot_be_loaded_is_named_and_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        name, value = "chairs", "chair_pack.items"

        def load(self) -> None:
            raise ImportError

    registry.load()  # everything else is found before, so that only the pack is missing
    monkeypatch.setattr(registry, "entry_points", lambda group: [Broken()])
    registry.load.cache_clear()
    try:
        assert registry.load() == (
            "The item pack chairs could not be loaded (ImportError); repair or remove the package chair_pack.",
        )
    finally:
        monkeypatch.undo()
        registry.load.cache_clear()


def test_the_outcome_says_nothing_when_nothing_was_examined() -> None:
    outcome = readiness.none_found([], examined=0, what="broken chairs")

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 0, "> 0")
