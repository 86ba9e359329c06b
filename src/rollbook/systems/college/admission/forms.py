"""Forms of the college's admission."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.core.web.forms.fields import DateField, MoneyField


class NothingToAgree(Form):
    """A shifter studies here already; of several applicants the fee schedule says what each pays."""


class AssessedForm(Form):
    """Whether the student is made now; what they pay, the fee schedule says."""

    makes_student = forms.BooleanField(
        label=_("Make the student now"), required=False, initial=True,
        help_text=_("Number, account, enrolment and plan at once. Without it the applicant is admitted and waits."),
    )  # fmt: skip


class AgreedForm(Form):
    """What each of several new students pays: months of the amount that they planned."""

    rows: ClassVar[tuple[tuple[str, ...], ...]] = (("instalments", "first_due_on"),)

    instalments = forms.IntegerField(label=_("Months"), min_value=1, max_value=12)
    first_due_on = DateField(label=_("First month due on"))


class AdmitForm(AgreedForm, AssessedForm):
    """What the new student pays, and whether the student is made now."""

    field_order = ("monthly", "instalments", "first_due_on", "makes_student")

    monthly = MoneyField(
        label=_("Each month"), required=False, minimum_minor=1, help_text=_("What was agreed; each month is the same.")
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("makes_student") and not cleaned.get("monthly") and "monthly" not in self.errors:
            self.add_error("monthly", _("Enter what the student pays a month."))
        return cleaned
