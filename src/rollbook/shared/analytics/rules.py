"""What a run of a report may do, decided without the database."""

from typing import Final

#: Up to this many rows are answered at once; more are written in the background.
MOST_AT_ONCE: Final = 5_000
#: Rows of the preview on a report's page.
SHOWN: Final = 50
#: Rows fetched, and counted as progress, at a time.
CHUNK: Final = 2_000
KEEP_DAYS: Final = 30
FORMATS: Final = ("csv", "xlsx", "pdf")

#: Institutions of these countries print on Letter, the others on A4 (CLDR, measurement of paper).
LETTER_COUNTRIES: Final = frozenset(
    {"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"}
)


def is_answered_at_once(rows: int) -> bool:
    """Whether a report of so many rows is short enough to wait for."""
    return rows <= MOST_AT_ONCE


def prints_on_letter(country: str) -> bool:
    """Whether the printers of a country hold Letter."""
    return country.upper() in LETTER_COUNTRIES
