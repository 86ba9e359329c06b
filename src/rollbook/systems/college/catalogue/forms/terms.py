"""What is typed about terms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.systems.college.catalogue.models import Term, TermWindow
from rollbook.systems.college.catalogue.services import Span


class NewTermForm(Form):
    """A term to be planned."""

    rows = (("code", "academic_year"), ("starts_on", "ends_on"))

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Such as 2026-1, 2026-2 or 2026-S."))
    academic_year = forms.CharField(label=_("Academic year"), max_length=9, help_text=_("Such as 2026-2027."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Term.Kind.choices)
    starts_on = DateField(label=_("First day"))
    ends_on = DateField(label=_("Last day"))


class TermDaysForm(Form):
    """The days of a term and of its windows. A window without days is closed."""

    rows = (
        ("starts_on", "ends_on"),
        *((f"{kind.lower()}_opens", f"{kind.lower()}_closes") for kind in TermWindow.Kind.values),
    )

    starts_on = DateField(label=_("First day"))
    ends_on = DateField(label=_("Last day"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in TermWindow.Kind:
            self.fields[f"{kind.value.lower()}_opens"] = DateField(
                label=_("%(window)s opens") % {"window": kind.label}, required=False
            )
            self.fields[f"{kind.value.lower()}_closes"] = DateField(
                label=_("Closes, to the end of the day"), required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for kind in TermWindow.Kind.values:
            opens, closes = self._days(kind)
            if (opens is None) != (closes is None):
                missing = "closes" if closes is None else "opens"
                self.add_error(f"{kind.lower()}_{missing}", _("A window has a first and a last day."))
        return cleaned

    def windows(self) -> dict[str, Span | None]:
        """The windows as the service takes them."""
        spans: dict[str, Span | None] = {}
        for kind in TermWindow.Kind.values:
            opens, closes = self._days(kind)
            spans[kind] = Span(opens, closes) if opens and closes else None
        return spans

    def _days(self, kind: str) -> tuple[date | None, date | None]:
        return self.cleaned_data.get(f"{kind.lower()}_opens"), self.cleaned_data.get(f"{kind.lower()}_closes")
