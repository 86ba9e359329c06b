"""What is typed about enrolment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.services.enrolling import OverrideWanted
from rollbook.systems.college.forms import reason_field


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


class DropForm(Form):
    """Why a class is left, and which others go with it."""

    reason = forms.CharField(label=_("Why (if you like)"), max_length=500, required=False)
    together_with = forms.MultipleChoiceField(
        label=_("Drop together with it"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A lecture and its laboratory go together."),
    )  # fmt: skip

    def __init__(self, *args: Any, options: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["together_with"]
        field.choices = options
        if not options:
            del self.fields["together_with"]

    def clean(self) -> dict[str, Any]:
        """What is not asked is nothing."""
        return {"together_with": [], **(super().clean() or self.cleaned_data)}


class DeskDropForm(DropForm):
    """The same at the desk, where the window may be set aside."""

    override = forms.CharField(
        label=_("Reason for leaving outside the window"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only when the window is closed. At least 10 characters; it stands on the record with your name."),
    )  # fmt: skip

    def overrides(self) -> list[OverrideWanted]:
        """The window, where a reason is given for it."""
        reason = self.cleaned_data["override"]
        return [OverrideWanted("WINDOW", reason)] if reason else []


class WithdrawForm(DeskDropForm):
    """Why a student is withdrawn from a class, and which others go with it."""

    reason = reason_field(help_text=_("It stands on the record with your name."))

    def __init__(self, *args: Any, may_override: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["override"]

    def overrides(self) -> list[OverrideWanted]:
        """The window, where a reason is given for it."""
        reason = self.cleaned_data.get("override", "")
        return [OverrideWanted("WINDOW", reason)] if reason else []


class OverloadForm(Form):
    """How many units a student may take, and why."""

    units = forms.DecimalField(label=_("Units that may be taken"), max_digits=4, decimal_places=1, max_value=36)
    reason = reason_field()


class FindSubjectForm(Form):
    """The subject that a student is to be put into."""

    code = forms.CharField(label=_("Code of the subject"), max_length=20)


class PutInForm(Form):
    """A reason for every rule that is set aside."""

    def __init__(self, *args: Any, broken: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [one["kind"] for one in broken]
        for one in broken:
            self.fields[f"reason_{one['kind']}"] = forms.CharField(
                label=_("Reason: %(rule)s") % {"rule": one["sentence"]}, max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("10 to 500 characters. It stands on the record with your name."),
            )  # fmt: skip

    def overrides(self) -> list[OverrideWanted]:
        """The rules as the act takes them."""
        return [OverrideWanted(kind, self.cleaned_data[f"reason_{kind}"]) for kind in self.kinds]


class CancelForm(Form):
    """Why a term is cancelled."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("At least 10 characters. Classes are dropped, permits void, money goes back by the refund table."),
    )  # fmt: skip


class ReturnForm(Form):
    """What the student should change."""

    reason = forms.CharField(
        label=_("What should change"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The student reads this."),
    )  # fmt: skip
