"""A college served by the product's own web server, and people who come in through its sign-in page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from rollbook.core.identity.examples import PASSWORD
from rollbook.core.identity.models import Membership
from rollbook.site.testing.live import live_server
from tests.journeys import support
from tests.journeys.college import world


@pytest.fixture(scope="session")
def college(kept: None) -> world.College:
    """One college for all its journeys: five weeks into its term, with people and payments."""
    return world.build()


@pytest.fixture(scope="session")
def site(college: world.College) -> Iterator[support.Site]:
    """The college, served by the product's own web server."""
    with live_server() as address:
        yield support.Site(address)


@pytest.fixture
def come_in(browser: Browser, site: support.Site, complaints: support.Complaints) -> Iterator[Callable[..., Page]]:
    """Sign somebody in through the page, as they do: `come_in(college.cashier, width=360)`."""
    contexts: list[BrowserContext] = []

    def sign_in(member: Membership | None, **how: Any) -> Page:
        context = support.open_context(browser, site, **how)
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page)
        if member is not None:
            page.goto(site.url("/login/"))
            page.get_by_label("E-mail address").fill(member.user.email)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(lambda address: "/login" not in address)
        return page

    yield sign_in
    for context in contexts:
        context.close()
