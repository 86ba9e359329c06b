"""What is typed about enrolment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.systems.college.catalogue.models import Term


class EnrolForm(Form):
    """The term that a student is enrolled in."""

    rows = (("term_id", "year_level"),)

    term_id = forms.ChoiceField(label=_("Term"))
    year_level = forms.IntegerField(label=_("Year level"), min_value=1, max_value=8, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Term.objects.filter(state__in=[Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS])
        rows = open_ones.order_by("-is_current", "-starts_on").values_list("id", "code")
        field: Any = self.fields["term_id"]
        field.choices = [(str(term_id), code) for term_id, code in rows]


class OverrideForm(Form):
    """Why a student may enrol although month 1 is not paid."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("At least 10 characters. It stands on the record with your name."),
    )  # fmt: skip
