"""A payment's page: the receipt, its papers, and corrections that somebody else decides."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from rollbook.core import ids
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import decide
from rollbook.shared.billing.models import Payment, Receipt
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_cashier, a_member
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.tests.browsing import a_browser, a_key, browser_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def payer() -> Payer:
    return a_payer("30000.00")


@pytest.fixture
def browser(payer: Payer) -> Client:
    return browser_of(payer.cashier)


def words_of(response: object) -> str:
    """What a PDF says, on one line."""
    reader = PdfReader(io.BytesIO(response.content))  # type: ignore[attr-defined]
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_payment_shows_its_receipt_and_where_the_money_landed(payer: Payer, browser: Client) -> None:
    paid = payer.pays("31250.50")

    shown = text_of(browser.get(reverse("fees:payment", args=[paid.taken.payment_id])))

    assert "Official Receipt" in shown
    assert "₱31,250.50" in shown
    assert "Month 6" in shown
    assert "₱1,250.50" in shown


@pytest.mark.rule("R39")
def test_the_first_print_is_the_original_and_the_next_ones_are_numbered_copies(payer: Payer, browser: Client) -> None:
    paid = payer.pays("8000.00")
    address = reverse("fees:print_receipt", args=[paid.taken.payment_id])

    original = browser.post(address, {"paper": "a5"})
    first, second = browser.post(address, {"paper": "80mm"}), browser.post(address, {"paper": "a5"})

    assert original["Content-Type"] == "application/pdf"
    assert "COPY" not in words_of(original)
    assert "COPY 1" in words_of(first)
    assert "COPY 2" in words_of(second)
    for printed in (original, first, second):
        assert paid.taken.receipt_number in words_of(printed)
        assert "8,000.00" in words_of(printed)
        assert "Month 2 3,000.00" in words_of(printed)
    assert Receipt.objects.get().reprints == 2


def test_a_name_with_enye_is_printed_whole(payer: Payer, browser: Client) -> None:
    payer.student.person.family_name = "Ñandú-O’Brien"
    payer.student.person.save(update_fields=["family_name"])
    paid = payer.pays("100.00")

    printed = browser.post(reverse("fees:print_receipt", args=[paid.taken.payment_id]), {"paper": "a5"})

    assert "Ñandú-O’Brien" in words_of(printed)


@pytest.mark.rule("R39")
def test_a_voided_receipt_says_so_on_paper(payer: Payer, browser: Client) -> None:
    paid = payer.pays("8000.00")
    browser.post(
        reverse("fees:void", args=[paid.taken.payment_id]),
        {"idempotency_key": a_key(), "reason": "Typed into the wrong account."},
    )
    decide(a_member(roles.CASHIER_SUPERVISOR), ApprovalRequest.objects.get().id, approve=True)

    printed = browser.post(reverse("fees:print_receipt", args=[paid.taken.payment_id]), {"paper": "80mm"})
    shown = text_of(browser.get(reverse("fees:payment", args=[paid.taken.payment_id])))

    assert "VOIDED" in words_of(printed)
    assert "VOIDED" in shown


def test_a_void_is_asked_for_and_changes_nothing_until_somebody_else_decides(payer: Payer, browser: Client) -> None:
    paid = payer.pays("8000.00")
    form = {"idempotency_key": a_key(), "reason": "Typed into the wrong account."}
    address = reverse("fees:void", args=[paid.taken.payment_id])

    asked, again = browser.post(address, form), browser.post(address, form)

    assert asked.status_code == again.status_code == 303
    assert ApprovalRequest.objects.count() == 1
    assert Payment.objects.get().state == "COMPLETED"
    assert "A supervisor has to decide" in text_of(browser.get(asked["Location"]))


def test_a_reason_of_two_letters_is_not_enough(payer: Payer, browser: Client) -> None:
    paid = payer.pays("8000.00")

    answer = browser.post(
        reverse("fees:void", args=[paid.taken.payment_id]), {"idempotency_key": a_key(), "reason": "no"}
    )

    assert answer.status_code == 422
    assert "Write a reason of at least 10 characters" in text_of(answer)
    assert not ApprovalRequest.objects.exists()


def test_money_back_is_asked_for_up_to_what_is_refundable(payer: Payer, browser: Client) -> None:
    paid = payer.pays("8000.00")
    address = reverse("fees:refund", args=[paid.taken.payment_id])
    form = {"amount": "8,000.01", "method": "CASH", "reason": "Scholarship came through.", "idempotency_key": a_key()}

    too_much = browser.post(address, form)
    asked = browser.post(address, {**form, "amount": "3,000.00", "idempotency_key": a_key()})

    assert too_much.status_code == 422
    assert "At most" in text_of(too_much)
    assert 'value="8,000.01"' in text_of(too_much)
    assert asked.status_code == 303
    assert ApprovalRequest.objects.get().payload["amount_minor"] == 3_000_00


def test_only_a_supervisor_takes_a_bounced_cheque_out_again(payer: Payer, browser: Client) -> None:
    paid = payer.pays("8000.00", method="CHECK", reference="CHK-1")
    address = reverse("fees:reverse_payment", args=[paid.taken.payment_id])
    form = {"kind": "BOUNCED", "reason": "Returned by the bank unpaid.", "idempotency_key": a_key()}

    refused = browser.post(address, form)
    done = a_browser(roles.CASHIER_SUPERVISOR).post(address, form)

    assert refused.status_code == 403
    assert done.status_code == 303
    assert payer.months()[0] == "0.00"


def test_the_list_narrows_and_leaves_as_a_file_for_supervisors_only(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")
    payer.pays("2000.00", method="EWALLET", reference="GC-77")
    address = reverse("fees:payments")

    shown = text_of(browser.get(address, {"method": "EWALLET"}))

    assert "2,000.00" in shown
    assert "8,000.00" not in shown
    assert browser.get(address, {"export": "csv"}).status_code == 403
    exported = a_browser(roles.CASHIER_SUPERVISOR).get(address, {"export": "csv"})
    content = b"".join(exported.streaming_content).decode("utf-8-sig")
    assert content.count("RCP-") == 2


def test_a_payment_that_is_nowhere_is_not_found(browser: Client) -> None:
    for name in ("fees:payment", "fees:refund"):
        assert browser.get(reverse(name, args=[ids.new_id()])).status_code == 404


def test_a_statement_adds_up(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")

    paper = words_of(browser.get(reverse("fees:statement", args=[payer.student.id])))

    assert "Statement of account" in paper
    assert "22,000.00" in paper
    assert "RCP-" in paper


def test_a_cashier_without_a_shift_still_reprints(payer: Payer) -> None:
    paid = payer.pays("8000.00")

    printed = browser_of(a_cashier()).post(
        reverse("fees:print_receipt", args=[paid.taken.payment_id]), {"paper": "80mm"}
    )

    assert printed.status_code == 200
