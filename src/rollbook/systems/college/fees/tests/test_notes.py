"""Promissory notes and certificates (examples 15, 16, R38, R43)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing import errors as billing
from rollbook.shared.billing.models import PromissoryNote
from rollbook.shared.billing.selectors import prove_books
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.services.notes import approve_note, default_notes, request_note
from rollbook.systems.college.roles import CASHIER_SUPERVISOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def covered(payer: Payer, month: int, **more: object) -> PromissoryNote:
    note = request_note(payer.cashier, student_id=payer.student.id, month=month, **more)  # type: ignore[arg-type]
    return approve_note(a_member(CASHIER_SUPERVISOR), note_id=note.id)


@pytest.mark.rule("R38")
@pytest.mark.example("college", 15)
def test_a_note_covers_its_month_and_the_next_money_fulfils_it() -> None:
    payer = a_payer("30000.00")
    payer.pays("10000.00")

    note = covered(payer, 3)

    assert payer.states()[2] == "COVERED"
    permit = payer.enrolment.permits.get(exam_period__code="PREFINAL")
    assert (permit.state, permit.basis) == ("ISSUED", "PROMISSORY")

    payer.pays("5000.00")

    assert payer.months()[2] == "5000.00"
    assert payer.states()[2] == "PAID"
    note.refresh_from_db()
    assert note.state == "FULFILLED"
    assert prove_books().is_right


@pytest.mark.rule("R38")
@pytest.mark.example("college", 15)
def test_a_note_that_was_not_kept_falls_the_day_after_and_takes_its_permit_along(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock("2031-10-01T00:00:00+00:00")
    payer = a_payer("30000.00")
    payer.pays("10000.00")
    note = covered(payer, 3)
    assert note.due_on == date(2031, 10, 31)
    system = Actor.system(organisation.id, job="test")

    frozen_clock("2031-10-31T15:59:59+00:00")
    assert default_notes(system) == 0
    frozen_clock("2031-10-31T16:00:00+00:00")
    assert default_notes(system) == 1
    assert default_notes(system) == 0

    note.refresh_from_db()
    assert note.state == "DEFAULTED"
    assert payer.permits()["PREFINAL"] == "SUSPENDED"
    frozen_clock("2032-10-31T15:00:00+00:00")
    with pytest.raises(billing.NoteDefaulted), transaction.atomic():
        request_note(payer.cashier, student_id=payer.student.id, month=3)
    frozen_clock("2032-10-31T16:00:00+00:00")
    assert request_note(payer.cashier, student_id=payer.student.id, month=3).state == "REQUESTED"


@pytest.mark.rule("R38")
@pytest.mark.example("college", 15)
def test_a_later_month_cannot_be_promised_while_an_earlier_one_is_open() -> None:
    payer = a_payer("30000.00")
    payer.pays("12000.00")

    with pytest.raises(billing.EarlierInstalmentOpen) as refusal:
        request_note(payer.cashier, student_id=payer.student.id, month=4)

    assert refusal.value.status == 409
    assert not PromissoryNote.objects.exists()


@pytest.mark.rule("R38")
def test_a_settled_month_needs_no_note() -> None:
    payer = a_payer("30000.00")
    payer.pays("5000.00")

    with pytest.raises(billing.AlreadySettled):
        request_note(payer.cashier, student_id=payer.student.id, month=1)
