"""What is typed about subjects, what comes before them and what stands for them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.systems.college.catalogue import selectors
from rollbook.systems.college.catalogue.models import Curriculum, Subject
from rollbook.systems.college.catalogue.prerequisites import NotationError, read, to_json

NOTATION_HELP = _(
    "IT 101 & IT 102>=2.00 · A | B for one of two · with:PHY 1L for the same term · year:3 · 2*programming · 75% · "
    "majors · permission:program_head. Leave it empty to ask for nothing."
)


class SubjectCodeField(forms.CharField):
    """The code of a subject of this college; the value is its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20, widget=forms.TextInput(attrs={"list": "subject-codes", "autocomplete": "off"}), **kwargs
        )

    def clean(self, value: Any) -> UUID | None:
        text = " ".join(str(super().clean(value)).split()).lower()
        if not text:
            return None
        found = selectors.ids_by_code().get(text)
        if found is None:
            raise forms.ValidationError(now("There is no subject with this code. Choose one from the list."))
        return found


class PrerequisitesField(forms.CharField):
    """Prerequisites as people write them; the value is a tree in JSON, None where nothing is asked for."""

    def __init__(self, **kwargs: Any) -> None:
        named = {"label": _("What must come before"), "help_text": NOTATION_HELP, **kwargs}
        super().__init__(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}), **named)

    def clean(self, value: Any) -> dict[str, Any] | None:
        try:
            tree = read(str(super().clean(value)), selectors.ids_by_code())
        except NotationError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        return to_json(tree) if tree is not None else None


class SubjectFields(Form):
    """What a subject is and counts."""

    rows = (("lecture_units", "lab_units", "hours_per_week"), ("category", "grading_basis"))

    title = forms.CharField(label=_("Title"), max_length=160)
    lecture_units = forms.DecimalField(label=_("Lecture units"), min_value=0, max_value=10, decimal_places=1, initial=3)
    lab_units = forms.DecimalField(label=_("Laboratory units"), min_value=0, max_value=10, decimal_places=1, initial=0)
    hours_per_week = forms.DecimalField(
        label=_("Hours in a week"), min_value=0, max_value=60, decimal_places=1, initial=Decimal(3)
    )
    category = forms.ChoiceField(label=_("Category"), choices=Subject.Category.choices)
    grading_basis = forms.ChoiceField(label=_("Graded by"), choices=Subject.GradingBasis.choices)
    tags = forms.CharField(
        label=_("Tags"),
        max_length=500,
        required=False,
        help_text=_("Words that prerequisites ask for: programming web"),
    )
    description = forms.CharField(
        label=_("Description"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_credit = forms.BooleanField(label=_("Gives credit"), required=False, initial=True)
    counts_in_gpa = forms.BooleanField(label=_("Counts in the average"), required=False, initial=True)
    is_practicum = forms.BooleanField(label=_("Is a practicum"), required=False)
    allows_several_sections = forms.BooleanField(
        label=_("A student may take several classes of it at once"), required=False
    )

    def clean_tags(self) -> list[str]:
        words: str = self.cleaned_data["tags"]
        return words.replace(",", " ").split()


class NewSubjectForm(SubjectFields):
    """A subject to be added."""

    field_order = ("code", "title")

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("As your papers write it, such as IT 101."))


class ChangeSubjectForm(SubjectFields):
    """A subject that stands, and the version that was looked at."""

    is_active = forms.BooleanField(label=_("Is taught"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PrerequisitesForm(Form):
    """What must come before a subject, and the version that was looked at."""

    tree = PrerequisitesField()
    version = forms.IntegerField(widget=forms.HiddenInput)


class EquivalencyForm(Form):
    """A subject that is to stand for another."""

    rows = (("subject_id", "satisfies_id"), ("effective_from", "effective_to"))

    subject_id = SubjectCodeField(label=_("Whoever passed"))
    satisfies_id = SubjectCodeField(label=_("needs not take"))
    is_two_way = forms.BooleanField(label=_("And the other way round"), required=False)
    effective_from = DateField(label=_("From"))
    effective_to = DateField(label=_("Last day"), required=False, help_text=_("Empty: until further notice."))
    curriculum_id = forms.TypedChoiceField(label=_("Only in"), required=False, empty_value=None)
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Curriculum.objects.order_by("name").values_list("id", "name")
        choices = [("", _("Every curriculum")), *((str(key), name) for key, name in rows)]
        self.fields["curriculum_id"].choices = choices  # type: ignore[attr-defined]


class EndForm(Form):
    """The last day of an equivalency."""

    last_day = DateField(label=_("Last day"))
