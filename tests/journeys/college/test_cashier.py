"""A cashier's day: the shift opens, payments are taken in a few keys, the drawer is counted to the centavo."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.support import DESK, PHONE, is_fit, looks_right

pytestmark = pytest.mark.journey


class Keys:
    """Counts what a cashier presses."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_cashier_opens_a_shift_takes_payments_and_closes_it_to_the_centavo(site, college, come_in, complaints, width):
    student = college.student_named(*(("Lacson", "Bernadette") if width == DESK else ("Navarro", "Katrina")))
    page = come_in(college.cashier, width=width)
    expect(page).to_have_url(site.url("/cashier/"))
    is_fit(page)

    # The shift.
    page.get_by_role("link", name="Open shift").click()
    page.get_by_label("Station").fill("Window 3")
    page.get_by_label("Cash in the drawer").fill("2000")
    is_fit(page)
    page.get_by_role("button", name="Open shift").click()
    expect(page.get_by_text("Your shift at Window 3 is open since")).to_be_visible()

    # Find, then act: everything after the search is counted.
    keys = Keys(page)
    expect(page.get_by_role("main").get_by_role("combobox")).to_be_focused()
    page.keyboard.type(student.student_number)
    page.locator("#rb-found-desk [role=option]").wait_for()
    keys.press("Enter")
    page.get_by_role("textbox", name="Amount").wait_for()
    expect(page.get_by_role("textbox", name="Amount")).to_be_focused()
    is_fit(page)
    page.keyboard.type("5000")
    keys.pressed += 1  # the amount is one entry
    expect(page.locator("#landing")).to_contain_text("₱5,000.00")
    is_fit(page, "cashier-payment")
    keys.press("Enter")
    page.get_by_role("button", name="Record ₱5,000.00").wait_for()
    is_fit(page, "cashier-review")
    keys.press("Enter")
    page.wait_for_url(re.compile("/cashier/payments/"))
    assert keys.pressed < 6
    expect(page.get_by_role("status")).to_contain_text("₱5,000.00 recorded, receipt RCP-")
    is_fit(page, "cashier-receipt")

    # The paper: the button has the focus already.
    expect(page.get_by_role("button", name="Print, 80 mm")).to_be_focused()
    answer = page.context.request.post(
        page.locator("form[target=_blank]").evaluate("form => form.action"),
        form={"paper": "80mm", "csrfmiddlewaretoken": page.locator("body").get_attribute("data-csrf")},
        headers={"Referer": page.url},
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")

    # The next student: Enter alone proposes what is due.
    keys = Keys(page)
    page.goto(site.url("/cashier/"))
    expect(page.get_by_role("main").get_by_role("combobox")).to_be_focused()
    page.keyboard.type(student.student_number)
    keys.press("Enter")
    page.get_by_role("textbox", name="Amount").wait_for()
    keys.press("Enter")
    page.get_by_role("button", name=re.compile("^Record ₱")).wait_for()
    expect(page.get_by_text("Nothing was typed")).to_be_visible()
    keys.press("Enter")
    page.wait_for_url(re.compile("/cashier/payments/"))
    assert keys.pressed == 3

    # The drawer, counted to what it should hold.
    page.goto(site.url("/cashier/shift/close/"), wait_until="networkidle")
    should_hold = page.locator("#count tr", has_text="Should be there").locator("td").inner_text()
    left = int(re.sub(r"[^\d]", "", should_hold))
    for field in page.locator("input[name^=face_]").all():
        face = int(field.get_attribute("name").removeprefix("face_"))
        field.fill(str(left // face))
        left %= face
    expect(page.locator("#count")).to_contain_text("To the centavo.")
    is_fit(page, "shift-close")
    page.get_by_role("button", name="Close shift").click()
    expect(page.get_by_role("heading", name="Z report")).to_be_visible()
    is_fit(page, "shift-z-report")
    assert complaints.said == []


def test_the_desk_of_a_busy_window(site, college, come_in, complaints):
    for width in (PHONE, DESK):
        page = come_in(college.other_cashier, width=width)
        page.wait_for_load_state("networkidle")
        page.locator("figure[data-drawn]").first.wait_for()
        looks_right(page, "cashier-desk")
    page.goto(site.url("/cashier/shift/"), wait_until="networkidle")
    looks_right(page, "shift-x-report")
    page.goto(site.url("/cashier/payments/"), wait_until="networkidle")
    looks_right(page, "payments")
    assert complaints.said == []
