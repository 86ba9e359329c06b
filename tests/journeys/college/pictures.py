"""Pictures of whole pages for the documentation: the window grows to the page, so nothing floats in the middle."""

from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.support import DESK, HEIGHTS, PHONE, PHOTOGRAPHS

#: No page is photographed further down than this.
TALLEST = 3200


def take(page: Page, name: str, *, widths: tuple[int, ...] = (PHONE, DESK)) -> list[Path]:
    """Photograph the page at each width, light and dark, into docs/images/."""
    PHOTOGRAPHS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    taken = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        high = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(high, HEIGHTS[width]), TALLEST)})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(200)
            path = PHOTOGRAPHS / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=path, animations="disabled")
            taken.append(path)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if before:
        page.set_viewport_size(before)
    return taken
