from datetime import timedelta
from decimal import Decimal

import pytest

from rollbook.core.readiness import Kind, Severity, State
from rollbook.shared.launch import rules
from rollbook.shared.launch.rules import Standing, Verdict, Why
from rollbook.shared.launch.tests.examples import an_item, moment, standings

TAKEN = moment("2026-03-01T09:00:00+00:00")


@pytest.mark.example("launch", 2)
def test_the_score_weighs_blockers_five_warnings_two_and_infos_one() -> None:
    found = [
        *standings(Severity.BLOCKER, of=10, passing=9),
        *standings(Severity.WARNING, of=5, passing=4),
        *standings(Severity.INFO, of=2, passing=2),
    ]

    assert rules.score(found) == Decimal("88.7")
    assert rules.verdict(found) is Verdict.BLOCKED


@pytest.mark.example("launch", 3)
@pytest.mark.parametrize(
    ("now", "why"),
    [("2026-03-02T08:59:59+00:00", Why.GREEN), ("2026-03-02T09:00:00+00:00", Why.EXPIRED)],
)
def test_a_result_counts_until_its_end_and_not_at_it(now: str, why: Why) -> None:
    item = an_item("PLT-ENV-08", stages=("PRE", "DAY", "ON"))
    expires = TAKEN + rules.freshness_of(item, "PRE")

    standing = rules.standing_of(item, state=State.PASS, expires_at=expires, now=moment(now))

    assert standing.why is why
    assert rules.verdict([standing]) is (Verdict.READY if why is Why.GREEN else Verdict.BLOCKED)


def test_without_a_result_a_blocker_is_red() -> None:
    standing = rules.standing_of(an_item("PLT-T-01"), state=None, expires_at=None, now=TAKEN)

    assert standing.why is Why.MISSING
    assert rules.verdict([standing]) is Verdict.BLOCKED


def test_no_item_at_all_is_not_ready() -> None:
    assert rules.verdict([]) is Verdict.BLOCKED
    assert rules.score([]) == Decimal("0.0")
    assert rules.sentence([], {}).startswith("Blocked: no item applies here")


@pytest.mark.parametrize("state", [State.FAIL, State.ERROR, State.SKIPPED])
def test_what_did_not_pass_is_red(state: State) -> None:
    later = TAKEN + timedelta(hours=1)

    assert rules.standing_of(an_item("PLT-T-01"), state=state, expires_at=later, now=TAKEN).is_red


@pytest.mark.parametrize("state", [State.PASS, State.WARN, State.NOT_APPLICABLE])
def test_a_fresh_pass_warning_or_not_applicable_is_not_red(state: State) -> None:
    later = TAKEN + timedelta(hours=1)

    assert not rules.standing_of(an_item("PLT-T-01"), state=state, expires_at=later, now=TAKEN).is_red


def test_a_changed_check_and_changed_software_take_the_pass_away() -> None:
    item = an_item("PLT-T-01", this_release=True)
    later = TAKEN + timedelta(hours=1)
    facts = {"state": State.PASS, "expires_at": later, "now": TAKEN}

    changed = rules.standing_of(item, **facts, definition_hash="another")
    other = rules.standing_of(item, **facts, definition_hash=item.definition_hash, artefact="a", present_artefact="b")

    assert (changed.why, other.why) == (Why.CHANGED, Why.OTHER_ARTEFACT)


def test_what_does_not_apply_has_no_weight() -> None:
    item = an_item("PLT-T-01")

    assert (
        rules.score([Standing(item, State.NOT_APPLICABLE, Why.GREEN), *standings(Severity.INFO, of=1, passing=1)])
        == 100
    )


def test_how_long_a_result_counts() -> None:
    item = an_item("PLT-T-01", interval=timedelta(minutes=5))

    assert rules.freshness_of(item, "PRE") == timedelta(hours=24)
    assert rules.freshness_of(item, "DAY") == timedelta(minutes=15)
    assert rules.freshness_of(item, "ON") == timedelta(minutes=7, seconds=30)
    assert rules.freshness_of(an_item("PLT-T-02", kind=Kind.DRILL), "PRE") == timedelta(days=31)
    assert rules.freshness_of(an_item("PLT-T-03", freshness=timedelta(days=92)), "PRE") == timedelta(days=92)


def test_the_sentence_names_the_first_thing_to_do() -> None:
    found = standings(Severity.BLOCKER, of=44, passing=41)

    assert rules.sentence(found, {"PLT-TB-41": "Run `rollbook migrate` as the owner."}) == (
        "Blocked: 3 of 44 blockers are red; first fix PLT-TB-41: run `rollbook migrate` as the owner."
    )


def test_the_sentence_names_a_cause_before_what_was_skipped_for_it() -> None:
    skipped = Standing(an_item("PLT-A-01", needs=("PLT-Z-01",)), State.SKIPPED, Why.SKIPPED)
    cause = Standing(an_item("PLT-Z-01"), State.FAIL, Why.FAILED)

    assert "first fix PLT-Z-01" in rules.sentence([skipped, cause], {})


def test_warnings_alone_do_not_block() -> None:
    found = [*standings(Severity.BLOCKER, of=2, passing=2), *standings(Severity.WARNING, of=2, passing=1)]

    assert rules.verdict(found) is Verdict.WARNINGS
    assert rules.sentence(found, {}).startswith("Ready with warnings: 1 of 2 warnings is red; first look at PLT-TW-01:")


@pytest.mark.parametrize(
    ("reached", "could", "strict", "code"),
    [
        (Verdict.READY, True, False, 0),
        (Verdict.READY, True, True, 0),
        (Verdict.BLOCKED, True, False, 1),
        (Verdict.WARNINGS, True, False, 0),
        (Verdict.WARNINGS, True, True, 2),
        (Verdict.READY, False, False, 3),
        (Verdict.BLOCKED, False, False, 3),
    ],
)
def test_the_exit_code(reached: Verdict, could: bool, strict: bool, code: int) -> None:
    assert rules.exit_code(reached, could_evaluate=could, is_strict=strict) == code
