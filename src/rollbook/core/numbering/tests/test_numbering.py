"""Numbers: in order, without gaps, by the local year, never twice."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from rollbook.core import clock, ids
from rollbook.core.numbering.models import NumberSeries
from rollbook.core.numbering.rules import formatted
from rollbook.core.numbering.services import next_block, next_number
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import ScopeError, tenant_scope

RECEIPT = ("receipt:MAIN:{year}", "RCP-{year}-{seq:06d}")
STUDENT = ("student:{year}", "{yy}{seq:04d}")


def local_year(moment: str, organisation: Organisation) -> int:
    return clock.local_date(datetime.fromisoformat(moment), organisation.timezone).year


@pytest.mark.parametrize(
    ("template", "value", "written"),
    [
        ("RCP-{year}-{seq:06d}", 123, "RCP-2026-000123"),
        ("{yy}{seq:04d}", 1, "260001"),
        ("{yy}{seq:04d}", 10_000, "2610000"),
        ("{seq}", 7, "7"),
    ],
)
def test_a_number_is_written_as_its_template_says_and_grows_past_its_width(
    template: str, value: int, written: str
) -> None:
    assert formatted(template, 2026, value) == written


@pytest.mark.django_db
def test_each_series_counts_for_itself(tenant: Organisation) -> None:
    assert [next_number(*RECEIPT, 2026) for _ in range(3)] == ["RCP-2026-000001", "RCP-2026-000002", "RCP-2026-000003"]
    assert next_number(*STUDENT, 2026) == "260001"
    assert next_number("receipt:ANNEX:{year}", RECEIPT[1], 2026) == "RCP-2026-000001"


@pytest.mark.rule("R39")
@pytest.mark.django_db
@pytest.mark.example("college", 33)
def test_receipts_go_on_after_a_voided_one_and_start_again_with_the_local_year(tenant: Organisation) -> None:
    next_block("receipt:MAIN:2026", 123)  # …000123 was issued, and voided: its number is kept.
    last_second = local_year("2026-12-31T15:59:59+00:00", tenant)
    new_year = local_year("2026-12-31T16:00:00+00:00", tenant)

    assert next_number(*RECEIPT, last_second) == "RCP-2026-000124"
    assert next_number(*RECEIPT, new_year) == "RCP-2027-000001"
    assert next_number(*RECEIPT, last_second) == "RCP-2026-000125"


@pytest.mark.rule("R39")
@pytest.mark.django_db
@pytest.mark.example("college", 33)
def test_an_act_that_is_rolled_back_takes_no_number(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        assert next_number(*RECEIPT, 2026) == "RCP-2026-000001"

    def take_and_fail() -> None:
        with tenant_scope(organisation.id):
            assert next_number(*RECEIPT, 2026) == "RCP-2026-000002"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    with tenant_scope(organisation.id):
        assert next_number(*RECEIPT, 2026) == "RCP-2026-000002"


@pytest.mark.django_db
def test_a_block_is_as_many_numbers_one_by_one(tenant: Organisation) -> None:
    assert next_block("a", 5) == 1
    assert next_block("a", 2) == 6
    assert next_block("a", 1) == 8
    with pytest.raises(ValueError, match="at least one"):
        next_block("a", 0)


@pytest.mark.rule("R1")
@pytest.mark.django_db
def test_organisations_count_apart(organisation: Organisation, other_organisation: Organisation) -> None:
    for each in (organisation, other_organisation):
        with tenant_scope(each.id):
            assert next_number(*RECEIPT, 2026) == "RCP-2026-000001"
            assert NumberSeries.objects.count() == 1


@pytest.mark.django_db
def test_outside_an_organisation_there_are_no_numbers(organisation: Organisation) -> None:
    with pytest.raises(ScopeError):
        next_number(*RECEIPT, 2026)


@pytest.mark.django_db
def test_a_number_costs_one_statement(tenant: Organisation, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        next_number(*RECEIPT, 2026)


def run_together(workers: int, work: Callable[[int], None]) -> list[BaseException]:
    """Do the same in many threads that start at the same moment; answers what went wrong."""
    failures: list[BaseException] = []
    start = threading.Barrier(workers)

    def run(number: int) -> None:
        try:
            start.wait(30)
            work(number)
        except BaseException as error:  # noqa: BLE001 — handed to the test, which decides
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def storm(organisation: Organisation, take: Callable[[], int]) -> list[int]:
    """Eight workers take twelve numbers each; every third act is rolled back."""
    taken: list[int] = []
    guard = threading.Lock()

    def work(worker: int) -> None:
        for turn in range(12):
            try:
                with tenant_scope(organisation.id):
                    value = take()
                    if (worker + turn) % 3 == 0:
                        raise ZeroDivisionError
                with guard:
                    taken.append(value)
            except ZeroDivisionError:
                continue

    assert run_together(8, work) == []
    return sorted(taken)


def take_without_lock() -> int:
    """The control: read, then write, as if nobody else were there."""
    with connection.cursor() as cursor:
        organisation_id = str(tenant_of(cursor))
        cursor.execute(
            "SELECT last_value FROM numbering_numberseries WHERE organisation_id = %s AND key = 'race'",
            [organisation_id],
        )
        (last,) = cursor.fetchone()
        cursor.execute("SELECT pg_sleep(0.002)")
        cursor.execute(
            "UPDATE numbering_numberseries SET last_value = greatest(last_value, %s)"
            " WHERE organisation_id = %s AND key = 'race'",
            [last + 1, organisation_id],
        )
    return int(last) + 1


def tenant_of(cursor: Any) -> str:
    cursor.execute("SELECT current_setting('app.organisation')")
    return str(cursor.fetchone()[0])


@pytest.mark.rule("R39")
@pytest.mark.race
def test_many_at_once_with_rollbacks_leave_no_gap_and_no_number_twice(committed: Organisation) -> None:
    taken = storm(committed, lambda: next_block("race", 1))

    assert taken == list(range(1, 65))


@pytest.mark.race
def test_control_without_the_lock_numbers_are_given_twice(committed: Organisation) -> None:
    with tenant_scope(committed.id):
        next_block("race", 1)

    taken = storm(committed, take_without_lock)

    assert len(set(taken)) < len(taken)


def test_neither_the_ordinary_role_nor_the_owner_turns_a_series_back(committed: Organisation) -> None:
    with tenant_scope(committed.id):
        next_block("receipt:MAIN:2026", 10)
    attacks = [
        "UPDATE numbering_numberseries SET last_value = 9",
        "UPDATE numbering_numberseries SET key = 'other'",
        f"UPDATE numbering_numberseries SET organisation_id = '{ids.new_id()}'",
        "DELETE FROM numbering_numberseries",
        "TRUNCATE numbering_numberseries",
    ]

    def attempt(role: str, statement: str) -> str | None:
        connections[role].ensure_connection()
        raw = connections[role].connection
        try:
            with raw.transaction(force_rollback=True):
                raw.execute(f"SET LOCAL app.organisation = '{committed.id}'")
                raw.execute(statement)
        except psycopg.Error as error:
            return error.sqlstate
        return "nothing refused it"

    # No privilege, or our own refusal, whichever comes first.
    assert [attempt("default", attack) for attack in attacks] == ["RB001", "RB001", "RB001", "42501", "42501"]
    assert [attempt("owner", attack) for attack in attacks] == ["RB001"] * 5
    with tenant_scope(committed.id):
        assert next_block("receipt:MAIN:2026", 1) == 11
