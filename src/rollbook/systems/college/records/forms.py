"""What is typed about students."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.models import Person
from rollbook.systems.college.catalogue.models import Curriculum, GradeScale, Programme, Term
from rollbook.systems.college.forms import reason_field
from rollbook.systems.college.records.models import Hold, Student
from rollbook.systems.college.records.services import SentPaper


def paper_field(*, required: bool = True) -> forms.FileField:
    """A paper that stands behind a request."""
    return forms.FileField(
        label=_("Paper"), required=required, widget=forms.ClearableFileInput(attrs={"accept": ".pdf,image/*"}),
        help_text=_("As PDF or picture, at most 10 MB. Only the registrars and the student will see it."),
    )  # fmt: skip


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

    rows = (("new_status",), ("from_date", "to_date"))

    new_status = forms.ChoiceField(label=_("New status"))
    from_date = DateField(label=_("From"))
    to_date = DateField(
        label=_("Last day"), required=False, help_text=_("Of a leave; empty while nobody knows it yet.")
    )
    reason = reason_field()
    without_clearance = reason_field(
        _("Without clearance, because"), help_text=_("Only to withdraw a student although something holds them.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, possible: list[tuple[str, Any]], may_override: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["without_clearance"].required = False
        if not may_override:
            del self.fields["without_clearance"]
        field: Any = self.fields["new_status"]
        field.choices = possible


class NoteForm(Form):
    """Approve, or say what has to be changed."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class StatusRequestForm(Form):
    """A leave, a return or a withdrawal that somebody asks for."""

    rows = (("from_date", "to_date"),)

    kind = forms.ChoiceField(label=_("What is asked for"))
    from_date = DateField(label=_("From"))
    to_date = DateField(
        label=_("Last day"), required=False, help_text=_("Of a leave; empty while nobody knows it yet.")
    )
    reason = reason_field()
    is_confidential = forms.BooleanField(
        label=_("The reason is medical"), required=False,
        help_text=_("Only the registrars and the student will read it."),
    )  # fmt: skip
    paper = paper_field(required=False)

    def __init__(self, *args: Any, possible: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = possible

    def wanted(self) -> dict[str, Any]:
        """What was typed and sent in the words of the act."""
        file = self.cleaned_data["paper"]
        return {**self.cleaned_data, "paper": SentPaper(file, file.name or "") if file else None}


class PaperForm(Form):
    """One more paper for a request."""

    paper = paper_field()

    @property
    def sent(self) -> SentPaper:
        """The file that came."""
        file = self.cleaned_data["paper"]
        return SentPaper(file, file.name or "")


class WithdrawPaperForm(Form):
    """Why a paper is withdrawn."""

    reason = reason_field(_("Why do you withdraw it?"), help_text=_("The registrar reads it."))


class DecisionForm(NoteForm):
    """Approve, or decline with a note; a withdrawal perhaps without clearance."""

    without_clearance = reason_field(
        _("Without clearance, because"), help_text=_("Only where the student may go although something holds them.")
    )

    def __init__(self, *args: Any, may_override: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["without_clearance"].required = False
        if not may_override:
            del self.fields["without_clearance"]


class TransferForm(Form):
    """Another programme, from a term on."""

    rows = (("to_programme_id", "effective_term_id"),)

    to_programme_id = forms.TypedChoiceField(label=_("New programme"))
    effective_term_id = forms.TypedChoiceField(
        label=_("From which term"), help_text=_("A term whose enrolment is open or still to come.")
    )
    reason = reason_field()

    def __init__(self, *args: Any, leaving: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = Programme.objects.filter(is_active=True).exclude(id=leaving).order_by("code")
        terms = Term.objects.filter(state__in=[Term.State.SETUP, Term.State.ENROLMENT_OPEN]).order_by("starts_on")
        into: Any = self.fields["to_programme_id"]
        into.choices = [(str(row[0]), f"{row[1]} · {row[2]}") for row in programmes.values_list("id", "code", "name")]
        since: Any = self.fields["effective_term_id"]
        since.choices = [(str(row[0]), row[1]) for row in terms.values_list("id", "code")]

    def wanted(self) -> dict[str, Any]:
        """What was typed in the words of the act."""
        cleaned = self.cleaned_data
        return {
            "to_programme_id": UUID(cleaned["to_programme_id"]),
            "effective_term_id": UUID(cleaned["effective_term_id"]),
            "reason": cleaned["reason"],
        }


class TransferDecisionForm(NoteForm):
    """Approve with a curriculum, or decline with a note."""

    curriculum_id = forms.TypedChoiceField(label=_("Follows"), required=False)

    def __init__(self, *args: Any, programme_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_curriculum(self.fields["curriculum_id"], programme_id)


class CurriculumForm(Form):
    """Another version of the programme's curriculum."""

    curriculum_id = forms.TypedChoiceField(label=_("Follows from now on"))
    reason = reason_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, programme_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_curriculum(self.fields["curriculum_id"], programme_id)


class LeaveEndForm(Form):
    """Another last day for a leave that runs."""

    to_date = DateField(
        label=_("Last day of the leave"), required=False,
        help_text=_("On the day after it the student is active again. Empty: nobody knows it yet."),
    )  # fmt: skip
    reason = reason_field()


def _choose_curriculum(field: Any, programme_id: Any) -> None:
    rows = Curriculum.objects.filter(programme=programme_id, state=Curriculum.State.ACTIVE)
    field.choices = [
        (str(row[0]), f"{row[1]} · {row[2]}")
        for row in rows.order_by("-effective_academic_year").values_list("id", "name", "effective_academic_year")
    ]


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
