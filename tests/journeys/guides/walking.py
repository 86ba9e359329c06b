"""How the offices of a college walk through their guides: everybody at their own screen, and each page is looked at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from rollbook.core.identity.models import Membership
from tests.journeys import support
from tests.journeys.guides.campus import Campus
from tests.journeys.guides.reader import PATIENCE, Reader
from tests.journeys.support import DESK, HEIGHTS, PHONE, Complaints, Site


@dataclass
class Office(Reader):
    """Several people who work one after the other, each at a screen of their own."""

    campus: Campus = field(kw_only=True)
    come_in: Callable[..., Page] = field(kw_only=True, repr=False)
    complaints: Complaints = field(default_factory=Complaints)
    screens: dict[str, Page] = field(default_factory=dict)

    def sit(self, role: str, path: str = "/") -> None:
        """Somebody sits down at their own screen."""
        if role not in self.screens:
            self.screens[role] = self.come_in(self.campus.members[role])
            self.complaints.listen(self.screens[role])
        self.page = self.screens[role]
        self.go(path)

    def choose_in_menu(self, name: str) -> None:
        """Follow a line of the menu, also that of the place where one is."""
        self.press(name, self.menu)
        line = self.menu.get_by_role("link", name=name, exact=True).filter(visible=True).first
        expect(line).to_have_attribute("aria-current", "page", timeout=PATIENCE)

    def student(self, family: str) -> str:
        """The address of a student's record."""
        return f"/students/{self.campus.students[family].id}/"

    def tab(self, name: str) -> None:
        """A tab of a record or of the schedule."""
        tabs = self.main.locator(".rb-tabs")
        tabs.get_by_role("link", name=name, exact=True).click()
        expect(tabs.locator("[aria-current=page]")).to_have_text(name)

    def line(self, text: str) -> Locator:
        """A row of a table or a list that names this."""
        return self.main.locator("tr, li, article, .rb-card").filter(has_text=text).filter(visible=True).last

    def look(self, picture: str = "", *, dark: bool = False) -> None:
        """Fit for a phone and for a desk; photographed when pictures are wanted."""
        for width in (PHONE, DESK):
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            # A header that stays in place hides what lies under it, for axe as well.
            self.page.evaluate("window.scrollTo(0, 0)")
            support.settle(self.page)
            faults = support.violations(self.page)
            assert not faults, "\n".join([f"{self.page.url} at {width} px", *faults])
            assert support.sideways(self.page) == 0, f"{self.page.url} is wider than {width} px"
            if width == PHONE:
                assert support.small_targets(self.page) == [], self.page.url
        if picture:
            support.photograph(self.page, picture, schemes=support.SCHEMES if dark else support.SCHEMES[:1])

    def nothing_went_wrong(self) -> None:
        """A refusal is all that the browser may complain of."""
        said = [line for line in self.complaints.said if "422" not in line and "409" not in line]
        self.complaints.said.clear()
        assert not said, "\n".join(said)


@contextmanager
def an_office(browser: Browser, site: Site, campus: Campus) -> Iterator[Office]:
    """An office whose people are signed in already; the sign-in page has its own journeys."""
    contexts: list[BrowserContext] = []

    def come_in(member: Membership | None, *, width: int = DESK) -> Page:
        context = support.open_context(browser, site, member, width=width)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield Office(come_in(None), site, campus=campus, come_in=come_in)
    for context in contexts:
        context.close()
