"""What waits for COMMIT is sent with it, or before whatever comes first; what it refuses undoes everything."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from rollbook.core.db.closing import LastStatement, LateText, json_with_marks, send_with_commit
from rollbook.core.ids import new_id
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = [pytest.mark.django_db(transaction=True)]

OPEN = """
INSERT INTO tenancy_campus (organisation_id, id, created_at, code, name, timezone)
VALUES (%s, %s, now(), %s, 'Opened last', '') RETURNING name
"""


class TakenError(Exception):
    """The code was taken."""


def opening(organisation: Organisation, code: str, told: list[Any]) -> LastStatement:
    return LastStatement(
        OPEN, [organisation.id, new_id(), code], then=lambda row: told.append(row[0]),
        constraint="tenancy_campus_code_unique", refused=TakenError,
    )  # fmt: skip


def test_nothing_is_sent_before_commit_and_its_row_is_told_after(organisation: Organisation) -> None:
    sent: list[str] = []
    told: list[Any] = []

    def watch(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        sent.append(statement)
        return execute(statement, parameters, many, context)

    with tenant_scope(organisation.id), connection.execute_wrapper(watch):
        send_with_commit(opening(organisation, "LAST", told))
        assert sent == []
        assert told == []

    assert told == ["Opened last"]
    with tenant_scope(organisation.id):
        assert Campus.objects.filter(code="LAST").exists()


def test_whatever_is_asked_before_commit_finds_it_done(organisation: Organisation) -> None:
    told: list[Any] = []

    with tenant_scope(organisation.id):
        send_with_commit(opening(organisation, "SOON", told))
        assert Campus.objects.filter(code="SOON").exists()

    assert told == ["Opened last"]


def test_inside_a_savepoint_it_is_sent_at_once(organisation: Organisation) -> None:
    told: list[Any] = []

    with tenant_scope(organisation.id), transaction.atomic():
        send_with_commit(opening(organisation, "NOW", told))
        assert told == ["Opened last"]


def test_what_meets_a_row_that_is_there_undoes_the_transaction(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        Campus.objects.create(code="MAIN2", name="There already")

    with pytest.raises(TakenError), tenant_scope(organisation.id):
        Campus.objects.create(code="OTHER", name="Undone")
        send_with_commit(opening(organisation, "MAIN2", []))

    with tenant_scope(organisation.id):
        assert not Campus.objects.filter(code="OTHER").exists()


def test_an_error_that_nobody_foresaw_is_raised_as_it_is(organisation: Organisation) -> None:
    with pytest.raises(IntegrityError), tenant_scope(organisation.id):
        Campus.objects.create(code="OTHER", name="Undone")
        send_with_commit(LastStatement(OPEN, [organisation.id, new_id(), None]))

    with tenant_scope(organisation.id):
        assert not Campus.objects.filter(code="OTHER").exists()


def test_an_act_that_is_undone_takes_what_waits_with_it(organisation: Organisation) -> None:
    told: list[Any] = []

    with pytest.raises(ZeroDivisionError), tenant_scope(organisation.id):
        send_with_commit(opening(organisation, "GONE", told))
        raise ZeroDivisionError

    with tenant_scope(organisation.id):
        assert not Campus.objects.filter(code="GONE").exists()
    assert told == []


def test_a_late_text_is_a_mark_until_it_comes_and_is_fetched_by_whoever_cannot_wait(organisation: Organisation) -> None:
    late = LateText("SELECT 'never asked here'", [])
    body = {"campus": late}

    with tenant_scope(organisation.id):
        send_with_commit(LastStatement(OPEN, [organisation.id, new_id(), "LATE"], then=lambda row: late.arrive(row[0])))
        assert json_with_marks(body, str) == (f'{{"campus":"{late.mark}"}}', [late])
        assert late.text == "Opened last"
        assert json_with_marks(body, str) == ('{"campus":"Opened last"}', [])


def test_a_late_text_that_nothing_brings_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        _ = LateText("SELECT 1", []).text
