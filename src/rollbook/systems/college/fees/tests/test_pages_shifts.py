"""The shift's pages: open with a float, count to the centavo, ask about a difference, X and Z."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import decide
from rollbook.shared.billing.models import Shift, ShiftMovement
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_cashier, a_member
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.tests.browsing import a_browser, a_key, browser_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def payer() -> Payer:
    """A cashier whose drawer began with 2,000.00."""
    return a_payer("30000.00")


@pytest.fixture
def browser(payer: Payer) -> Client:
    return browser_of(payer.cashier)


def a_count(**pieces: str) -> dict[str, str]:
    return {"idempotency_key": a_key(), "reason": "", **{f"face_{face[1:]}": count for face, count in pieces.items()}}


def test_a_shift_is_opened_once_with_its_float() -> None:
    cashier = a_cashier()
    browser = browser_of(cashier)
    form = {"station": "Window 3", "opening_float": "2,000.00", "idempotency_key": a_key()}

    opened, again = browser.post(reverse("fees:open_shift"), form), browser.post(reverse("fees:open_shift"), form)

    assert opened["Location"] == again["Location"] == reverse("fees:desk")
    shift = Shift.objects.get(cashier_id=cashier.user_id)
    assert (shift.station, shift.opening_float_minor) == ("Window 3", 2_000_00)


def test_opening_leads_back_to_the_student_but_never_to_another_site() -> None:
    form = {"station": "Window 3", "opening_float": "0"}
    home = browser_of(a_cashier()).post(
        f"{reverse('fees:open_shift')}?next=/cashier/payments/", {**form, "idempotency_key": a_key()}
    )
    elsewhere = browser_of(a_cashier()).post(
        f"{reverse('fees:open_shift')}?next=https://example.test/",
        {"station": "Window 4", "opening_float": "0", "idempotency_key": a_key()},
    )

    assert home["Location"] == "/cashier/payments/"
    assert elsewhere["Location"] == reverse("fees:desk")


def test_a_taken_station_is_refused_in_a_sentence(payer: Payer) -> None:
    form = {"station": "Window 260001", "opening_float": "0", "idempotency_key": a_key()}

    answer = browser_of(a_cashier()).post(reverse("fees:open_shift"), form)

    assert answer.status_code == 422
    assert "A shift is already open" in text_of(answer)


def test_the_count_is_added_up_while_it_is_typed(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")

    shown = text_of(browser.post(reverse("fees:count"), a_count(f100000="9", f50000="1")))

    assert "₱9,500.00" in shown
    assert "₱10,000.00" in shown
    assert "−₱500.00" in shown
    assert "ask a supervisor" in shown.lower()
    assert Shift.objects.get().state == "OPEN"


def test_a_drawer_within_the_tolerance_closes_and_has_a_z_report(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")

    closed = browser.post(
        reverse("fees:close_shift"), {**a_count(f100000="9", f50000="1", f20000="2", f5000="1"), "step": "close"}
    )

    shift = Shift.objects.get()
    assert (shift.state, shift.variance_minor) == ("CLOSED", -50_00)
    report = text_of(browser.get(closed["Location"]))
    assert "Z report" in report
    assert "−₱50.00" in report
    assert "₱9,000.00" in report


def test_a_drawer_that_is_off_does_not_close_by_itself(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")

    answer = browser.post(reverse("fees:close_shift"), {**a_count(f100000="9"), "step": "close"})

    assert answer.status_code == 422
    assert "ask a supervisor to approve it" in text_of(answer)
    assert Shift.objects.get().state == "OPEN"


def test_a_supervisor_agrees_with_the_difference(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")
    form = {**a_count(f100000="9"), "step": "ask", "reason": "One bill was given out twice as change."}

    asked = browser.post(reverse("fees:close_shift"), form)
    request = ApprovalRequest.objects.get()
    decide(a_member(roles.CASHIER_SUPERVISOR), request.id, approve=True)

    assert asked["Location"] == reverse("fees:shift_report", args=[request.target_id])
    shift = Shift.objects.get()
    assert (shift.state, shift.variance_minor) == ("CLOSED", -1_000_00)


def test_cash_to_the_safe_lowers_what_the_drawer_should_hold(payer: Payer, browser: Client) -> None:
    payer.pays("8000.00")
    form = {"kind": "PICK_UP", "amount": "6,000.00", "note": "Envelope 12", "idempotency_key": a_key()}

    browser.post(reverse("fees:move_cash"), form)
    moved = browser.post(reverse("fees:move_cash"), form)

    assert ShiftMovement.objects.get().amount_minor == -6_000_00
    assert "₱4,000.00" in text_of(browser.get(moved["Location"]))
    assert "Envelope 12" in text_of(browser.get(moved["Location"]))


def test_without_a_shift_nothing_can_be_counted_or_moved() -> None:
    browser = browser_of(a_cashier())

    for name in ("fees:close_shift", "fees:move_cash"):
        answer = browser.get(reverse(name))
        assert answer.status_code == 409
        assert "Open your shift first" in text_of(answer)
        assert reverse("fees:open_shift") in text_of(answer)


@pytest.mark.parametrize("paper", ["80mm", "a4"])
def test_the_x_report_is_printed(payer: Payer, browser: Client, paper: str) -> None:
    payer.pays("8000.00")
    payer.pays("2000.00", method="CARD", reference="4411")

    answer = browser.get(reverse("fees:shift_report_pdf", args=[Shift.objects.get().id]), {"paper": paper})

    words = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert "X report" in words
    assert "10,000.00" in words
    assert "Card" in words


def test_somebody_elses_shift_is_not_there_for_a_cashier_but_for_a_supervisor(payer: Payer) -> None:
    address = reverse("fees:shift_report", args=[Shift.objects.get().id])

    assert browser_of(a_cashier()).get(address).status_code == 404
    assert a_browser(roles.CASHIER_SUPERVISOR).get(address).status_code == 200


def test_the_list_shows_what_drawers_were_off_by(payer: Payer, browser: Client) -> None:
    browser.post(
        reverse("fees:close_shift"), {**a_count(f100000="1", f50000="1", f20000="2", f5000="1"), "step": "close"}
    )

    shown = text_of(a_browser(roles.CASHIER_SUPERVISOR).get(reverse("fees:shifts"), {"short": "1"}))

    assert "Window 260001" in shown
    assert "−50.00" in shown
    assert "Window 260001" not in text_of(browser_of(a_cashier()).get(reverse("fees:shifts")))
