"""What journeys share: the application behind a real socket, a real browser, axe, measures and photographs.

def test_a_cashier_takes_a_payment(site, visit):
    page = visit(cashier, width=360)          # signed in as a Membership; None for a stranger
    page.goto(site.url("/desk/"))
    ...
    looks_right(page, "cashier-desk")         # axe, thumbs and edges at 360 and 1280 px, light and dark; a picture of each
"""

import io
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.test import Client, override_settings
from django.test.testcases import QuietWSGIRequestHandler
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from rollbook.core.identity.examples import sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.web import icons
from rollbook.shared.launch.models import CheckRun
from rollbook.shared.launch.services import perform_run
from rollbook.site.configuration import configuration
from rollbook.site.testing.browser import ensure_browser

ROOT = Path(__file__).resolve().parents[2]
PHOTOGRAPHS = ROOT / "docs" / "images"
AXE = Path(__file__).parent / "axe.min.js"
#: The phone of a tired cashier, and a desk.
PHONE, DESK = 360, 1280
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHTS = {PHONE: 740, DESK: 860}
#: No page is photographed further down than this.
TALLEST = {PHONE: 1800, DESK: 1400}
#: Below this width a thumb is what touches.
TABLET = 700
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"]
#: WCAG 2.2 AA and what axe calls good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WEIGHED = ("Document", "Stylesheet", "Script", "Fetch", "XHR")

# The browser's library keeps an event loop in this thread; Django would refuse to ask the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass(frozen=True)
class Site:
    """The application, listening on this machine alone."""

    address: str

    def url(self, path: str) -> str:
        """The whole address of a page."""
        return self.address + path


@contextmanager
def serving() -> Iterator[Site]:
    """The whole application with its static files compressed and named as people get them."""
    with override_settings(**_served_as_in_earnest()):
        _collect_once()
        icons.icon.cache_clear()
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, allow_reuse_address=False)
        server.daemon_threads = True
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            icons.icon.cache_clear()


def _served_as_in_earnest() -> dict[str, Any]:
    """Other tests name static files plainly; here they are compressed and carry their hash."""
    files = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    # Runs beside each other collect into folders of their own.
    folder = configuration().home / f"static-of-journeys{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    folder.mkdir(parents=True, exist_ok=True)
    return {"STORAGES": {**settings.STORAGES, "staticfiles": files}, "STATIC_ROOT": folder}


@cache
def _collect_once() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A Chromium of one's own."""
    with sync_playwright() as library:
        browser = library.chromium.launch(executable_path=str(ensure_browser()), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_context(
    browser: Browser,
    site: Site,
    membership: Membership | None = None,
    *,
    width: int = DESK,
    dark: bool = False,
    script: bool = True,
    language: str = "",
) -> BrowserContext:
    """A fresh browser profile, signed in as a member without going through the login page."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 800)},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
        locale="en-PH",
        timezone_id="Asia/Manila",
    )
    context.set_default_timeout(10_000)
    cookies: dict[str, str] = {settings.LANGUAGE_COOKIE_NAME: language} if language else {}
    if membership is not None:
        client = Client()
        sign_in(client, membership)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in cookies.items()])
    return context


def carry_out_the_run() -> None:
    """What the worker does with a run of the launch checklist. One that waits would stand in the way of the next one
    who asks: the checklist belongs to the whole installation, not to an organisation."""
    (asked_for,) = CheckRun.objects.filter(state=CheckRun.State.QUEUED)
    perform_run(asked_for.pk, parallel=1)


@dataclass
class Complaints:
    """What a browser complained of: errors of scripts, and anything the content security policy stopped."""

    said: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)

    def _note(self, said: str) -> None:
        # A newer keystroke takes back what an older one asked; a line that really broke says `sendError` as well.
        if not said.startswith(("htmx:sendAbort", "htmx:afterRequest")):
            self.said.append(said)


def violations(page: Page, *, within: str = "", only: tuple[str, ...] = ()) -> list[str]:
    """What axe finds, each in one line; all its rules, or only some. The page should be still."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    asked = {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES}
    found: list[dict[str, Any]] = page.evaluate(
        "async ([within, asked]) => (await axe.run(within || document,"
        " {runOnly: asked, resultTypes: ['violations']})).violations",
        [within, asked],
    )
    return [
        f"{fault['id']}: {_why(node) or fault['help']} — {node['html'][:160]} ({' '.join(map(str, node['target']))})"
        for fault in found
        for node in fault["nodes"]
    ]


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])


