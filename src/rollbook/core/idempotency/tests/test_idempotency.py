"""The first answer again: once, for this actor, with this body, even when a hundred arrive at once."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections, transaction

from rollbook.core import clock
from rollbook.core.audit.examples import an_actor
from rollbook.core.errors import Refusal
from rollbook.core.idempotency import services
from rollbook.core.idempotency.errors import (
    AnsweredMeanwhile,
    IdempotencyKeyReused,
    RequestInProgress,
)
from rollbook.core.idempotency.models import StoredAnswer
from rollbook.core.idempotency.services import Answer, Key, lookup, once, purge_expired, remember
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope

ROUTE = "POST /payments"


def a_key(body: Any = None) -> Key:
    return Key.of(ROUTE, str(uuid4()), body or {"amount": "5000.00"})


def an_act(code: str = "ONE") -> Any:
    def act() -> tuple[int, dict[str, Any]]:
        campus = Campus.objects.create(code=code, name="Done")
        return 201, {"id": str(campus.id), "code": code}

    return act


@pytest.mark.django_db
def test_twice_is_the_same_as_once(tenant: Organisation) -> None:
    actor, key = an_actor(tenant), a_key()

    first = once(actor, key, an_act())
    second = once(actor, key, an_act("TWO"))

    assert (first.status, first.body["code"], first.replayed) == (201, "ONE", False)
    assert second == Answer(first.status, first.body, replayed=True)
    assert list(Campus.objects.values_list("code", flat=True)) == ["ONE"]


@pytest.mark.rule("R3")
@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused_and_nothing_is_done(tenant: Organisation) -> None:
    actor, key = an_actor(tenant), a_key()
    once(actor, key, an_act())

    with pytest.raises(IdempotencyKeyReused):
        once(actor, Key(ROUTE, key.key, a_key({"amount": "5000.01"}).fingerprint), an_act("TWO"))

    assert Campus.objects.count() == 1


@pytest.mark.rule("R3")
@pytest.mark.django_db
def test_a_key_is_the_actors_own_and_for_one_route(tenant: Organisation) -> None:
    actor, key = an_actor(tenant), a_key()
    once(actor, key, an_act())

    assert not once(an_actor(tenant), key, an_act("TWO")).replayed
    assert not once(actor, Key("POST /voids", key.key, key.fingerprint), an_act("THREE")).replayed
    assert Campus.objects.count() == 3


@pytest.mark.django_db
def test_a_key_is_unknown_in_another_organisation(organisation: Organisation, other_organisation: Organisation) -> None:
    user_id, key = uuid4(), a_key()

    for each in (organisation, other_organisation):
        with tenant_scope(each.id):
            assert not once(an_actor(each, user_id=user_id), key, an_act()).replayed


@pytest.mark.django_db
def test_work_of_the_system_has_keys_too(tenant: Organisation) -> None:
    key = a_key()

    once(Actor.system(tenant.id, job="bank.import"), key, an_act())

    assert once(Actor.system(tenant.id, job="bank.import"), key, an_act("TWO")).replayed


@pytest.mark.django_db
def test_an_act_that_was_refused_or_killed_leaves_no_key(organisation: Organisation) -> None:
    actor, key = an_actor(organisation), a_key()

    def act_and_die() -> tuple[int, Any]:
        an_act()()
        raise ZeroDivisionError

    def request() -> None:
        with tenant_scope(organisation.id):
            once(actor, key, act_and_die)

    with pytest.raises(ZeroDivisionError):
        request()
    with tenant_scope(organisation.id):
        assert not StoredAnswer.objects.exists()
        assert not once(actor, key, an_act()).replayed


@pytest.mark.django_db
def test_a_first_request_costs_two_statements_and_a_repeated_one_costs_one(
    tenant: Organisation, django_assert_num_queries: Any
) -> None:
    actor, key = an_actor(tenant), a_key()

    with django_assert_num_queries(2):
        once(actor, key, lambda: (201, {}))
    with django_assert_num_queries(1):
        once(actor, key, lambda: (201, {}))


@pytest.mark.django_db
def test_the_answer_is_kept_as_it_was_said(tenant: Organisation) -> None:
    body = {"b": "5000.00", "a": [1, None, True], "ñ": "₱ \u0000"}
    actor, key = an_actor(tenant), a_key()

    once(actor, key, lambda: (201, body))

    assert once(actor, key, lambda: (500, {})) == Answer(201, body, replayed=True)


@pytest.mark.rule("R3")
@pytest.mark.django_db
def test_answers_that_are_not_about_money_are_forgotten_after_their_time(
    tenant: Organisation, frozen_clock: Any
) -> None:
    actor, money, other = an_actor(tenant), a_key(), a_key()
    once(actor, money, lambda: (201, {}))
    once(actor, other, lambda: (201, {}), kept_for=services.KEPT_FOR)

    assert purge_expired(tenant.id) == 0
    frozen_clock(clock.now() + timedelta(hours=72, seconds=1))
    assert purge_expired(tenant.id) == 1
    assert once(actor, money, lambda: (500, {})).replayed
    assert not once(actor, other, lambda: (201, {})).replayed


@pytest.mark.django_db
def test_whoever_loses_the_last_instant_undoes_the_act_and_asks_again(tenant: Organisation) -> None:
    actor, key = an_actor(tenant), a_key()
    remember(actor, key.route, key.key, key.fingerprint, 201, {"first": True})

    with pytest.raises(AnsweredMeanwhile) as refused, transaction.atomic():
        remember(actor, key.route, key.key, key.fingerprint, 201, {"second": True})

    assert (refused.value.code, refused.value.retry_at_once) == ("REQUEST_IN_PROGRESS", True)
    stored = lookup(actor, key.route, key.key, key.fingerprint)
    assert stored is not None
    assert stored.body == '{"first":true}'


def hundred_at_once(organisation: Organisation, perform: Any) -> tuple[list[Any], list[BaseException]]:
    """A hundred requests with one key from sixteen threads that start together."""
    answers: list[Any] = []
    failures: list[BaseException] = []
    start = threading.Barrier(16)
    left = iter(range(100))
    guard = threading.Lock()

    def run() -> None:
        try:
            start.wait(30)
            while True:
                with guard:
                    if next(left, None) is None:
                        return
                with tenant_scope(organisation.id):
                    answer = perform()
                answers.append(answer)
        except BaseException as error:  # noqa: BLE001 — shown by the test's assertion
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, failures


def slow_act() -> tuple[int, dict[str, Any]]:
    campus = Campus.objects.create(code=uuid4().hex[:10], name="Done")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")
    return 201, {"id": str(campus.id)}


@pytest.mark.race
def test_the_same_key_a_hundred_times_at_once_is_one_act_with_one_answer(committed: Organisation) -> None:
    actor, key = an_actor(committed), a_key()

    answers, failures = hundred_at_once(committed, lambda: once(actor, key, slow_act))

    assert failures == []
    assert len(answers) == 100
    assert len({answer.body["id"] for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1
    with tenant_scope(committed.id):
        assert Campus.objects.count() == 1


@pytest.mark.race
def test_control_without_the_keys_lock_and_wall_it_is_done_many_times(committed: Organisation) -> None:
    actor, key = an_actor(committed), a_key()
    place = {"actor_id": actor.user_id, "route": key.route, "key": key.key}

    def naive() -> Answer:
        stored = StoredAnswer.objects.filter(**place).first()
        if stored is not None:
            return Answer(stored.status, stored.body, replayed=True)
        status, body = slow_act()
        StoredAnswer.objects.bulk_create(
            [StoredAnswer(fingerprint=key.fingerprint, status=status, body="{}", **place)], ignore_conflicts=True
        )
        return Answer(status, body)

    hundred_at_once(committed, naive)

    with tenant_scope(committed.id):
        assert Campus.objects.count() > 1


@pytest.mark.race
def test_the_wall_alone_holds_when_the_lock_is_missed(committed: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_FIND", services._FIND.replace("{lock}", "true OR %s IS NULL"))
    actor, key = an_actor(committed), a_key()

    def request() -> Answer:
        return once(actor, key, slow_act)

    _, failures = hundred_at_once(committed, request)

    assert {type(failure) for failure in failures} <= {AnsweredMeanwhile}
    assert failures
    with tenant_scope(committed.id):
        assert Campus.objects.count() == 1


@pytest.mark.rule("R3")
@pytest.mark.race
def test_a_request_that_takes_too_long_is_said_to_be_in_progress(committed: Organisation) -> None:
    actor, key = an_actor(committed), a_key()
    working, may_end = threading.Event(), threading.Event()
    first: list[Any] = []

    def act() -> tuple[int, Any]:
        working.set()
        may_end.wait(30)
        return 201, {"first": True}

    def run() -> None:
        try:
            with tenant_scope(committed.id):
                first.append(once(actor, key, act))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert working.wait(30)

    def impatient() -> None:
        with tenant_scope(committed.id):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            once(actor, key, act)

    with pytest.raises(RequestInProgress) as refused:
        impatient()
    may_end.set()
    thread.join()

    assert (refused.value.code, refused.value.status) == ("REQUEST_IN_PROGRESS", 409)
    assert isinstance(refused.value, Refusal)
    with tenant_scope(committed.id):
        assert once(actor, key, act) == Answer(201, {"first": True}, replayed=True)


@pytest.mark.race
def test_a_worker_that_is_killed_in_the_act_leaves_nothing_stuck(committed: Organisation) -> None:
    actor, key = an_actor(committed), a_key()
    working = threading.Event()
    backend: list[int] = []
    ended: list[type[BaseException]] = []

    def act_until_killed() -> tuple[int, Any]:
        Campus.objects.create(code="HALF", name="Half done")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend.append(cursor.fetchone()[0])
            working.set()
            cursor.execute("SELECT pg_sleep(60)")
        return 201, {}

    def run() -> None:
        try:
            with tenant_scope(committed.id):
                once(actor, key, act_until_killed)
        except BaseException as error:  # noqa: BLE001 — shown by the assertion below
            ended.append(type(error))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert working.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", backend)
    thread.join()

    assert len(ended) == 1
    with tenant_scope(committed.id):
        assert not once(actor, key, an_act()).replayed
        assert list(Campus.objects.values_list("code", flat=True)) == ["ONE"]


def test_the_first_answer_cannot_be_changed_and_that_of_money_not_removed(committed: Organisation) -> None:
    actor, money, other = an_actor(committed), a_key(), a_key()
    with tenant_scope(committed.id):
        once(actor, money, lambda: (201, {}))
        once(actor, other, lambda: (201, {}), kept_for=services.KEPT_FOR)

    def attempt(role: str, statement: str) -> str | None:
        connections[role].ensure_connection()
        raw = connections[role].connection
        try:
            with raw.transaction(force_rollback=True):
                raw.execute(f"SET LOCAL app.organisation = '{committed.id}'")
                raw.execute(statement)
        except psycopg.Error as error:
            return error.sqlstate
        return None

    table = "idempotency_storedanswer"
    assert attempt("default", f"UPDATE {table} SET status = 200") == "RB001"
    assert attempt("owner", f"UPDATE {table} SET body = ''") == "RB001"
    assert attempt("default", f"DELETE FROM {table} WHERE key = '{money.key}'") == "RB001"
    assert attempt("owner", f"DELETE FROM {table} WHERE key = '{money.key}'") == "RB001"
    assert attempt("default", f"TRUNCATE {table}") == "42501"
    assert attempt("owner", f"TRUNCATE {table}") == "RB001"
    assert attempt("default", f"DELETE FROM {table} WHERE key = '{other.key}'") is None
