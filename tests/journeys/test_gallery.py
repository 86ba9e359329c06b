"""The kit in a real browser: nothing is out of reach of a keyboard, a thumb, a screen reader or a bad line."""

import re

import pytest

from rollbook.core.identity.examples import a_member
from rollbook.core.web.gallery import SECTIONS
from rollbook.site.testing.fixtures import make_organisation
from tests.journeys.support import PHONE, first_load, looks_right, sideways, violations, wait_until

pytestmark = pytest.mark.journey

GALLERY = "/staff/components/"
#: What the documentation shows of the kit.
PICTURED = ("cards", "records", "tables")
PATHS = [GALLERY, *(f"{GALLERY}{section.key}/" for section in SECTIONS)]


@pytest.fixture(scope="module")
def developer(site):
    """Somebody who may see the gallery."""
    organisation = make_organisation("san-isidro-college")
    organisation.accent = "#7a1f3d"
    organisation.save(update_fields=["accent"])
    return a_member(organisation, "administrator", name="Lim, Rosa")


@pytest.mark.parametrize("path", PATHS)
def test_every_component_is_accessible_and_fits(site, visit, developer, complaints, path):
    page = visit(developer)
    page.goto(site.url(path), wait_until="networkidle")
    key = path.removeprefix(GALLERY).strip("/")
    looks_right(page, f"components-{key}" if key in PICTURED else "")
    assert complaints.said == []


def test_first_visits_are_light(site, browser, developer):
    for path in PATHS:
        weight = first_load(browser, site, path, developer).text_and_script
        limit = 150_000 if "charts" in path else 90_000
        assert 10_000 < weight < limit, f"{path}: {weight}"


def test_everything_can_be_reached_by_keyboard(site, visit, developer):
    page = visit(developer)
    page.goto(site.url(GALLERY), wait_until="networkidle")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "rb-skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+k")
    page.locator("#rb-palette [role=option]").first.wait_for()
    page.keyboard.type("compon")
    wait_until(page, "document.querySelectorAll('#rb-palette [role=option]').length === 1")
    page.keyboard.press("Escape")
    assert page.evaluate("document.getElementById('rb-palette').open") is False


def test_enter_opens_the_only_match_even_before_the_list_has_come(site, visit, developer):
    page = visit(developer)
    page.goto(site.url(f"{GALLERY}look/"), wait_until="networkidle")

    page.keyboard.press("/")
    page.keyboard.type("components")
    page.keyboard.press("Enter")

    page.wait_for_url(site.url(GALLERY))


def test_a_table_is_narrowed_sorted_and_paged_in_place(site, visit, developer, complaints):
    page = visit(developer)
    page.goto(site.url(f"{GALLERY}tables/"), wait_until="networkidle")
    rows = page.locator("#table-sample tbody tr")
    assert rows.count() == 8

    page.fill("#table-sample-find", "cruz")
    wait_until(page, "document.querySelectorAll('#table-sample tbody tr').length === 2")
    assert "cruz" not in page.url
    assert page.url.endswith("?find=1")

    page.get_by_role("link", name="Clear all").click()
    wait_until(page, "document.querySelectorAll('#table-sample tbody tr').length === 8")
    page.locator("summary", has_text="Programme").click()
    page.get_by_role("link", name="BSIT", exact=True).click()
    page.get_by_text("Programme: BSIT").wait_for()
    page.get_by_role("link", name="Due, ₱").click()
    page.wait_for_url(re.compile("sort=due_minor"))
    amounts = page.locator("#table-sample td.is-number:nth-child(5)").all_inner_texts()
    assert amounts == sorted(amounts)

    page.locator("#table-sample input[name=row]").first.check()
    assert page.locator("[data-bulk-count]").inner_text() == "1 selected"
    assert violations(page) == []
    assert complaints.said == []


def test_an_amount_is_tidied_and_an_explanation_opens(site, visit, developer):
    page = visit(developer)
    page.goto(site.url(f"{GALLERY}fields/"), wait_until="networkidle")
    page.locator("input[name=amount]").fill("12345.5")
    page.keyboard.press("Tab")
    assert page.locator("input[name=amount]").input_value() == "12,345.50"

    page.goto(site.url(f"{GALLERY}cards/"), wait_until="networkidle")
    page.get_by_role("button", name="Why? Balance").click()
    assert page.get_by_role("dialog", name="Balance").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog", name="Balance").count() == 0


def test_a_destructive_act_asks_first_by_its_name(site, visit, developer):
    page = visit(developer, width=PHONE)
    page.goto(site.url(f"{GALLERY}actions/"), wait_until="networkidle")
    page.locator("[data-dialog-open=demo-confirm]").click()
    dialog = page.get_by_role("alertdialog")
    assert dialog.get_by_role("button", name="Void the payment").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_long_work_is_followed_until_it_is_done(site, visit, developer):
    page = visit(developer)
    page.goto(site.url(f"{GALLERY}records/"), wait_until="networkidle")

    page.locator("#import", has_text="Done").wait_for(timeout=20_000)

    assert page.locator("#import[hx-get]").count() == 0


def test_a_broken_line_is_said_and_the_request_is_tried_again(site, visit, developer):
    page = visit(developer)
    page.goto(site.url(f"{GALLERY}tables/"), wait_until="networkidle")
    page.route("**/tables/?*", lambda route: route.abort())
    page.get_by_role("link", name="Owing only").or_(page.get_by_role("switch", name="Owing only")).click()
    page.get_by_text("The line is bad. Trying again…").wait_for()

    page.unroute("**/tables/?*")

    wait_until(page, "location.search.includes('owing=1')")
    assert page.get_by_text("The line is bad. Trying again…").count() == 0


def test_a_draft_comes_back_only_when_it_is_asked_for(site, visit, developer):
    page = visit(developer)
    page.goto(site.url(f"{GALLERY}fields/"), wait_until="networkidle")
    page.evaluate("document.querySelector('form.rb-form').dataset.keepDraft = 'demo'")
    page.locator("input[name=reference]").first.fill("GCASH-77120")

    page.route("**/fields/", _with_draft)
    page.reload(wait_until="networkidle")

    assert page.locator("input[name=reference]").first.input_value() == ""
    page.get_by_role("button", name="Bring it back").click()
    assert page.locator("input[name=reference]").first.input_value() == "GCASH-77120"


def _with_draft(route) -> None:
    answer = route.fetch()
    route.fulfill(
        response=answer,
        body=answer.text().replace('<form class="rb-form"', '<form class="rb-form" data-keep-draft="demo"', 1),
    )


def test_pages_work_without_script(site, visit, developer):
    page = visit(developer, width=PHONE, script=False)
    page.goto(site.url(f"{GALLERY}tables/"))
    page.get_by_role("link", name="Next").first.click()
    assert "after=" in page.url
    page.goto(site.url(f"{GALLERY}actions/"))
    assert page.get_by_role("button", name="Void the payment").is_visible()
    page.locator("details summary", has_text="More").or_(page.locator("summary:has-text('Your menu')")).first.click()


def test_the_longest_language_fits(site, visit, developer):
    page = visit(developer, width=PHONE, language="fil")
    for path in PATHS:
        page.goto(site.url(path))
        assert sideways(page) == 0, path
    assert page.locator("html").get_attribute("lang") == "fil"
    assert violations(page) == []
