"""Fields that read what people type in their own locale."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rollbook.core.money import Money, NotAnAmount
from rollbook.core.web import formatting


class MoneyInput(forms.TextInput):
    """A large field with the currency in front; digits from a phone's number pad."""

    template_name = "rollbook/forms/money.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, is_big: bool = True) -> None:
        super().__init__(attrs)
        self.currency = ""
        self.is_big = is_big

    def format_value(self, value: Any) -> str | None:
        return formatting.figures(value) if isinstance(value, Money) else super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(
            style=formatting.amount_style(formatting.current_locale(), self.currency),
            zero=formatting.figures(Money(0, self.currency)),
            is_big=self.is_big,
        )
        return context


class MoneyField(forms.Field):
    """An amount in the form's currency. Cleaned: `Money`, never less than `minimum_minor`."""

    widget = MoneyInput

    def __init__(
        self,
        *,
        currency: str = "",
        minimum_minor: int = 1,
        preview_url: str = "",
        preview_target: str = "",
        is_big: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", MoneyInput(is_big=is_big))
        super().__init__(**kwargs)
        self.minimum_minor = minimum_minor
        self.preview_url = preview_url
        self.preview_target = preview_target
        self.in_currency(currency)

    def in_currency(self, currency: str) -> None:
        """Say which currency is typed. The form does it with the institution's, unless the field has its own."""
        self.currency = currency
        self.widget.currency = currency

    def to_python(self, value: Any) -> Money | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Money):
            return value
        try:
            amount = formatting.parse_amount(str(value), self.currency)
        except NotAnAmount as refusal:
            raise ValidationError(
                _("Enter an amount such as %(example)s."), code="invalid", params={"example": refusal.facts["example"]}
            ) from refusal
        if amount.minor < self.minimum_minor:
            least = formatting.amount_text(Money(self.minimum_minor, self.currency))
            raise ValidationError(_("Enter at least %(least)s."), code="too_little", params={"least": least})
        return amount

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}


class DateField(forms.DateField):
    """A calendar day, from the device's own date picker."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.earliest = earliest
        self.latest = latest
        for name, day in (("min", earliest), ("max", latest)):
            if day:
                self.widget.attrs[name] = day.isoformat()

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and self.earliest and day < self.earliest:
            raise ValidationError(
                _("Choose %(day)s or later."), code="too_early", params={"day": formatting.day_text(self.earliest)}
            )
        if day and self.latest and day > self.latest:
            raise ValidationError(
                _("Choose %(day)s or earlier."), code="too_late", params={"day": formatting.day_text(self.latest)}
            )
        return day
