"""Assessing, billing and paying one student's term at the same moment. Each control takes the lock away."""

from collections.abc import Callable
from typing import Any

import pytest

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Invoice
from rollbook.shared.billing.selectors import instalment_states, prove_books
from rollbook.systems.college.enrolment.examples import a_taker
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.fees.examples import a_cashier_at_work
from rollbook.systems.college.fees.examples_of_schedules import a_schedule, a_supervisor
from rollbook.systems.college.fees.models import Assessment
from rollbook.systems.college.fees.services import assessments
from rollbook.systems.college.fees.services.assessments import assess, bill_term
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.fees.tests.test_assessments import seven_subjects, takes
from tests.races.together import Outcome, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def _within(organisation: Organisation, act: Callable[[], Any]) -> Callable[[], Any]:
    def acted() -> Any:
        with tenant_scope(organisation.id):
            return act()

    return acted


def _college(organisation: Organisation) -> tuple[TermEnrolment, Actor, Actor]:
    with tenant_scope(organisation.id):
        seven_subjects()
        a_schedule()
        return a_taker(), a_registrar(), a_supervisor()


def _assessed_together(organisation: Organisation) -> Outcome:
    taker, registrar, supervisor = _college(organisation)
    acts = [_within(organisation, lambda: assess(registrar, term_enrolment_id=taker.id)) for _ in range(4)]
    acts += [_within(organisation, lambda: bill_term(supervisor, term_id=taker.term_id)) for _ in range(2)]
    return together(acts)


@pytest.mark.rule("R2", "R31")
def test_a_term_assessed_and_billed_by_several_at_once_has_one_plan(organisation: Organisation) -> None:
    outcome = _assessed_together(organisation)

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        assert (Invoice.objects.count(), Assessment.objects.count()) == (1, 1)
        assert prove_books().is_right


def test_without_the_lock_of_the_term_somebody_fails(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assessments, "_lock", list)

    outcome = _assessed_together(organisation)

    # The database lets one plan stand; whoever came second is thrown out instead of waiting.
    assert outcome.failures
    with tenant_scope(organisation.id):
        assert Invoice.objects.count() == 1


@pytest.mark.rule("R2", "R37")
def test_classes_taken_while_money_comes_in_lose_none_of_it(organisation: Organisation) -> None:
    taker, registrar, _ = _college(organisation)
    with tenant_scope(organisation.id):
        assess(registrar, term_enrolment_id=taker.id)
        cashiers = [a_cashier_at_work(f"Counter {number}") for number in range(4)]

    def paying(cashier: Actor) -> Callable[[], Any]:
        return _within(
            organisation,
            lambda: record_payment(
                cashier, student_id=taker.student_id, amount=Money(2_000_00, "PHP"), method="CASH",
                term_enrolment_id=taker.id,
            ),
        )  # fmt: skip

    def enrolling(code: str) -> Callable[[], Any]:
        return _within(organisation, lambda: takes(taker, code))

    outcome = together([*(paying(cashier) for cashier in cashiers), enrolling("GE 1"), enrolling("LAB 1")])

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        taker.refresh_from_db()
        owed = 6 * 650_00 + 1_200_00 + 3_450_50
        parts = instalment_states(taker.invoice_id)  # type: ignore[arg-type]
        assert sum(part.due_minor for part in parts) == owed
        assert sum(part.paid_minor for part in parts) == 8_000_00
        assert prove_books().is_right
