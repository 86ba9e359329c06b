"""Two registrars at one request, at the same moment. The control takes the lock away and both decide."""

import re
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.examples import a_registrar, a_student
from rollbook.systems.college.records import services
from rollbook.systems.college.records.models import StatusRequest
from rollbook.systems.college.records.services import requests
from tests.races.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

JULY = datetime(2031, 7, 1, 2, tzinfo=UTC)
_LOCK = re.compile(r"\bFOR UPDATE( OF [\w\", ]+)?")


def _unlocked(execute: Callable[..., Any], statement: Any, *rest: Any) -> Any:
    return execute(_LOCK.sub("", statement) if isinstance(statement, str) else statement, *rest)


def decided_twice(organisation: Organisation, monkeypatch: pytest.MonkeyPatch, *, locks: bool) -> list[str]:
    """One registrar grants while another declines; both have looked before either writes, if nothing stops them."""
    with clock.frozen_at(JULY), tenant_scope(organisation.id):
        student, first, second = a_student(), a_registrar(), a_registrar()
        asked = services.request_status(
            first, student_id=student.id, kind="LEAVE", from_date=date(2031, 8, 1),
            reason="A parent has to be looked after",
        )  # fmt: skip
    both_looked, save = threading.Barrier(2), requests._save

    def save_late(*facts: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=2)
        save(*facts)

    monkeypatch.setattr(requests, "_save", save_late)

    def act_of(registrar: Any, approve: bool) -> Callable[[], str]:
        def act() -> str:
            with nullcontext() if locks else connection.execute_wrapper(_unlocked):
                try:
                    with clock.frozen_at(JULY), tenant_scope(organisation.id):
                        services.decide_status_request(
                            registrar, request_id=asked.id, approve=approve, note="The term is nearly over; ask again"
                        )
                except Refusal as refusal:
                    return refusal.code
            return "DONE"

        return act

    outcome = together([act_of(first, True), act_of(second, False)], workers=2)
    assert not outcome.failures
    return sorted(outcome.answers)


def decisions(organisation: Organisation) -> int:
    with tenant_scope(organisation.id):
        assert StatusRequest.objects.count() == 1
        return AuditEntry.objects.filter(
            action__in=["college.status_request_approved", "college.status_request_declined"]
        ).count()


def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert decided_twice(organisation, monkeypatch, locks=True) == ["DONE", "INVALID_STATE"]
    assert decisions(organisation) == 1


def test_control_without_locks_both_decide(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert decided_twice(organisation, monkeypatch, locks=False) == ["DONE", "DONE"]
    assert decisions(organisation) == 2
