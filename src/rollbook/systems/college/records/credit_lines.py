"""Lines of credits as they are typed or pasted, and back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid
from rollbook.core.figures import plain
from rollbook.systems.college.records.models import TransferCredit
from rollbook.systems.college.records.services import NewCredit

CELLS = 6


def read_lines(text: str, subject_ids: Mapping[str, UUID]) -> list[NewCredit]:
    """One credit a line: code there; title; units; grade; code here; units granted. Tabs or semicolons between.

    `subject_ids`: the college's subjects by code, in lower case. Every line that cannot be read is named.
    """
    found, errors = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_read(line, subject_ids))
        except ValueError as problem:
            errors.append({"field": "lines", "message": _("Line %(number)s: %(problem)s") % {
                "number": number, "problem": problem,
            }})  # fmt: skip
    if errors:
        raise Invalid(errors=errors)
    return found


def _read(line: str, subject_ids: Mapping[str, UUID]) -> NewCredit:
    cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
    if len(cells) != CELLS:
        raise ValueError(_("write six parts, with semicolons between them."))
    code, title, units, grade, ours, granted = cells
    if ours.lower() not in subject_ids:
        raise ValueError(_("there is no subject %(code)s here.") % {"code": ours or "—"})
    return NewCredit(code, _units(units), grade, subject_ids[ours.lower()], _units(granted), title)


def _units(text: str) -> Decimal:
    try:
        units = Decimal(text)
    except InvalidOperation:
        units = Decimal("NaN")
    if not units.is_finite() or units % Decimal("0.5") or not 0 < units < 100:
        raise ValueError(_("“%(text)s” is not a number of units such as 3 or 1.5.") % {"text": text})
    return units


def write_lines(credits_shown: Iterable[TransferCredit]) -> str:
    """The lines of a draft, to be changed."""
    return "\n".join(
        "; ".join(
            [
                row.external_code, row.external_title, plain(row.external_units), row.external_grade, row.subject.code,
                plain(row.units_granted),
            ]
        )
        for row in credits_shown
    )  # fmt: skip
