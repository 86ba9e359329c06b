"""Pages of the year: opened as somebody, looked at on a telephone and at a desk, photographed when pictures are wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page

from rollbook.core.identity.models import Membership
from tests.journeys import support
from tests.journeys.college.year.world import Year

#: Photographed by night as well.
BY_NIGHT = ("enrol-cart", "timetable", "grades")


@contextmanager
def open_page(year: Year, *, width: int = support.DESK, script: bool = True) -> Iterator[Page]:
    """A page of a stranger, who has never been here."""
    context = support.open_context(year.browser, year.site, width=width, script=script)
    try:
        with _quiet(context, width) as page:
            yield page
    finally:
        context.close()


@contextmanager
def a_screen(year: Year, membership: Membership, *, width: int = support.DESK) -> Iterator[Page]:
    """Somebody at work, in the browser that they have used since the year began."""
    known = year.browsers
    if membership.id not in known:
        known[membership.id] = support.open_context(year.browser, year.site, membership)
    with _quiet(known[membership.id], width) as page:
        yield page


@contextmanager
def _quiet(context: BrowserContext, width: int) -> Iterator[Page]:
    """A page of which scripts complain of nothing."""
    # The crowd of thirty and the browser share a small machine.
    context.set_default_timeout(30_000)
    complaints = support.Complaints()
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": support.HEIGHTS[width]})
    complaints.listen(page)
    try:
        yield page
    finally:
        page.close()
    # A refused attempt is answered with 409 or 422, which a browser always notes.
    said = [one for one in complaints.said if not any(code in one for code in ("409", "422"))]
    assert said == [], said


def look(page: Page, picture: str = "") -> None:
    """Fit as it is shown, by day and by night; a page that gets a picture, on a telephone and at a desk."""
    page.wait_for_load_state("networkidle")
    support.is_fit(page)
    if not picture:
        return
    shown = page.viewport_size or {"width": support.DESK}
    other = support.DESK if shown["width"] == support.PHONE else support.PHONE
    page.set_viewport_size({"width": other, "height": support.HEIGHTS[other]})
    support.settle(page)
    assert support.violations(page) == [], f"{page.url} at {other} px"
    assert support.sideways(page) == 0, f"{page.url} is wider than {other} px"
    if other == support.PHONE:
        assert support.small_targets(page) == [], page.url
    support.photograph(page, f"year-{picture}", schemes=support.SCHEMES if picture in BY_NIGHT else support.SCHEMES[:1])
    page.set_viewport_size({"width": shown["width"], "height": support.HEIGHTS[shown["width"]]})
