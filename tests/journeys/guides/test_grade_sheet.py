"""The grade sheet stands still under the pointer: who presses a button straight out of a cell has pressed it."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import support
from tests.journeys.guides.professor_campus import build_professor
from tests.journeys.guides.walking import Office, an_office
from tests.journeys.support import DESK, HEIGHTS, PHONE

pytestmark = pytest.mark.journey

NAME = "Castañeda, Jose Rafael"


@pytest.fixture(scope="module")
def office(kept, browser, site):
    with an_office(browser, site, build_professor()) as found:
        yield found


def the_sheet(office: Office, width: int, scheme: str) -> None:
    office.sit("professor", "/grades/")
    office.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    support.in_appearance(office.page, scheme)
    office.main.get_by_role("link", name=re.compile("^GE 1 ACT-1A +Midterm|^GE 1 ACT-1A: Midterm")).first.click()
    office.sees("· Midterm ·")


def left_wrong(office: Office) -> None:
    """The cell is left with a grade that the scale has not, and says so."""
    field = office.field(f"Grade of {NAME}")
    field.fill("2.1")
    office.page.keyboard.press("Tab")
    expect(row(office).locator(".rb-error")).to_be_visible()


def row(office: Office) -> Locator:
    return office.main.locator("tr").filter(has_text=NAME)


def press_and_hold(office: Office) -> tuple[float, float]:
    """Press "Save all rows" until the row has come back from the server; where the button stood, and where it stands."""
    page, button = office.page, office.main.get_by_role("button", name="Save all rows")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    # The button itself sinks in by half a pixel while it is pressed.
    place = button.locator("..")
    stood = place.bounding_box()["y"]
    page.mouse.move(before["x"] + before["width"] / 2, before["y"] + 4)
    with page.expect_response(lambda answer: "/rows/" in answer.url) as answer:
        page.mouse.down()
    answer.value.finished()
    page.wait_for_timeout(150)
    stands = place.bounding_box()["y"]
    page.mouse.up()
    return stood, stands


@pytest.mark.parametrize("scheme", support.SCHEMES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_button_stays_when_the_message_goes(office, width, scheme):
    the_sheet(office, width, scheme)
    left_wrong(office)
    office.field(f"Grade of {NAME}").fill("2.25")

    before, held = press_and_hold(office)

    assert held == before
    office.sees("Saved.")
    expect(office.main.get_by_text("Nothing was saved")).to_have_count(0)
    expect(office.field(f"Grade of {NAME}")).to_have_value("2.25")


@pytest.mark.parametrize("scheme", support.SCHEMES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_button_stays_when_a_message_comes(office, width, scheme):
    the_sheet(office, width, scheme)
    office.field(f"Grade of {NAME}").fill("2.1")

    before, held = press_and_hold(office)

    assert held == before
    office.sees("Nothing was saved. Look at the marked rows.")
    expect(row(office).locator(".rb-error")).to_contain_text("Allowed")


def test_the_place_of_a_message_is_kept_when_it_goes(office):
    the_sheet(office, PHONE, "light")
    left_wrong(office)
    button, field = office.main.get_by_role("button", name="Save all rows"), office.field(f"Grade of {NAME}")
    where = """([button, field]) => [button, field].map((one) => one.getBoundingClientRect().top + window.scrollY)"""
    both = [button.element_handle(), field.element_handle()]
    before = office.page.evaluate(where, both)

    field.fill("2.25")
    office.page.keyboard.press("Tab")

    expect(row(office).get_by_text("saved")).to_be_attached()
    expect(row(office).locator(".rb-error")).to_have_count(0)
    after = office.page.evaluate(where, [button.element_handle(), field.element_handle()])
    assert after == pytest.approx(before, abs=0.6)
