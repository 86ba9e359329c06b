"""Bands of standing and honours as people type them, a line for each; pure."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid
from rollbook.core.figures import plain
from rollbook.systems.college.grading.services.standing import Bands, NewRule

HONOURS = "HONOURS"
#: What a line says when the average of all terms together is meant.
OVERALL = "overall"


def read_bands(kind: str, text: str) -> list[NewRule]:
    """Standing: "WARNING; 25%; 3.00; overall". Honours: "Dean's list; 1.75; 15". Every fault is told with its line."""
    rules, errors = [], []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), start=1):
        cells = [cell.strip() for cell in line.replace("\t", ";").split(";")]
        try:
            rules.append(_honours(cells) if kind == HONOURS else _standing(cells))
        except (InvalidOperation, ValueError):
            where = _("Line %(number)s: ") % {"number": number}
            errors.append({"field": "lines", "message": where + _("write it as the example above does.")})
    if errors:
        raise Invalid(errors=errors)
    return rules


def write_bands(kind: str, bands: Bands) -> str:
    """The bands as `read_bands` takes them."""
    if kind == HONOURS:
        return "\n".join(f"{one.name}; {one.at_least}; {plain(one.least_units)}" for one in bands.honours)
    return "\n".join(
        "; ".join(
            (
                one.standing,
                "" if one.failed_percent is None else f"{one.failed_percent}%",
                "" if one.worse_than is None else str(one.worse_than),
                OVERALL if one.is_cumulative else "",
            )
        ).rstrip("; ")
        for one in bands.standings
    )


def _standing(cells: Sequence[str]) -> NewRule:
    name, percent, average, overall = (*cells, "", "", "", "")[:4]
    if len(cells) > 4 or overall not in {"", OVERALL}:
        raise ValueError
    return NewRule(
        name=name.upper(), failed_percent=int(percent.rstrip("%")) if percent else None,
        gpa_limit=_average(average) if average else None, is_cumulative=overall == OVERALL,
    )  # fmt: skip


def _honours(cells: Sequence[str]) -> NewRule:
    name, average, units = (*cells, "", "")[:3]
    if len(cells) > 3:
        raise ValueError
    return NewRule(name=name, gpa_limit=_average(average), least_units=_average(units) if units else Decimal(0))


def _average(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or not 0 <= found < 100:
        raise ValueError
    return found
