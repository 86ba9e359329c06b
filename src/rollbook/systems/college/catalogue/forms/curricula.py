"""What is typed about curricula."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.systems.college.catalogue.forms.subjects import PrerequisitesField, SubjectCodeField
from rollbook.systems.college.catalogue.models import Subject, Term
from rollbook.systems.college.catalogue.words import term_name


class NamesForm(Form):
    """How a curriculum is called and when it begins."""

    rows = (("name", "effective_academic_year"),)

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as BSIT 2026."))
    effective_academic_year = forms.CharField(
        label=_("From the academic year"), max_length=9, help_text=_("Such as 2026-2027.")
    )


class ChangeNamesForm(NamesForm):
    """The same of a draft, and the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class PlaceFields(Form):
    """Where a subject stands in a curriculum, and what it is there."""

    rows = (("term", "category"),)

    term = forms.ChoiceField(label=_("Term"))
    category = forms.ChoiceField(
        label=_("Category here"), choices=[("", _("As the subject says")), *Subject.Category.choices], required=False
    )
    elective_group = forms.CharField(
        label=_("Electives"), max_length=40, required=False,
        help_text=_("Subjects with the same word here are alternatives: one of them is enough."),
    )  # fmt: skip

    def __init__(self, *args: Any, years: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = [(year, kind) for year in range(1, years + 1) for kind in Term.Kind.values]
        choices = [(f"{year}-{kind}", term_name(year, kind)) for year, kind in terms]
        self.fields["term"].choices = choices  # type: ignore[attr-defined]

    def place(self) -> dict[str, Any]:
        """The place as the services take it."""
        year, kind = self.cleaned_data["term"].split("-")
        return {
            "year_level": int(year), "semester": kind, "category": self.cleaned_data["category"],
            "elective_group": self.cleaned_data["elective_group"],
        }  # fmt: skip


class AddEntryForm(PlaceFields):
    """A subject to be placed."""

    field_order = ("subject_id", "term")

    subject_id = SubjectCodeField(label=_("Subject"), help_text=_("Type its code."))


class EntryForm(PlaceFields):
    """A subject that stands in a draft, with what it asks for there; the versions that were looked at."""

    tree = PrerequisitesField(
        label=_("What must come before, in this curriculum"),
        help_text=_("Empty: what the subject asks for everywhere. To ask for nothing here, write year:1."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    rule_version = forms.IntegerField(widget=forms.HiddenInput)


class CurriculumFileForm(Form):
    """A curriculum in a file."""

    file = forms.FileField(label=_("CSV or XLSX file"))
    dry_run = forms.BooleanField(label=_("Only say what would happen"), required=False, initial=True)
