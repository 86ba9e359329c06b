"""Statements of every request are planned once on each connection, and watched like any other."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection, transaction

from rollbook.core.db.arrays import text_array_of
from rollbook.core.db.batches import join_whole_sets
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.tenancy.models import Organisation

ADD = "SELECT %(first)s + %(second)s AS total_of_two"


def run(first: int, second: int) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(ADD, {"first": first, "second": second})
        return int(cursor.fetchone()[0])


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%total_of_two%'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_small_and_large_numbers_share_one_plan() -> None:
    assert [run(1, 2), run(40_000, 2), run(5_000_000_000, 2)] == [3, 40_002, 5_000_000_002]

    assert plans() == 1


@pytest.mark.django_db(transaction=True)
def test_plans_survive_a_transaction_that_is_undone() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run(1, 2)
        raise ZeroDivisionError
    with pytest.raises(DataError), transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            run(2, 2)
            raise ZeroDivisionError
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    assert plans() == 1
    assert run(3, 2) == 5


@pytest.mark.django_db(transaction=True)
def test_what_was_written_in_it_is_gone(organisation: Organisation) -> None:
    Organisation.objects.filter(id=organisation.id).update(name="Before")

    with transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            Organisation.objects.filter(id=organisation.id).update(name="Inside")
            raise ZeroDivisionError
        inside = Organisation.objects.get(id=organisation.id).name
        Organisation.objects.filter(id=organisation.id).update(name="Outside")
        transaction.set_rollback(True)

    assert (inside, Organisation.objects.get(id=organisation.id).name) == ("Before", "Before")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_says_so_when_it_is_undone() -> None:
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert run(1, 2) == 3


@pytest.mark.django_db
def test_other_statements_are_never_prepared_by_being_sent_often() -> None:
    for _ in range(8):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 AS sent_often")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 AS sent_often'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_whoever_watches_statements_sees_prepared_ones() -> None:
    seen: list[str] = []

    def watch(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(statement)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(watch):
        run(1, 2)

    assert seen == [ADD]


@pytest.mark.django_db(transaction=True)
def test_joining_whole_sets_ends_with_the_transaction() -> None:
    from django.db import transaction

    def nested_loops() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_nestloop")
            return str(cursor.fetchone()[0])

    with transaction.atomic():
        join_whole_sets()
        assert nested_loops() == "off"
    assert nested_loops() == "on"


def test_texts_of_an_array_keep_their_quotes_and_commas() -> None:
    assert text_array_of(['a"b', "c\\d", "e,f", ""]) == '{"a\\"b","c\\\\d","e,f",""}'
    assert text_array_of([]) == "{}"


def test_a_nul_can_not_split_one_text_into_two() -> None:
    with pytest.raises(ValueError, match="NUL"):
        text_array_of(["a\x00b", "c"])
