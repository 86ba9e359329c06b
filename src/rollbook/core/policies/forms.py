"""The form that changes a setting: one field that fits its type, a day, a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.money import Money
from rollbook.core.policies.register import Policy
from rollbook.core.policies.types import Amount, Choice, Rate, Text, WholeNumber, YesNo
from rollbook.core.web.forms import DateField, Form, MoneyField


class PolicyForm(Form):
    """A new value, from when, and why."""

    effective_on = DateField(
        label=_("From"), required=False, help_text=_("Empty: from now. A day in the past changes what stands already.")
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    expected_number = forms.IntegerField(widget=forms.HiddenInput)
    confirmed_affected = forms.IntegerField(
        label=_("Number of records that change"),
        required=False,
        min_value=0,
        help_text=_("Only for a day in the past: look first, then type the number that you were shown."),
    )

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.fields["value"] = value_field(policy)
        self.order_fields(["value", "effective_on", "reason", "confirmed_affected", "expected_number"])

    @property
    def value(self) -> Any:
        """The value as the setting's type takes it."""
        typed = self.cleaned_data["value"]
        if isinstance(typed, Money):
            return typed.minor
        return bool(int(typed)) if isinstance(self.policy.type, YesNo) else typed


def value_field(policy: Policy) -> forms.Field:
    """The field that a setting's type is typed into."""
    kind, label = policy.type, policy.label
    match kind:
        case WholeNumber():
            return forms.IntegerField(label=label, min_value=kind.minimum, max_value=kind.maximum)
        case Amount():
            return MoneyField(label=label, minimum_minor=kind.minimum_minor or 0, is_big=False)
        case Rate():
            return forms.DecimalField(label=label, min_value=kind.minimum, max_value=kind.maximum)
        case YesNo():
            return forms.ChoiceField(label=label, choices=[("1", _("Yes")), ("0", _("No"))], widget=forms.RadioSelect)
        case Choice():
            return forms.ChoiceField(label=label, choices=list(kind.options.items()))
        case Text():
            return forms.CharField(label=label, max_length=kind.maximum_length, required=False)
    raise TypeError(f"{type(kind).__name__} has no field to type it into.")


def initial_value(policy: Policy, value: Any, currency: str) -> Any:
    """The present value as its field shows it."""
    if isinstance(policy.type, Amount):
        return Money(value, currency)
    return str(int(value)) if isinstance(policy.type, YesNo) else value
