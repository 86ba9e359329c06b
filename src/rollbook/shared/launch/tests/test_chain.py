from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from rollbook.core import clock
from rollbook.core.readiness import Context, passed
from rollbook.shared.launch import chain, runner
from rollbook.shared.launch.models import CheckResult
from rollbook.shared.launch.runner import Task
from rollbook.shared.launch.tests.examples import an_item

pytestmark = pytest.mark.django_db


def a_result(number: int) -> CheckResult:
    task = Task(an_item(f"PLT-T-{number:02d}"), Context("development", clock.now()))
    return chain.append(runner.result_of(task, passed("Fine.", value=number, limit="≥ 0", fact=[number]), 3, None))


def test_each_result_contains_the_hash_of_the_one_before() -> None:
    first, second = a_result(1), a_result(2)

    assert (first.number, first.prev_hash) == (1, chain.FIRST)
    assert (second.number, second.prev_hash) == (2, first.hash)
    assert chain.verify() == chain.ChainState(2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE launch_checkresult SET state = 'pass'",
        "DELETE FROM launch_checkresult",
        "TRUNCATE launch_checkresult",
    ],
)
def test_the_database_refuses_to_change_results(statement: str) -> None:
    a_result(1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_an_owner_who_goes_round_the_guard_is_found_out() -> None:
    for number in range(1, 6):
        a_result(number)
    _as_superuser(
        "ALTER TABLE launch_checkresult DISABLE TRIGGER append_only_rows",
        "UPDATE launch_checkresult SET summary = 'All is well.' WHERE number = 3",
    )

    state = chain.verify()
    assert (state.is_intact, state.broken_at, state.length) == (False, 3, 2)
    assert chain.verify(newest=2).is_intact
    assert not chain.verify(newest=3).is_intact


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_removed_result_and_altered_evidence_are_found_out() -> None:
    for number in range(1, 4):
        a_result(number)
    _as_superuser("ALTER TABLE launch_checkresult DISABLE TRIGGER append_only_rows")
    _as_superuser("UPDATE launch_checkresult SET evidence = '{\"fact\": [9]}' WHERE number = 3")
    assert chain.verify().reason == "the evidence of result 3 was altered"

    _as_superuser("DELETE FROM launch_checkresult WHERE number = 2")
    assert chain.verify().reason == "result 2 is missing"


def _as_superuser(*statements: str) -> None:
    facts = connections["owner"].settings_dict
    with psycopg.connect(
        dbname=facts["NAME"], user=facts["USER"], password=facts["PASSWORD"], host=facts["HOST"], port=facts["PORT"],
        autocommit=True,
    ) as owner:  # fmt: skip
        for statement in statements:
            owner.execute(statement)


def test_a_result_cannot_expire_before_it_was_taken_nor_be_red_without_a_remedy() -> None:
    result = a_result(1)
    for changes in ({"expires_at": result.taken_at - timedelta(seconds=1)}, {"state": "fail", "remedy": ""}):
        copy = CheckResult.objects.get(pk=result.pk)
        copy.pk, copy.number, copy.hash = None, 99, "x"
        for name, value in changes.items():
            setattr(copy, name, value)
        with pytest.raises(DatabaseError), transaction.atomic():
            copy.save(force_insert=True)
