"""What people type at the counter, and the checks that need no record."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rollbook.core.money import Money
from rollbook.core.web.forms import DateField, Form, MoneyField
from rollbook.shared.billing.models import Payment, Reversal, ShiftMovement
from rollbook.shared.billing.services.payments import LARGEST_MINOR
from rollbook.systems.college.forms import LONGEST_REASON, ReasonForm

#: Ways to pay that a cashier can choose; what came through a gateway is recorded by itself.
COUNTER_CHOICES = [(value, label) for value, label in Payment.Method.choices if value != Payment.Method.ONLINE_GATEWAY]


class AmountField(MoneyField):
    """An amount of a payment. Whatever does not fit gets the one sentence that says what does."""

    def to_python(self, value: Any) -> Money | None:
        try:
            amount = super().to_python(value)
        except ValidationError as refusal:
            raise self._refused() from refusal
        if amount is not None and amount.minor > LARGEST_MINOR:
            raise self._refused()
        return amount

    def _refused(self) -> ValidationError:
        return ValidationError(_("Enter an amount from 0.01 to 9,999,999.99 with two decimals."), code="amount")


class PaymentForm(Form):
    """Money that is handed over. Without an amount the counter proposes what is due next."""

    amount = AmountField(label=_("Amount"), required=False, preview_target="#landing")
    method = forms.ChoiceField(
        label=_("Method"), choices=COUNTER_CHOICES, initial=Payment.Method.CASH, widget=forms.RadioSelect
    )
    external_reference = forms.CharField(
        label=_("Reference"), max_length=100, required=False,
        help_text=_("Of the bank, card or wallet. Cash needs none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    term_enrolment_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, preview_url: str = "", placeholder: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount: Any = self.fields["amount"]
        amount.preview_url = preview_url
        amount.widget.attrs.update({"autofocus": True, "enterkeyhint": "next"})
        if placeholder:
            amount.widget.attrs["data-suggested"] = placeholder

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        reference = cleaned.get("external_reference", "")
        if cleaned.get("method") and cleaned["method"] != Payment.Method.CASH and not reference:
            self.add_error(
                "external_reference", _("Enter the reference of the bank, card or wallet; only cash goes without one.")
            )
        return cleaned


class OpenShiftForm(Form):
    """The station and what lies in its drawer."""

    rows = (("station", "opening_float"),)

    station = forms.CharField(label=_("Station"), max_length=40, help_text=_("As it is called here, such as Window 2."))
    opening_float = MoneyField(
        label=_("Cash in the drawer"), minimum_minor=0, is_big=False, help_text=_("Count it before the first payment.")
    )


class CashForm(Form):
    """Cash to the safe, or change into the drawer."""

    kind = forms.ChoiceField(
        label=_("What happens"),
        choices=[
            (ShiftMovement.Kind.PICK_UP, _("Cash goes to the safe")),
            (ShiftMovement.Kind.TOP_UP, _("Change comes into the drawer")),
        ],
        initial=ShiftMovement.Kind.PICK_UP,
        widget=forms.RadioSelect,
    )
    amount = MoneyField(label=_("Amount"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False, help_text=_("Who took it, which envelope."))


class CountForm(Form):
    """The pieces in the drawer, one field for each face value."""

    def __init__(self, *args: Any, faces: list[tuple[int, str]], preview_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for minor, label in faces:
            # Not a number field: its arrows and its wheel change a count that nobody meant to change.
            field = forms.IntegerField(
                label=label, min_value=0, max_value=1_000_000, required=False, widget=forms.TextInput()
            )
            field.widget.attrs.update(
                {
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "placeholder": "0",
                    "hx-post": preview_url,
                    "hx-trigger": "input changed delay:200ms",
                    "hx-target": "#count",
                    "hx-swap": "innerHTML",
                    "hx-include": "closest form",
                    "hx-sync": "closest form:replace",
                    "hx-disabled-elt": "unset",
                }
            )
            self.fields[f"face_{minor}"] = field
        self.fields["reason"] = forms.CharField(
            label=_("What happened"), required=False, max_length=LONGEST_REASON,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip

    @property
    def pieces(self) -> dict[str, int]:
        """Face value in minor units → pieces, without those of which there are none."""
        cleaned = getattr(self, "cleaned_data", {})
        found = {name.removeprefix("face_"): value for name, value in cleaned.items() if name.startswith("face_")}
        return {face: int(count) for face, count in found.items() if count}

    @property
    def face_fields(self) -> list[forms.BoundField]:
        """The fields of the face values."""
        return [self[name] for name in self.fields if name.startswith("face_")]


class RefundForm(ReasonForm):
    """How much to give back, and how."""

    field_order = ("amount", "method", "reason")

    amount = MoneyField(label=_("Amount to give back"), is_big=False)
    method = forms.ChoiceField(label=_("Given back by"), choices=COUNTER_CHOICES, initial=Payment.Method.CASH)

    def __init__(self, *args: Any, is_online: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_online:
            # The way it came is the way back that nobody has to carry; the others stay open.
            method: Any = self.fields["method"]
            method.choices = [(Payment.Method.ONLINE_GATEWAY, _("Online, as it was paid")), *COUNTER_CHOICES]
            method.initial = Payment.Method.ONLINE_GATEWAY


class OnlineForm(Form):
    """How much a student pays online."""

    amount = AmountField(label=_("Amount"))
    term_enrolment_id = forms.UUIDField(widget=forms.HiddenInput, required=False)


class ReversalForm(ReasonForm):
    """A payment that the bank took back."""

    field_order = ("kind", "reason")

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (Reversal.Kind.BOUNCED, _("The cheque bounced")),
            (Reversal.Kind.CHARGEBACK, _("It was charged back")),
        ],
        widget=forms.RadioSelect,
        initial=Reversal.Kind.BOUNCED,
    )


class NoteForm(Form):
    """A promise to pay one month."""

    rows = (("month", "due_on"),)

    month = forms.TypedChoiceField(label=_("Month"), coerce=int)
    due_on = DateField(label=_("Promised for"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, months: list[tuple[int, str]], earliest: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month: Any = self.fields["month"]
        month.choices = months
        if earliest:
            self.fields["due_on"].widget.attrs["min"] = earliest.isoformat()


class BankFileForm(Form):
    """A file of payments from the bank."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with the columns reference, student_number, amount, method, paid_at; at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )


class ResolveForm(Form):
    """The term that a row of a bank file belongs to."""

    term_enrolment_id = forms.TypedChoiceField(label=_("Term"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, terms: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term: Any = self.fields["term_enrolment_id"]
        term.choices = terms
        if len(terms) == 1:
            term.initial = terms[0][0]
