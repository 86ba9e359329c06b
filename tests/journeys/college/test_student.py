"""A student on the phone: what is due, what was paid, the permit and its paper; and anybody who checks the permit."""

import io
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from rollbook.shared.files.tests.samples import a_pdf
from tests.journeys.support import DESK, PHONE, is_fit, looks_right

pytestmark = pytest.mark.journey


def words_of(content: bytes) -> str:
    """What a PDF says."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_student_sees_payments_statement_and_permit(site, college, come_in, complaints, width):
    page = come_in(college.student, width=width)
    page.get_by_role("link", name="My payments").first.click()
    expect(page).to_have_url(site.url("/my/payments/"))
    expect(page.get_by_text("is late")).to_be_visible()
    expect(page.get_by_role("list", name="Months of the plan")).to_contain_text("Month 6")
    is_fit(page, "student-payments")

    # The statement and a receipt, as papers.
    statement = page.context.request.get(site.url("/my/statement.pdf"))
    assert statement.headers["content-type"] == "application/pdf"
    assert "Statement of account" in words_of(statement.body())
    assert "Dela Cruz" in words_of(statement.body())
    address = page.get_by_role("link", name=re.compile("^RCP-")).first.get_attribute("href")
    receipt = page.context.request.get(site.url(address))
    assert "The student's own copy." in words_of(receipt.body())

    # The permit, and its paper.
    page.goto(site.url("/my/permits/"), wait_until="networkidle")
    card = page.locator("article", has_text="Midterm")
    expect(card).to_contain_text("PRM-")
    expect(page.locator("article", has_text="Final").last).to_contain_text("Opens when months 1 to 4 are paid.")
    is_fit(page, "student-permits")
    code = re.search(r"PRM-\d{4}-[0-9A-Z]{8}", card.inner_text()).group()
    paper = page.context.request.post(
        card.locator("form").evaluate("form => form.action"),
        form={"csrfmiddlewaretoken": page.locator("body").get_attribute("data-csrf")},
        headers={"Referer": page.url},
    )
    said = words_of(paper.body())
    assert code in said
    assert "Midterm" in said
    assert "₱" not in said

    # What is not the student's is not there.
    assert page.context.request.get(site.url("/cashier/")).status == 403
    assert page.context.request.get(site.url("/collections/")).status == 403
    assert complaints.said == []

    # Anybody who holds the paper, without an account and without script.
    _verify(site, college, come_in, code, width)


def _verify(site, college, come_in, code: str, width: int) -> None:
    stranger = come_in(None, width=width, script=False)
    stranger.goto(site.url(f"/verify/{college.slug}/{code}/"))
    expect(stranger.locator("main")).to_contain_text("Juan Dela Cruz")
    expect(stranger.locator("main")).to_contain_text("Midterm")
    assert "₱" not in stranger.locator("main").inner_text()
    scripted = come_in(None, width=width)
    scripted.goto(site.url(f"/verify/{college.slug}/{code}/"))
    is_fit(scripted, "verify-permit")
    scripted.goto(site.url(f"/verify/{college.slug}/PRM-2026-00000000/"))
    is_fit(scripted)
    assert "Juan" not in scripted.locator("main").inner_text()


def test_a_student_asks_for_a_leave_with_its_paper_and_the_registrar_reads_it(site, college, come_in, complaints):
    page = come_in(college.student)
    page.goto(site.url("/my/requests/new/"))
    page.get_by_label("What is asked for").select_option(label="Leave of absence")
    page.get_by_label("From", exact=True).fill(f"{college.today + timedelta(days=3):%Y-%m-%d}")
    page.get_by_label("Reason", exact=True).fill("An operation, and weeks of rest after it.")
    page.get_by_label("The reason is medical").check()
    page.get_by_label("Paper").set_input_files(
        {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    is_fit(page)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Sent. The registrar decides.")).to_be_visible()
    page.get_by_role("link", name="Papers", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^certificate.pdf"))).to_be_visible()
    looks_right(page)

    # One more, which was the wrong one.
    page.get_by_label("Paper").set_input_files({"name": "sister.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("link", name="Withdraw sister.pdf").click()
    page.get_by_label("Why do you withdraw it?").fill("It is the paper of my sister.")
    looks_right(page)
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Withdrawn.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^certificate.pdf"))).to_be_visible()
    expect(page.get_by_text("sister.pdf")).to_have_count(0)

    desk = come_in(college.registrar)
    desk.goto(site.url("/leaves/"))
    desk.get_by_role("link", name="Dela Cruz, Juan").first.click()
    expect(desk.get_by_role("link", name="certificate.pdf")).to_be_visible()
    looks_right(desk)
    assert complaints.said == []
