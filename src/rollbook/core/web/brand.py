"""One accent per institution: its own colour, moved only as far as it must be to stay readable.

The accent writes words on the ground and carries words itself, so it is checked against both, in light and in dark.
"""

import colorsys
import re
from functools import cache
from typing import NamedTuple

#: Grounds of the two appearances (`frontend/src/css/theme.css`): the page, and the panel behind quiet parts.
LIGHT_GROUNDS = ("#ffffff", "#f6f7f8")
DARK_GROUNDS = ("#0f1215", "#1a1f25")
ON_LIGHT, ON_DARK = "#ffffff", "#0c1014"
#: WCAG 2.2 AA for text of any size, with a little to spare for rounding.
ENOUGH = 4.6
#: How much of the accent is mixed into the ground behind the current item of a menu.
SOFT_PERCENT = 9
DEFAULT_ACCENT = "#1f5fbf"

_HEX = re.compile(r"#[0-9a-f]{6}\Z")


class Accent(NamedTuple):
    """The accent as it is used in each appearance."""

    on_light: str
    on_dark: str


class Colour(NamedTuple):
    """Red, green and blue, 0–255."""

    red: int
    green: int
    blue: int

    @classmethod
    def of(cls, text: str) -> "Colour":
        return cls(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))

    @property
    def text(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def mixed(self, other: "Colour", percent: int) -> "Colour":
        """This colour with `percent` of another in it."""
        return Colour(*(round((a * (100 - percent) + b * percent) / 100) for a, b in zip(self, other, strict=True)))


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio between two colours, from 1 to 21."""
    light, dark = sorted((luminance(Colour.of(one)), luminance(Colour.of(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def accent_of(wished: str) -> Accent:
    """The institution's colour, darkened or lightened until words in it and on it are readable."""
    wished = wished.lower()
    base = Colour.of(wished if _HEX.match(wished) else DEFAULT_ACCENT)
    return Accent(
        on_light=_readable(base, step=-1, grounds=LIGHT_GROUNDS, words=ON_LIGHT),
        on_dark=_readable(base, step=1, grounds=DARK_GROUNDS, words=ON_DARK),
    )


def _readable(base: Colour, *, step: int, grounds: tuple[str, ...], words: str) -> str:
    """Move the lightness percent by percent, keeping hue and strength, until everything can be read."""
    hue, lightness, strength = colorsys.rgb_to_hls(*(part / 255 for part in base))
    start = round(lightness * 100)
    for percent in range(start, 101 if step > 0 else -1, step):
        parts = colorsys.hls_to_rgb(hue, percent / 100, strength)
        candidate = base if percent == start else Colour(*(round(part * 255) for part in parts))
        soft = Colour.of(grounds[0]).mixed(candidate, SOFT_PERCENT).text
        if all(contrast(candidate.text, ground) >= ENOUGH for ground in (*grounds, soft, words)):
            return candidate.text
    return "#ffffff" if step > 0 else "#000000"


def style_sheet(wished: str) -> str:
    """The two lines of CSS by which a page takes on an institution's accent."""
    accent = accent_of(wished)
    return f":root{{--brand-on-light:{accent.on_light};--brand-on-dark:{accent.on_dark}}}\n"


def favicon(wished: str) -> str:
    """The mark in the browser's tab: an open book in the institution's colour."""
    accent = accent_of(wished)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="8" fill="{accent.on_light}"/>'
        '<path d="M16 10v13M16 10c-2-1.8-4.6-2.4-8-2.4v13c3.4 0 6 .6 8 2.4 2-1.8 4.6-2.4 8-2.4v-13c-3.4 0-6 .6-8 2.4z" '
        'fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round"/></svg>'
    )


def is_colour(text: str) -> bool:
    """Tell whether the text is a six-digit hex colour."""
    return bool(_HEX.match(text.lower()))
