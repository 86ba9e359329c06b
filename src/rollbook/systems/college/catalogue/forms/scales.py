"""What is typed about grade scales."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.systems.college.catalogue.models import GradeScale, GradeValue
from rollbook.systems.college.catalogue.shipped_scales import Mark

_WORDS = ("passes", "average", "units")


class ScaleForm(Form):
    """A new version of a scale: one mark on each line."""

    rows = (("direction", "minimum_pass", "effective_from"),)

    name = forms.CharField(label=_("Name"), max_length=120)
    direction = forms.ChoiceField(label=_("Order"), choices=GradeScale.Direction.choices)
    minimum_pass = forms.DecimalField(label=_("Least pass"), min_value=0, max_value=99, decimal_places=2)
    effective_from = DateField(label=_("For grades from"))
    marks = forms.CharField(
        label=_("Marks, the best first"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=_("On each line: mark, number, kind, and the words passes, average, units where they hold."),
    )  # fmt: skip
    expected_number = forms.IntegerField(widget=forms.HiddenInput)

    def clean_marks(self) -> list[Mark]:
        lines = [line for line in self.cleaned_data["marks"].splitlines() if line.strip()]
        return [_mark(number, line) for number, line in enumerate(lines, start=1)]


def written(mark: GradeValue) -> str:
    """A mark as a line of the form."""
    holds = zip(_WORDS, (mark.passes, mark.counts_in_gpa, mark.earns_units), strict=True)
    parts = [mark.symbol, "" if mark.numeric is None else str(mark.numeric), mark.kind]
    return ", ".join([*parts, *(word for word, is_so in holds if is_so)])


def _mark(number: int, line: str) -> Mark:
    symbol, *rest = [part.strip() for part in line.split(",")]
    if len(rest) < 2 or set(rest[2:]) - set(_WORDS) or rest[1].upper() not in GradeValue.Kind.values:
        text = now("Line %(number)s cannot be read. Write it like: 1.25, 1.25, NUMERIC, passes, average, units")
        raise forms.ValidationError(text % {"number": number})
    try:
        numeric = Decimal(rest[0]) if rest[0] else None
    except InvalidOperation as error:
        raise forms.ValidationError(now("Line %(number)s: the number cannot be read.") % {"number": number}) from error
    if numeric is not None and (not numeric.is_finite() or not 0 <= numeric < 100):
        raise forms.ValidationError(now("Line %(number)s: the number lies from 0 to 99.99.") % {"number": number})
    return Mark(
        symbol, rest[1].upper(), numeric, passes="passes" in rest, counts_in_gpa="average" in rest,
        earns_units="units" in rest,
    )  # fmt: skip
