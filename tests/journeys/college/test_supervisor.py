"""A supervisor decides what a cashier asked for; nobody decides for themselves. Promises, bank files, collections."""

import re

import pytest
from playwright.sync_api import expect

from rollbook.shared.jobs.testing import work_off
from tests.journeys.support import DESK, PHONE, is_fit, looks_right, violations

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_void_is_asked_by_the_cashier_and_approved_by_the_supervisor(site, college, come_in, complaints, width):
    student = college.student_named(*(("Umali", "Gabriel") if width == PHONE else ("Jimenez", "Rosario")))
    till = come_in(college.other_cashier, width=width)
    till.goto(site.url(f"/cashier/students/{student.id}/"))
    till.get_by_role("textbox", name="Amount").fill("1234.50")
    till.keyboard.press("Enter")
    till.get_by_role("button", name="Record ₱1,234.50").click()
    till.wait_for_url(re.compile("/cashier/payments/"))
    payment = till.url

    # Asked for, with a reason, by a named act.
    till.get_by_role("button", name="Ask for a void").click()
    dialog = till.get_by_role("alertdialog")
    dialog.get_by_label("Reason").fill("Typed into the wrong account.")
    assert violations(till) == []
    dialog.get_by_role("button", name="Ask for the void").click()
    expect(till.get_by_text("A supervisor has to decide")).to_be_visible()
    is_fit(till)

    # The cashier cannot decide about it.
    till.goto(site.url("/approvals/"))
    expect(till.get_by_text("Typed into the wrong account.")).to_be_visible()
    assert till.get_by_role("button", name="Approve").count() == 0
    is_fit(till)

    # The supervisor sees what changes, and decides.
    desk = come_in(college.supervisor, width=width)
    expect(desk).to_have_url(site.url("/collections/"))
    desk.locator("figure[data-drawn]").first.wait_for()
    is_fit(desk)
    desk.get_by_role("link", name="Decide").click()
    card = desk.locator("article", has_text="Typed into the wrong account.")
    expect(card).to_contain_text("₱1,234.50")
    is_fit(desk, "approvals-void")
    card.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Approved and done.")).to_be_visible()

    till.goto(payment)
    expect(till.get_by_text("VOIDED", exact=True)).to_be_visible()
    is_fit(till, "payment-voided")
    assert complaints.said == []


def test_a_promise_is_recorded_at_the_counter_and_approved_by_somebody_else(site, college, come_in, complaints):
    student = college.student_named("Villanueva", "Ma. Teresa")
    till = come_in(college.other_cashier)
    till.goto(site.url(f"/cashier/students/{student.id}/"))
    till.get_by_role("link", name="Record a promise").click()
    till.get_by_label("Reason").fill("The harvest is sold on the first of the month.")
    is_fit(till)
    till.get_by_role("button", name="Record the promise").click()
    expect(till.get_by_text("Recorded. A supervisor approves it.")).to_be_visible()

    desk = come_in(college.supervisor)
    desk.goto(site.url("/collections/notes/"), wait_until="networkidle")
    looks_right(desk, "promissory-notes")
    desk.locator("article", has_text="The harvest is sold").get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Approved. The month counts as covered")).to_be_visible()
    till.goto(site.url(f"/cashier/students/{student.id}/"))
    expect(till.locator("#landing")).to_contain_text("promised")
    assert complaints.said == []


def test_a_bank_file_is_credited_in_the_background_and_the_rest_is_settled_by_hand(site, college, come_in, complaints):
    known = college.student_named("Garcia", "Ramon")
    rows = [
        "reference,student_number,amount,method,paid_at",
        f"BPI-1,{known.student_number},1500.00,BANK_TRANSFER,2026-09-20T10:15",
        f"BPI-1,{known.student_number},1500.00,BANK_TRANSFER,2026-09-20T10:15",
        "BPI-2,999999,2000.00,BANK_TRANSFER,2026-09-20T11:00",
        f"BPI-3,{known.student_number},twelve,BANK_TRANSFER,2026-09-20T11:05",
    ]
    page = come_in(college.supervisor)
    page.goto(site.url("/collections/bank-files/"))
    page.locator("input[type=file]").set_input_files(
        {"name": "bpi-september.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    is_fit(page)
    page.get_by_role("button", name="Credit it").click()
    expect(page.get_by_text("It stands in the queue and begins by itself.")).to_be_visible()
    is_fit(page)

    assert "college.fees.import_bank_file" in work_off()

    expect(page.get_by_text("All 4 rows are dealt with.")).to_be_visible(timeout=15_000)
    looks_right(page, "bank-file")
    page.get_by_role("link", name="Settle the rest").click()
    looks_right(page, "unmatched-rows")
    page.get_by_role("link", name="BPI-2").click()
    expect(page.get_by_text("Nobody with this number").first).to_be_visible()
    page.get_by_label("Find a student").fill("garcia")
    page.locator("#row-students").get_by_role("link", name="Garcia, Ramon").wait_for()
    looks_right(page, "unmatched-row")
    page.locator("#row-students").get_by_role("link", name="Garcia, Ramon").click()
    page.get_by_role("button", name="Credit it").click()
    expect(page.get_by_text("Credited to Garcia, Ramon.")).to_be_visible()
    page.get_by_role("link", name="BPI-3").click()
    page.get_by_role("button", name="Dismiss the row").click()
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_label("Reason").fill("The bank sent a corrected row.")
    dialog.get_by_role("button", name="Dismiss it").click()
    expect(page.get_by_text("Dismissed, with your reason.")).to_be_visible()
    assert complaints.said == []


def test_collections_show_what_came_in_what_is_late_and_where(site, college, come_in, complaints):
    page = come_in(college.supervisor)
    page.goto(site.url("/collections/"), wait_until="networkidle")
    page.locator("figure[data-drawn]").first.wait_for()
    page.get_by_text("Show numbers").first.click()
    is_fit(page)
    page.get_by_text("Show numbers").first.click()
    looks_right(page, "collections")
    page.goto(site.url("/cashier/shifts/"), wait_until="networkidle")
    looks_right(page, "shifts")
    assert complaints.said == []
