"""Somebody who does what a guide says, and knows nothing but the words on the screen."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from rollbook.core.identity.models import Membership
from tests.journeys import support
from tests.journeys.college.world import College
from tests.journeys.support import DESK, HEIGHTS, PHONE, Site

Name = str | re.Pattern[str]
#: A machine that has other work is slow, not wrong.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Reader:
    """A person with a page before them. `note` keeps what a later step speaks of."""

    page: Page
    site: Site
    note: dict[str, Any] = field(default_factory=dict)

    @property
    def main(self) -> Locator:
        """The page without its navigation."""
        return self.page.get_by_role("main")

    @property
    def menu(self) -> Locator:
        """The navigation at the side."""
        return self.page.get_by_role("navigation").filter(visible=True)

    def go(self, path: str) -> None:
        self.page.goto(self.site.url(path))

    def control(self, name: Name, within: Locator | None = None) -> Locator:
        """The button or the link that is called just this."""
        place, exact = within or self.page, isinstance(name, str)
        button = place.get_by_role("button", name=name, exact=exact)
        return button.or_(place.get_by_role("link", name=name, exact=exact)).filter(visible=True).first

    def press(self, name: Name, within: Locator | None = None) -> None:
        self.control(name, within).click()

    def choose_in_menu(self, name: str) -> None:
        """Follow a line of the menu, and wait for its page; on a phone it may stand under More."""
        before = self.page.url
        if not self.menu.get_by_role("link", name=name, exact=True).filter(visible=True).count():
            self.menu.get_by_text("More", exact=True).click()
        self.press(name, self.menu)
        self.page.wait_for_url(lambda now: now != before)

    def field(self, label: Name, within: Locator | None = None) -> Locator:
        """What can be filled in and is called this; a label may go on, for instance to say that it is optional."""
        called = re.compile(rf"^\s*{re.escape(label)}") if isinstance(label, str) else label
        typed_into = self.page.locator("input, select, textarea")
        return (within or self.main).get_by_label(called).and_(typed_into).filter(visible=True).first

    def fill(self, label: Name, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def sees(self, *words: Name) -> None:
        """All of this stands on the page, within its patience."""
        for word in words:
            expect(self.page.get_by_text(word).filter(visible=True).first).to_be_visible(timeout=PATIENCE)

    def look(self, picture: str = "") -> None:
        """Fit for a phone and for a desk; photographed when pictures are wanted."""
        before = self.page.viewport_size
        for width in (PHONE, DESK):
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            support.settle(self.page)
            faults = support.violations(self.page)
            assert not faults, "\n".join([f"{self.page.url} at {width} px", *faults])
            assert support.sideways(self.page) == 0, f"{self.page.url} is wider than {width} px"
            if width == PHONE:
                assert support.small_targets(self.page) == [], self.page.url
        if picture:
            support.photograph(self.page, picture)
        if before:
            self.page.set_viewport_size(before)


@dataclass
class Visitor(Reader):
    """Somebody of the college of all journeys, who sits down as who the guide is for."""

    college: College = field(kw_only=True)
    visit: Callable[..., Page] = field(kw_only=True, repr=False)
    width: int = field(default=DESK, kw_only=True)

    def sit_down(self, member: Membership | None, path: str = "/") -> None:
        """Somebody who has signed in (or nobody) comes to a page."""
        self.page = self.visit(member, width=self.width)
        self.page.set_default_timeout(PATIENCE)
        self.go(path)
