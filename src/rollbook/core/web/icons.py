"""Icons: lucide's shapes, those listed in `frontend/icons.json`, in one file that pages refer to."""

import re
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).parent / "static" / "rollbook" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)


class UnknownIcon(LookupError):
    """A programming mistake: the icon is not in frontend/icons.json, so it was not built."""


@cache
def shapes() -> dict[str, str]:
    """The drawing of every icon that is shipped, by name."""
    return dict(_SYMBOL.findall(SPRITE.read_text("utf-8")))


@cache
def icon(name: str, label: str = "", inline: bool = False) -> SafeString:
    """An icon by its lucide name. Without a label it is decoration and silent to screen readers.

    `inline` draws it into the page, for pages that should fetch as little as possible.
    """
    if name not in shapes():
        raise UnknownIcon(f"There is no icon {name!r}. Add its lucide name to frontend/icons.json and rebuild.")
    drawing = shapes()[name] if inline else f'<use href="{static("rollbook/icons.svg")}#{name}"/>'
    spoken = format_html('role="img" aria-label="{}"', conditional_escape(label)) if label else 'aria-hidden="true"'
    # Name and drawing are our own; the label is escaped above.
    return mark_safe(f'<svg class="rb-icon" viewBox="0 0 24 24" focusable="false" {spoken}>{drawing}</svg>')  # noqa: S308 - our own drawing
