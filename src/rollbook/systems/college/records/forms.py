"""What is typed about students."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.models import Person
from rollbook.systems.college.catalogue.models import GradeScale, Programme, Term
from rollbook.systems.college.forms import reason_field
from rollbook.systems.college.records.models import Hold, Student

_SEXES = [("", _("Not said")), *Person.Sex.choices]


class NewStudentForm(Form):
    """Somebody new who becomes a student. The number is given by the college."""

    rows = (("given_name", "middle_name"), ("family_name", "suffix"), ("birth_date", "sex"), ("phone", "email"),
            ("programme_id", "admission_term_id"))  # fmt: skip

    given_name = forms.CharField(
        label=_("Given name"),
        max_length=120,
        required=False,
        help_text=_("For people with a single name, put it here."),
    )
    middle_name = forms.CharField(label=_("Middle name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    suffix = forms.CharField(label=_("Suffix"), max_length=20, required=False, help_text=_("Jr., III"))
    birth_date = DateField(label=_("Born"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=_SEXES, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    programme_id = forms.TypedChoiceField(label=_("Programme"))
    admission_term_id = forms.TypedChoiceField(label=_("First term"))
    kind = forms.ChoiceField(label=_("Comes as"), choices=Student.Kind.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = Programme.objects.filter(is_active=True).order_by("code").values_list("id", "code", "name")
        terms = Term.objects.exclude(state__in=Term.ENDED).order_by("-is_current", "-starts_on")
        self._choose("programme_id", [(str(row[0]), f"{row[1]} · {row[2]}") for row in programmes])
        self._choose("admission_term_id", [(str(row[0]), row[1]) for row in terms.values_list("id", "code")])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def person(self) -> NewPerson:
        """The person in the words of the people's room."""
        cleaned = self.cleaned_data
        names = ("given_name", "middle_name", "family_name", "suffix", "birth_date", "sex")
        return NewPerson(
            **{name: cleaned[name] for name in names},
            phones=tuple(filter(None, [cleaned["phone"]])),
            emails=tuple(filter(None, [cleaned["email"]])),
        )


class StatusForm(Form):
    """A status that begins."""

    rows = (("new_status", "from_date"),)

    new_status = forms.ChoiceField(label=_("New status"))
    from_date = DateField(label=_("From"))
    reason = reason_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, possible: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["new_status"]
        field.choices = possible


class HoldForm(Form):
    """What keeps a student back."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Hold.Kind.choices)
    blocks = forms.MultipleChoiceField(
        label=_("Keeps the student from"), choices=Hold.Blocks.choices, widget=forms.CheckboxSelectMultiple
    )
    reason = reason_field()

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = kinds


class ReleaseForm(Form):
    """Why a hold ends."""

    reason = reason_field(_("Why may the student go on?"))


class FileForm(Form):
    """A file of students."""

    file = forms.FileField(
        label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV in UTF-8 or UTF-16, or XLSX; at most 5 MB and 50,000 rows."),
    )  # fmt: skip
    create_missing = forms.BooleanField(label=_("Create programmes and terms that are not there yet"), required=False)


class TakeBackForm(Form):
    """Why an import is taken back."""

    reason = reason_field(_("Why is the import taken back?"))


class CreditsForm(Form):
    """What one institution's papers say, a line for each subject; pasted from a spreadsheet or typed."""

    rows = (("institution", "scale_id"),)

    institution = forms.CharField(label=_("Institution"), max_length=160)
    scale_id = forms.TypedChoiceField(
        label=_("Grades by"), help_text=_("The scale that the other institution grades by.")
    )
    lines = forms.CharField(
        label=_("Subjects"), widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}), max_length=20_000,
        help_text=_(
            "One subject a line: code there; title; units; grade; code here; units granted. Tabs from a spreadsheet"
            " will do as well."
        ),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scale_id"]
        scales = GradeScale.objects.order_by("code", "-version_number").values_list("id", "code", "name")
        field.choices = [(str(row[0]), f"{row[1]} · {row[2]}") for row in scales]


class CreditLinesForm(Form):
    """Other lines for a draft or a returned request."""

    lines = forms.CharField(
        label=_("Subjects"), widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}), max_length=20_000,
        help_text=_("One subject a line: code there; title; units; grade; code here; units granted."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class NoteForm(Form):
    """Approve, or say what has to be changed."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
