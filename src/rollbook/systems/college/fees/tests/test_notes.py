"""Promissory notes and certificates (examples 15, 16, R38, R43)."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.db import transaction

from rollbook.core.errors import Forbidden, NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing import errors as billing
from rollbook.shared.billing.models import PromissoryNote
from rollbook.shared.billing.selectors import prove_books
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.services.notes import approve_note, ask_for_note, default_notes, request_note
from rollbook.systems.college.fees.tests.browsing import a_key, browser_of, text_of
from rollbook.systems.college.roles import CASHIER_SUPERVISOR, STUDENT

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


def student_of(payer: Payer) -> Actor:
    return a_member(STUDENT, person_id=UUID(str(payer.student.person_id)))


@pytest.mark.rule("R38")
def test_a_student_asks_for_a_note_and_it_counts_once_the_college_agrees() -> None:
    payer = a_payer("30000.00")
    payer.pays("10000.00")

    note = ask_for_note(student_of(payer), month=3, reason="My scholarship comes in November.")

    assert (note.state, note.reason) == ("REQUESTED", "My scholarship comes in November.")
    assert payer.states()[2] != "COVERED"
    approve_note(a_member(CASHIER_SUPERVISOR), note_id=note.id)
    assert payer.states()[2] == "COVERED"


def test_a_student_says_why_and_never_asks_for_another() -> None:
    payer = a_payer("30000.00")
    stranger = a_member(STUDENT)

    with pytest.raises(billing.ReasonTooShort), transaction.atomic():
        ask_for_note(student_of(payer), month=1, reason="Please.")
    with pytest.raises(NotFound), transaction.atomic():
        ask_for_note(stranger, month=1, reason="My scholarship comes in November.")
    with pytest.raises(Forbidden), transaction.atomic():
        ask_for_note(payer.cashier, month=1, reason="My scholarship comes in November.")
    assert not PromissoryNote.objects.exists()


def test_a_student_asks_on_the_page_and_sees_that_it_waits() -> None:
    payer = a_payer("30000.00")
    browser = browser_of(student_of(payer))
    assert "Ask for a promissory note" in text_of(browser.get("/my/payments/"))
    typed = {"month": "1", "due_on": "", "reason": "My scholarship comes in November.", "idempotency_key": a_key()}

    refused = browser.post("/my/payments/promise/", {**typed, "reason": "Please."})
    asked = browser.post("/my/payments/promise/", typed, follow=True)
    again = browser.post("/my/payments/promise/", typed, follow=True)

    assert refused.status_code == 422
    assert "at least 10 characters" in text_of(refused)
    assert "Waiting" in text_of(asked)
    assert again.status_code == 200
    assert PromissoryNote.objects.count() == 1


def test_a_student_asks_over_the_api() -> None:
    payer = a_payer("30000.00")
    browser = browser_of(student_of(payer))

    answer = browser.post(
        "/api/v1/college/me/promissory-notes", {"month": 1, "reason": "My scholarship comes in November."},
        content_type="application/json",
    )  # fmt: skip

    assert (answer.status_code, answer.json()["state"]) == (201, "REQUESTED")
