"""Payments at the same moment (examples 9 and 10). Each control takes the lock away and must go wrong."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from rollbook.core.approvals.services import decide
from rollbook.core.idempotency import services as idempotency
from rollbook.core.idempotency.services import Key, once
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing import sql
from rollbook.shared.billing.models import Payment, Receipt
from rollbook.shared.billing.selectors import prove_books
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.fees.examples import Payer, a_cashier_at_work, a_payer
from rollbook.systems.college.fees.services.corrections import request_void
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.roles import CASHIER_SUPERVISOR
from tests.races.together import together

ISSUE_RECEIPT = sql.ISSUE_RECEIPT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def _paying(organisation: Organisation, payer: Payer, cashier: Actor, minor: int) -> Callable[[], str]:
    def act() -> str:
        with tenant_scope(organisation.id):
            paid = record_payment(
                cashier, student_id=payer.student.id, amount=Money(minor, "PHP"), method="CASH",
                term_enrolment_id=payer.enrolment.id,
            )  # fmt: skip
            return paid.taken.receipt_number

    return act


def _payer_with(organisation: Organisation, cashiers: int) -> tuple[Payer, list[Actor]]:
    with tenant_scope(organisation.id):
        payer = a_payer("30000.00")
        return payer, [a_cashier_at_work(f"Counter {number}") for number in range(cashiers)]


@pytest.mark.rule("R33", "R34")
@pytest.mark.example("college", 10)
def test_two_cashiers_on_one_account_fill_two_months(organisation: Organisation) -> None:
    payer, cashiers = _payer_with(organisation, 2)

    outcome = together([_paying(organisation, payer, cashier, 5_000_00) for cashier in cashiers])

    assert outcome.failures == []
    assert sorted(number[-6:] for number in outcome.answers) == ["000001", "000002"]
    with tenant_scope(organisation.id):
        assert payer.months() == ["5000.00", "5000.00", "0.00", "0.00", "0.00", "0.00"]
        assert payer.permits() == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED"}
        assert ExamPermit.objects.count() == 2
        assert prove_books().is_right


def test_control_without_the_account_lock_two_cashiers_collide(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer, cashiers = _payer_with(organisation, 2)
    monkeypatch.setattr(sql, "LOCK_FOR_PAYMENT", sql.LOCK_FOR_PAYMENT.replace("FOR UPDATE OF a", ""))
    barrier = threading.Barrier(2)

    outcome = together([_meeting(_paying(organisation, payer, cashier, 5_000_00), barrier) for cashier in cashiers])

    with tenant_scope(organisation.id):
        went_well = not outcome.failures and payer.months()[:2] == ["5000.00", "5000.00"] and prove_books().is_right
    assert not went_well


def _meeting(act: Callable[[], str], barrier: threading.Barrier) -> Callable[[], str]:
    """The act, which waits before it writes until the others have read: what the lock prevents."""

    def meet(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement == sql.TAKE_PAYMENT:
            barrier.wait(timeout=20)
        return execute(statement, parameters, many, context)

    def met() -> str:
        with connection.execute_wrapper(meet):
            return act()

    return met


@pytest.mark.rule("R33")
@pytest.mark.example("college", 10)
def test_a_thousand_payments_of_five_pesos_fill_exactly_one_month(organisation: Organisation) -> None:
    payer, cashiers = _payer_with(organisation, 8)
    acts = [_paying(organisation, payer, cashiers[number % 8], 5_00) for number in range(1_000)]

    outcome = together(acts, workers=16)

    assert outcome.failures == []
    assert sorted(int(number[-6:]) for number in outcome.answers) == list(range(1, 1_001))
    with tenant_scope(organisation.id):
        assert payer.months() == ["5000.00", "0.00", "0.00", "0.00", "0.00", "0.00"]
        assert payer.permits() == {"PRELIM": "ISSUED"}
        assert ExamPermit.objects.count() == 1
        assert Payment.objects.count() == Receipt.objects.count() == 1_000
        assert prove_books().is_right


def _paying_with_key(organisation: Organisation, payer: Payer, key: Key) -> Callable[[], str]:
    def act() -> str:
        with tenant_scope(organisation.id):
            answer = once(payer.cashier, key, lambda: (201, {"receipt": _number_of(payer)}))
            return str(answer.body["receipt"])

    return act


def _number_of(payer: Payer) -> str:
    return payer.pays("5000.00").taken.receipt_number


@pytest.mark.rule("R3")
@pytest.mark.example("college", 9)
def test_one_key_a_hundred_times_is_one_payment(organisation: Organisation) -> None:
    payer, _ = _payer_with(organisation, 0)
    key = Key.of("college.cashier.payments", str(new_id()), {"amount": "5000.00"})

    outcome = together([_paying_with_key(organisation, payer, key)] * 100)

    assert outcome.failures == []
    assert set(outcome.answers) == {outcome.answers[0]}
    with tenant_scope(organisation.id):
        assert Payment.objects.count() == Receipt.objects.count() == 1
        assert payer.months()[0] == "5000.00"


@pytest.mark.rule("R3")
@pytest.mark.example("college", 9)
def test_the_same_key_with_another_amount_is_refused(organisation: Organisation) -> None:
    payer, _ = _payer_with(organisation, 0)
    word = str(new_id())
    _paying_with_key(organisation, payer, Key.of("college.cashier.payments", word, {"amount": "5000.00"}))()

    with pytest.raises(idempotency.IdempotencyKeyReused) as refusal:
        _paying_with_key(organisation, payer, Key.of("college.cashier.payments", word, {"amount": "1.00"}))()

    assert refusal.value.status == 422
    with tenant_scope(organisation.id):
        assert Payment.objects.count() == 1


def test_control_without_remembered_keys_every_click_is_a_payment(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer, _ = _payer_with(organisation, 0)
    key = Key.of("college.cashier.payments", str(new_id()), {"amount": "5000.00"})
    monkeypatch.setattr(idempotency, "lookup", lambda *_: None)
    monkeypatch.setattr(idempotency, "remember", lambda *_, **__: None)

    together([_paying_with_key(organisation, payer, key)] * 10)

    with tenant_scope(organisation.id):
        assert Payment.objects.count() == 10


@pytest.mark.rule("R34", "R39")
def test_receipts_stay_without_gaps_when_payments_fail(organisation: Organisation) -> None:
    payer, cashiers = _payer_with(organisation, 4)

    def fails(cashier: Actor) -> Callable[[], str]:
        def act() -> str:
            with tenant_scope(organisation.id):
                _paying(organisation, payer, cashier, 1_00)()
                raise ConnectionError("the browser went away")

        return act

    acts = [
        fails(cashiers[number % 4]) if number % 3 == 0 else _paying(organisation, payer, cashiers[number % 4], 1_00)
        for number in range(60)
    ]
    outcome = together(acts)

    assert len(outcome.failures) == 20
    assert all(isinstance(failure, ConnectionError) for failure in outcome.failures)
    with tenant_scope(organisation.id):
        numbers = sorted(int(number[-6:]) for number in Receipt.objects.values_list("number", flat=True))
        assert numbers == list(range(1, 41))


def test_control_with_a_sequence_failed_payments_leave_gaps(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer, cashiers = _payer_with(organisation, 1)
    counter = iter(range(1, 1_000))

    for number in range(6):
        try:
            with tenant_scope(organisation.id):
                monkeypatch.setattr(sql, "ISSUE_RECEIPT", _with_counted_number(counter))
                _paying(organisation, payer, cashiers[0], 1_00)()
                if number % 2:
                    raise ConnectionError("the browser went away")
        except ConnectionError:
            continue

    with tenant_scope(organisation.id):
        numbers = sorted(int(number[-6:]) for number in Receipt.objects.values_list("number", flat=True))
    assert numbers != list(range(1, len(numbers) + 1))


def _with_counted_number(counter: Any) -> str:
    """The statement with a number that does not come from the locked row: as a database sequence would give it."""
    return ISSUE_RECEIPT.replace("series.last_value::text", f"({next(counter)})::text")


@pytest.mark.rule("R36")
def test_a_void_and_a_payment_at_once_leave_right_books(organisation: Organisation) -> None:
    payer, cashiers = _payer_with(organisation, 4)
    with tenant_scope(organisation.id):
        first = payer.pays("8000.00")
        asked = request_void(payer.cashier, payment_id=first.taken.payment_id, reason="Entered for the wrong student")
        supervisor = a_member(CASHIER_SUPERVISOR)

    def void() -> str:
        with tenant_scope(organisation.id):
            return str(decide(supervisor, asked.id, approve=True).state)

    outcome = together([void, *(_paying(organisation, payer, cashier, 2_000_00) for cashier in cashiers)])

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        assert payer.months() == ["5000.00", "3000.00", "0.00", "0.00", "0.00", "0.00"]
        assert payer.permits()["PRELIM"] == "ISSUED"
        assert prove_books().is_right


def test_control_without_the_account_lock_a_void_and_a_payment_collide(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer, cashiers = _payer_with(organisation, 1)
    with tenant_scope(organisation.id):
        first = payer.pays("8000.00")
        asked = request_void(payer.cashier, payment_id=first.taken.payment_id, reason="Entered for the wrong student")
        supervisor = a_member(CASHIER_SUPERVISOR)
    monkeypatch.setattr(sql, "LOCK_FOR_PAYMENT", sql.LOCK_FOR_PAYMENT.replace("FOR UPDATE OF a", ""))
    has_read, is_voided = threading.Event(), threading.Event()

    def wait_for_the_void(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        answer = execute(statement, parameters, many, context)
        if statement == sql.TAKE_PAYMENT:
            has_read.set()
            is_voided.wait(timeout=8)
        return answer

    def pay() -> str:
        with connection.execute_wrapper(wait_for_the_void):
            return _paying(organisation, payer, cashiers[0], 2_000_00)()

    def void() -> str:
        has_read.wait(timeout=20)
        with tenant_scope(organisation.id):
            state = str(decide(supervisor, asked.id, approve=True).state)
        is_voided.set()
        return state

    outcome = together([pay, void])

    with tenant_scope(organisation.id):
        went_well = not outcome.failures and payer.months()[0] == "2000.00" and prove_books().is_right
    assert not went_well
