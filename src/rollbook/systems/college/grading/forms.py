"""What is typed about sheets, changes and incompletes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.forms import ReasonForm, reason_field


def _reason(label: Any = None) -> forms.CharField:
    return reason_field(label, help_text=_("At least ten letters; it is kept with the grade."))


class ReturnForm(Form):
    """Why a sheet goes back."""

    reason = _reason(_("What has to be corrected"))
    open_until = DateField(
        label=_("Open until"), required=False, help_text=_("After the grading window it stays open for three days.")
    )


class LateForm(Form):
    """Until when a sheet is open after the window."""

    until = DateField(label=_("Open until"))
    reason = _reason()


class ChangeForm(Form):
    """Another value of a finalised grade."""

    grade = forms.CharField(
        label=_("New grade"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    reason = _reason()
    evidence_note = forms.CharField(
        label=_("Where the evidence is"), max_length=200, help_text=_("Such as: class record, page 4.")
    )


class GradeReasonForm(ReasonForm):
    """A step that needs a reason, which is kept with the grade."""

    reason = _reason()


class ResolvingGradeForm(Form):
    """The grade that ends an incomplete."""

    grade = forms.CharField(
        label=_("Grade"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


class ExtensionForm(Form):
    """More time."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=90)
    reason = _reason()


class GradeFileForm(Form):
    """A file of grades."""

    file = forms.FileField(label=_("CSV or XLSX"), help_text=_("With the columns student_number and grade."))


class BandsForm(Form):
    """The bands of one kind, a line each."""

    programme_id = forms.TypedChoiceField(label=_("For"), required=False)
    lines = forms.CharField(
        label=_("Bands"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Nothing at all: as usual."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programme_id"]
        rows = Programme.objects.order_by("code").values_list("id", "code")
        field.choices = [("", _("Every programme without rules of its own")), *((str(key), code) for key, code in rows)]
