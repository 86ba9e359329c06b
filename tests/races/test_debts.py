"""A debt is paid at the moment at which the night job holds the student for it. The control takes the lock away."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.services import debts
from rollbook.systems.college.records.models import Hold
from tests.races.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

#: How long the job gives the payment to come in between: with the lock it waits in vain, without it no longer than needed.
IN_VAIN_SECONDS, PATIENCE_SECONDS = 2.0, 30.0


def _held_after_both(organisation: Organisation, monkeypatch: pytest.MonkeyPatch, *, waits: float) -> int:
    """Let the job find the debt, the payment come in, and the job write the hold; answers how many holds stand."""
    with tenant_scope(organisation.id):
        payer: Payer = a_payer("30000.00")
        payer.pays("25000.00")
        Term.objects.filter(id=payer.enrolment.term_id).update(state=Term.State.CLOSED)
    found, paid = threading.Event(), threading.Event()
    write: Callable[..., int] = debts._put_right

    def slowly(actor: Actor, differences: Any) -> int:
        if actor.job == "night":
            found.set()
            paid.wait(waits)
        return write(actor, differences)

    def job() -> None:
        with tenant_scope(organisation.id):
            debts.follow_debts(Actor.system(organisation.id, job="night"))

    def pays() -> None:
        found.wait(10)
        with tenant_scope(organisation.id):
            payer.pays("5000.00")
        paid.set()

    monkeypatch.setattr(debts, "_put_right", slowly)
    outcome = together([job, pays], workers=2)
    assert (outcome.failures, found.is_set()) == ([], True)
    with tenant_scope(organisation.id):
        return Hold.objects.filter(released_at__isnull=True).count()


@pytest.mark.rule("R27")
def test_whoever_pays_while_the_job_runs_is_not_held(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _held_after_both(organisation, monkeypatch, waits=IN_VAIN_SECONDS) == 0


def test_without_the_lock_a_hold_stands_for_a_debt_that_is_paid(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debts, "LOCK", debts.LOCK.replace("FOR UPDATE OF a", ""))

    assert _held_after_both(organisation, monkeypatch, waits=PATIENCE_SECONDS) == 1
