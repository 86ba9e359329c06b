"""The browser and the application of the journeys."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from rollbook.core.identity.models import Membership
from tests.journeys import support


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys; each visit has a profile of its own."""
    with support.a_browser() as found:
        yield found


@pytest.fixture(scope="session")
def kept(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """What journeys do is committed, each in an organisation of its own, and thrown away once, after the last."""
    with django_db_blocker.unblock():
        yield
        django_db_setup.renew()


@pytest.fixture(scope="session")
def site(kept: None) -> Iterator[support.Site]:
    """The application, over the tests' database. What a test commits, it sees."""
    with support.serving() as found:
        yield found


@pytest.fixture
def complaints() -> support.Complaints:
    """What the browser complained of during the test."""
    return support.Complaints()


@pytest.fixture
def visit(browser: Browser, site: support.Site, complaints: support.Complaints) -> Iterator[Callable[..., Page]]:
    """Open a page as a member (or a stranger): `visit(member, width=360, dark=True, script=False, language="fil")`."""
    contexts: list[BrowserContext] = []

    def open_page(membership: Membership | None = None, **how: Any) -> Page:
        context = support.open_context(browser, site, membership, **how)
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