def in_appearance(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Switch the device between light and dark, and wait until the page has followed and is painted."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    wait_until(page, f"matchMedia('(prefers-color-scheme: {scheme})').matches")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page is painted as its window and its colours want it."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    wait_until(page, "document.getAnimations().every((one) => one.playState !== 'running')")
    if page.locator("figure[data-drawn]").count():
        page.wait_for_timeout(200)  # a chart is drawn anew in its own time


def is_fit(page: Page, picture: str = "") -> None:
    """Nothing that axe finds, by day or by night; nothing wider than the window; nothing too small for a thumb.

    A journey that is walked at both widths names its pictures; the walk at the desk takes them.
    """
    width = page.viewport_size["width"] if page.viewport_size else DESK
    where = f"{page.url} at {width} px"
    # What lies under a header that stays in place could not be reached: that is true only while it lies there.
    page.evaluate("window.scrollTo(0, 0)")
    settle(page)
    _none(violations(page), where)
    # What is said and how it can be reached is the same by night: only the colours can be wrong.
    in_appearance(page, "dark")
    _none(violations(page, only=("color-contrast",)), f"{where}, dark")
    in_appearance(page, "light")
    assert sideways(page) == 0, f"{where} is wider than the window"
    if width < TABLET:
        _none(small_targets(page), f"{where}, too small for a thumb")
    elif picture:
        photograph(page, picture)


def _none(faults: list[str], where: str) -> None:
    assert not faults, "\n".join([where, *faults])


def looks_right(page: Page, name: str = "") -> None:
    """Fit on a phone and on a desk; with a name, and when pictures are wanted, photographed on both."""
    before = page.viewport_size
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        is_fit(page)
    if name:
        photograph(page, name)
    if before:
        page.set_viewport_size(before)


def wait_until(page: Page, condition: str, *, seconds: float = 10) -> None:
    """Wait until an expression holds in the page. The library's own way is stopped by the content security policy."""
    give_up_at = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < give_up_at, f"Still not so after {seconds} s: {condition}"
        page.wait_for_timeout(40)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"))


def small_targets(page: Page, least: int = 44) -> list[str]:
    """What can be touched but is smaller than a thumb needs; links within sentences are exempt."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll('button, summary, input:not([type=hidden]), select, a[class]')]
          .filter((node) => node.checkVisibility() && !node.closest('dialog:not([open]), thead'))
          .filter((node) => !node.matches('p a, li a, .sr-only, .rb-skip'))
          .filter((node) => {
            const outer = node.closest('label, .input');
            const box = (outer || node).getBoundingClientRect();
            const after = getComputedStyle(node, '::after');
            const grown = after.content !== 'none' && after.position === 'absolute'
              ? parseFloat(after.height) || 0 : 0;
            return Math.max(box.height, grown) < least - 0.5;
          })
          .map((node) => node.outerHTML.slice(0, 120))""",
        least,
    )
    return found


@dataclass(frozen=True)
class Weight:
    """What travelled for a first visit, compressed as it was: by kind, in bytes."""

    kinds: dict[str, int]

    @property
    def text_and_script(self) -> int:
        """Everything but pictures and fonts."""
        return sum(bytes_ for kind, bytes_ in self.kinds.items() if kind in WEIGHED)


def first_load(browser: Browser, site: Site, path: str, membership: Membership | None = None) -> Weight:
    """Weigh a page for somebody who has never been here."""
    context = open_context(browser, site, membership)
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        kinds: dict[str, str] = {}
        sizes: dict[str, int] = {}
        session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        session.on(
            "Network.loadingFinished",
            lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}),
        )
        session.send("Network.enable")
        page.goto(site.url(path), wait_until="networkidle")
        total: dict[str, int] = {}
        for request, kind in kinds.items():
            total[kind] = total.get(kind, 0) + sizes.get(request, 0)
        return Weight(total)
    finally:
        context.close()


def photograph(page: Page, name: str, *, schemes: Sequence[Literal["light", "dark"]] = SCHEMES) -> list[Path]:
    """Photograph the page at each width, light and dark, into docs/images/, when ROLLBOOK_TEST_PICTURES is set.

    Without it a run leaves the documentation as it is: two pictures of the same page never have the same bytes.
    """
    if not os.environ.get("ROLLBOOK_TEST_PICTURES"):
        return []
    PHOTOGRAPHS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    taken = []
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        # The window grows to the page, so that what floats at its foot does not hang in the middle.
        high = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(high, HEIGHTS[width]), TALLEST[width])})
        for scheme in schemes:
            in_appearance(page, scheme)
            path = PHOTOGRAPHS / f"{name}-{width}-{scheme}.png"
            _keep_small(page.screenshot(animations="disabled"), path)
            taken.append(path)
    in_appearance(page, "light")
    if before:
        page.set_viewport_size(before)
    return taken


def _keep_small(content: bytes, path: Path) -> None:
    """A page has few colours: with a palette of its most frequent ones a picture is a third as large, and as true."""
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    frequent = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in frequent for part in colour])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
