"""The counter's pages: find, preview, look once more, record, and say no in sentences."""

import pytest
from django.test import Client
from django.urls import reverse

from rollbook.core import ids
from rollbook.shared.billing.models import Payment
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_cashier, a_member, a_term
from rollbook.systems.college.fees.examples import Payer, a_payer, a_student, on_plan
from rollbook.systems.college.fees.tests.browsing import a_browser, a_key, browser_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def payer() -> Payer:
    """Plan P5: six months of 5,000.00."""
    return a_payer("30000.00")


@pytest.fixture
def browser(payer: Payer) -> Client:
    """The cashier whose shift is open."""
    return browser_of(payer.cashier)


def sent(payer: Payer, **typed: str) -> dict[str, str]:
    """The form of the payment screen."""
    return {
        "idempotency_key": a_key(),
        "term_enrolment_id": str(payer.enrolment.id),
        "amount": "5,000.00",
        "method": "CASH",
        "external_reference": "",
        **typed,
    }


def test_the_desk_shows_the_shift_and_todays_takings(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")

    shown = browser.get(reverse("fees:desk"))

    assert shown.status_code == 200
    assert "Your shift at Window 260001 is open" in text_of(shown)
    assert "₱8,000.00" in text_of(shown)
    # The drawer: float 2,000.00 and what came in.
    assert "₱10,000.00" in text_of(shown)
    assert "RCP-" in text_of(shown)


def test_without_a_shift_the_desk_offers_to_open_one(payer: Payer) -> None:
    shown = browser_of(a_cashier()).get(reverse("fees:desk"))

    assert "Open your shift" in text_of(shown)
    assert "No payments yet today" in text_of(shown)


def test_the_only_match_opens_at_once(payer: Payer, browser: Client) -> None:
    found = browser.post(reverse("fees:find"), {"text": payer.student.student_number})

    assert found.status_code == 303
    assert found["Location"] == reverse("fees:pay", args=[payer.student.id])


def test_several_matches_are_told_apart_by_number_programme_and_what_is_owed(payer: Payer, browser: Client) -> None:
    a_payer("12000.00", number="260002", cashier=payer.cashier)

    found = browser.post(reverse("fees:find"), {"text": "dela cruz"})

    assert found.status_code == 200
    assert "260001 · BSIT · owes ₱30,000.00" in text_of(found)
    assert "260002 · BSIT · owes ₱12,000.00" in text_of(found)


def test_a_receipt_is_found_by_its_number(payer: Payer, browser: Client) -> None:
    paid = payer.pays("100.00")

    found = browser.post(reverse("fees:find"), {"text": paid.taken.receipt_number.lower()})

    assert found["Location"] == reverse("fees:payment", args=[paid.taken.payment_id])


def test_the_preview_says_where_the_money_would_land_and_saves_nothing(payer: Payer, browser: Client) -> None:
    shown = browser.post(reverse("fees:preview", args=[payer.student.id]), sent(payer, amount="8,000"))

    assert "₱8,000.00 fills month 1 and puts ₱3,000.00 into month 2." in text_of(shown)
    assert "The Prelim permit opens." in text_of(shown)
    assert not Payment.objects.exists()


def test_what_is_left_over_is_said_to_be_credit(payer: Payer, browser: Client) -> None:
    shown = browser.post(reverse("fees:preview", args=[payer.student.id]), sent(payer, amount="31,250.50"))

    assert "fills months 1, 2, 3, 4, 5 and 6 and leaves ₱1,250.50 as credit" in text_of(shown)


def test_the_first_enter_only_looks_and_the_second_records(payer: Payer, browser: Client) -> None:
    form = sent(payer)
    address = reverse("fees:pay", args=[payer.student.id])

    looked = browser.post(address, form)

    assert "Record" in text_of(looked)
    assert "₱25,000.00" in text_of(looked)
    assert not Payment.objects.exists()

    recorded = browser.post(address, {**form, "step": "record"})

    payment = Payment.objects.get()
    assert recorded["Location"] == reverse("fees:payment", args=[payment.id])
    assert payer.months()[:2] == ["5000.00", "0.00"]
    receipt = browser.get(recorded["Location"])
    assert "₱5,000.00 recorded, receipt RCP-" in text_of(receipt)


def test_enter_alone_proposes_what_is_due_next(payer: Payer, browser: Client) -> None:
    payer.pays("2000.00")

    looked = browser.post(reverse("fees:pay", args=[payer.student.id]), sent(payer, amount=""))

    assert "₱3,000.00 fills month 1." in text_of(looked)
    assert "Nothing was typed" in text_of(looked)


def test_a_double_click_is_one_payment(payer: Payer, browser: Client) -> None:
    form = {**sent(payer), "step": "record"}
    address = reverse("fees:pay", args=[payer.student.id])

    first, second = browser.post(address, form), browser.post(address, form)

    assert first["Location"] == second["Location"]
    assert Payment.objects.count() == 1


def test_the_key_of_one_payment_does_not_record_another(payer: Payer, browser: Client) -> None:
    form = {**sent(payer), "step": "record"}
    address = reverse("fees:pay", args=[payer.student.id])
    browser.post(address, form)

    other = browser.post(address, {**form, "amount": "6,000.00"})

    assert other.status_code == 422
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("typed", ["0", "-5", "1e3", "12.345", "NaN", "1000000000", "1,5"])
def test_an_amount_that_cannot_be_is_asked_about_and_kept(payer: Payer, browser: Client, typed: str) -> None:
    answer = browser.post(reverse("fees:pay", args=[payer.student.id]), sent(payer, amount=typed))

    assert answer.status_code == 422
    assert "Enter an amount from 0.01 to 9,999,999.99 with two decimals." in text_of(answer)
    assert f'value="{typed}"' in text_of(answer)
    assert not Payment.objects.exists()


def test_a_transfer_needs_its_reference(payer: Payer, browser: Client) -> None:
    answer = browser.post(reverse("fees:pay", args=[payer.student.id]), sent(payer, method="BANK_TRANSFER"))

    assert answer.status_code == 422
    assert "Enter the reference of the bank" in text_of(answer)


def test_a_used_reference_is_refused_in_a_sentence_and_the_form_keeps_its_words(payer: Payer, browser: Client) -> None:
    payer.pays("100.00", method="EWALLET", reference="GC-1")
    form = sent(payer, method="EWALLET", external_reference="GC-1", step="record")

    answer = browser.post(reverse("fees:pay", args=[payer.student.id]), form)

    assert answer.status_code == 409
    assert "The reference GC-1 was already used" in text_of(answer)
    assert 'value="GC-1"' in text_of(answer)
    assert Payment.objects.count() == 1


def test_cash_without_a_shift_is_refused(payer: Payer) -> None:
    browser = browser_of(a_cashier())

    answer = browser.post(reverse("fees:pay", args=[payer.student.id]), sent(payer, step="record"))

    assert answer.status_code == 409
    assert "Open your shift first" in text_of(answer)
    assert not Payment.objects.exists()


def test_two_open_terms_are_a_choice_and_never_the_first(payer: Payer, browser: Client) -> None:
    second = on_plan(payer.student, a_term("2031-2"), "20000.00", cashier=payer.cashier)

    shown = browser.get(reverse("fees:pay", args=[payer.student.id]))

    assert "Which term is the money for?" in text_of(shown)
    assert 'name="amount"' not in text_of(shown)
    chosen = browser.get(reverse("fees:pay", args=[payer.student.id]), {"term": str(second.enrolment.id)})
    assert 'name="amount"' in text_of(chosen)
    assert "2031-2" in text_of(chosen)


def test_a_student_without_a_plan_is_explained(payer: Payer, browser: Client) -> None:
    shown = browser.get(reverse("fees:pay", args=[a_student("260009").id]))

    assert "No open term with a plan" in text_of(shown)


def test_a_promise_is_recorded_once_and_waits_for_somebody_else(payer: Payer, browser: Client) -> None:
    address = f"{reverse('fees:request_note', args=[payer.student.id])}?term={payer.enrolment.id}"
    form = {
        "idempotency_key": a_key(),
        "month": "1",
        "due_on": "2031-09-15",
        "reason": "The harvest is late this year.",
    }

    first, second = browser.post(address, form), browser.post(address, form)

    assert first.status_code == second.status_code == 303
    shown = browser.get(first["Location"])
    assert text_of(shown).count("Sep 15, 2031") == 1


def test_a_promise_for_a_later_month_is_refused(payer: Payer, browser: Client) -> None:
    address = f"{reverse('fees:request_note', args=[payer.student.id])}?term={payer.enrolment.id}"

    answer = browser.post(address, {"idempotency_key": a_key(), "month": "3", "due_on": "", "reason": ""})

    assert answer.status_code == 422
    assert "Instalment 1 must be paid or covered first." in text_of(answer)


@pytest.mark.parametrize("name", ["fees:desk", "fees:payments", "fees:collections", "fees:bank_files", "fees:notes"])
def test_a_student_has_no_business_at_the_counter(payer: Payer, name: str) -> None:
    browser = browser_of(a_member(roles.STUDENT, person_id=payer.student.person_id))

    assert browser.get(reverse(name)).status_code == 403


def test_a_cashier_does_not_see_what_the_supervisor_sees(browser: Client) -> None:
    for name in ("fees:collections", "fees:bank_files", "fees:unmatched", "fees:notes"):
        assert browser.get(reverse(name)).status_code == 403


def test_a_student_that_is_nowhere_is_not_found(browser: Client) -> None:
    assert browser.get(reverse("fees:pay", args=[ids.new_id()])).status_code == 404
    assert browser.post(reverse("fees:preview", args=[ids.new_id()]), {"amount": "5"}).status_code == 404


def test_nobody_is_sent_to_the_sign_in_page() -> None:
    answer = Client().get(reverse("fees:desk"))

    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_who_may_nothing_is_refused() -> None:
    assert a_browser().get(reverse("fees:desk")).status_code == 403
