"""What is typed about exams, permits and certificates."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.shared.documents.rules import scanned
from rollbook.systems.college.exams.services.periods import MOST_MONTHS


class ExamForm(Form):
    """One exam: what it is called, and its days."""

    rows = (("opens_on", "closes_on"),)

    name = forms.CharField(label=_("Name"), max_length=60)
    opens_on = DateField(label=_("First day"))
    closes_on = DateField(label=_("Last day"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewExamForm(Form):
    """One more exam of a term."""

    rows = (("code", "name"), ("opens_on", "closes_on"))

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Such as CHAPTER."))
    name = forms.CharField(label=_("Name"), max_length=60)
    opens_on = DateField(label=_("First day"))
    closes_on = DateField(label=_("Last day"))
    month = forms.IntegerField(
        label=_("Opens with month"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("Months 1 to this one are paid or covered."),
    )


class MonthsForm(Form):
    """The month that each exam of a term asks for."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least ten letters; it is kept with the change."),
    )
    confirmation = forms.CharField(
        label=_("The term's code, to confirm"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(
        self, *args: Any, exams: list[tuple[UUID, str]], preview_url: str = "", has_students: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # As long as nobody is enrolled in the term, nobody's permit hangs on it.
        if not has_students:
            del self.fields["confirmation"]
        for exam_period_id, name in exams:
            field = forms.TypedChoiceField(
                label=name, coerce=int, choices=[(month, str(month)) for month in range(1, MOST_MONTHS + 1)]
            )
            field.widget.attrs.update(
                {
                    "hx-post": preview_url,
                    "hx-trigger": "change",
                    "hx-target": "#impact",
                    "hx-swap": "innerHTML",
                    "hx-include": "closest form",
                    "hx-sync": "closest form:replace",
                    "hx-disabled-elt": "unset",
                }
            )
            self.fields[f"month_{exam_period_id}"] = field

    @property
    def months(self) -> dict[UUID, int]:
        """The month of each exam."""
        cleaned = getattr(self, "cleaned_data", {})
        return {UUID(n.removeprefix("month_")): v for n, v in cleaned.items() if n.startswith("month_") and v}

    @property
    def month_fields(self) -> list[forms.BoundField]:
        """The fields of the months."""
        return [self[name] for name in self.fields if name.startswith("month_")]


class CodeForm(Form):
    """A permit at the door."""

    code = forms.CharField(
        label=_("Code"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    class_name = forms.CharField(
        label=_("Class"),
        max_length=60,
        required=False,
        help_text=_("Such as IT101 BSIT-1A. With a class, the student is let in; without, the permit is only checked."),
    )

    def clean_code(self) -> str:
        """The QR of a permit is the address on which anybody may verify it; its code stands at the end."""
        code = scanned(self.cleaned_data["code"])
        # The field shows the code from now on, as it stands on the permit.
        self.data = {name: self.data[name] for name in self.data} | {"code": code}
        return code


class WaiverForm(Form):
    """One exam to open for one student, and why."""

    exam_period_id = forms.ChoiceField(label=_("Exam"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, exams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        exam: Any = self.fields["exam_period_id"]
        exam.choices = exams


class CertificateForm(Form):
    """A certificate of a public office."""

    rows = (("valid_from", "valid_until"),)

    issuing_office = forms.CharField(label=_("Issuing office"), max_length=160)
    number = forms.CharField(label=_("Number"), max_length=60)
    valid_from = DateField(label=_("Valid from"))
    valid_until = DateField(label=_("Valid until"))
