"""What is typed about papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.systems.college.credentials.kinds import PAPERS


class ReleaseForm(Form):
    """A paper to release."""

    rows = (("paper", "term_enrolment_id"), ("purpose", "copies"))

    paper = forms.ChoiceField(label=_("Paper"))
    term_enrolment_id = forms.ChoiceField(
        label=_("Term"), required=False, help_text=_("For papers about one term; the latest when left out.")
    )
    purpose = forms.CharField(label=_("For"), max_length=200, help_text=_("Such as: application for a scholarship"))
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=20, initial=1)
    despite_hold = forms.CharField(
        label=_("Despite a hold, because"), max_length=500, required=False,
        help_text=_("Only the head registrar releases papers that are held."),
    )  # fmt: skip

    def __init__(self, *args: Any, terms: list[tuple[str, str]], may_pass_hold: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("paper", [(code, declared.label) for code, declared in PAPERS.items()])
        self._choose("term_enrolment_id", [("", _("The latest")), *terms])
        if not may_pass_hold:
            del self.fields["despite_hold"]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices
