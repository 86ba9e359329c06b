"""Standing and honours, judged on the figures that everybody sees (R54)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rollbook.systems.college.grading.rules.scales import LOWER_BETTER

GOOD, WARNING, PROBATION, SUSPENDED = "GOOD", "WARNING", "PROBATION", "SUSPENDED"
#: From best to worst.
SEVERITY = (GOOD, WARNING, PROBATION, SUSPENDED)


@dataclass(frozen=True, slots=True)
class StandingBand:
    """A standing, and what earns it: a share of failed units, or an average that is worse than a limit."""

    standing: str
    failed_percent: int | None = None
    #: An average worse than this one, as displayed. In the term, or over all terms.
    worse_than: Decimal | None = None
    is_cumulative: bool = False


@dataclass(frozen=True, slots=True)
class HonoursBand:
    """A distinction, and the average that is at least as good as its limit."""

    name: str
    at_least: Decimal
    #: Fewer graded units than this are not a full load.
    least_units: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is judged: the displayed averages and the units."""

    term_gpa: Decimal | None
    cumulative_gpa: Decimal | None
    units_attempted: Decimal
    units_failed: Decimal
    direction: str = LOWER_BETTER


DEFAULT_STANDINGS = (
    StandingBand(WARNING, failed_percent=25),
    StandingBand(PROBATION, failed_percent=50),
    StandingBand(SUSPENDED, failed_percent=75),
)
#: What a college of each direction begins with; every programme may have its own.
DEFAULT_HONOURS = {
    LOWER_BETTER: (
        HonoursBand("President's list", Decimal("1.25"), Decimal(15)),
        HonoursBand("Dean's list", Decimal("1.75"), Decimal(15)),
    ),
    "HIGHER_BETTER": (
        HonoursBand("President's list", Decimal("3.90"), Decimal(15)),
        HonoursBand("Dean's list", Decimal("3.50"), Decimal(15)),
    ),
}


def standing_of(figures: Figures, bands: Iterable[StandingBand] = DEFAULT_STANDINGS) -> str:
    """The gravest standing whose band is met; GOOD where none is."""
    met = [band.standing for band in bands if _is_met(band, figures)]
    return max(met, key=SEVERITY.index, default=GOOD)


def limit_of_average(bands: Iterable[StandingBand], direction: str) -> Decimal | None:
    """The average over all terms beyond which a student is no longer in good standing; None where no band says one."""
    limits = [band.worse_than for band in bands if band.is_cumulative and band.worse_than is not None]
    if not limits:
        return None
    return min(limits) if direction == LOWER_BETTER else max(limits)


def _is_met(band: StandingBand, figures: Figures) -> bool:
    if band.failed_percent is not None and figures.units_attempted > 0:
        share = Fraction(figures.units_failed) / Fraction(figures.units_attempted)
        if share * 100 >= band.failed_percent:
            return True
    gpa = figures.cumulative_gpa if band.is_cumulative else figures.term_gpa
    if band.worse_than is None or gpa is None:
        return False
    return gpa > band.worse_than if figures.direction == LOWER_BETTER else gpa < band.worse_than


def honours_of(figures: Figures, bands: Sequence[HonoursBand], *, graded_units: Decimal) -> str:
    """The highest distinction that the displayed average of the term reaches; nobody with a failed unit has one."""
    if figures.term_gpa is None or figures.units_failed > 0:
        return ""
    lower = figures.direction == LOWER_BETTER
    for band in sorted(bands, key=lambda band: band.at_least, reverse=not lower):
        reaches = figures.term_gpa <= band.at_least if lower else figures.term_gpa >= band.at_least
        if reaches and graded_units >= band.least_units:
            return band.name
    return ""
