"""What is typed into the pages of the catalogue."""

from rollbook.systems.college.catalogue.forms.curricula import (
    AddEntryForm,
    ChangeNamesForm,
    CurriculumFileForm,
    EntryForm,
    NamesForm,
)
from rollbook.systems.college.catalogue.forms.programmes import ChangeProgrammeForm, NewProgrammeForm
from rollbook.systems.college.catalogue.forms.scales import ScaleForm, written
from rollbook.systems.college.catalogue.forms.subjects import (
    ChangeSubjectForm,
    EndForm,
    EquivalencyForm,
    NewSubjectForm,
    PrerequisitesForm,
)
from rollbook.systems.college.catalogue.forms.terms import NewTermForm, TermDaysForm

__all__ = [
    "AddEntryForm",
    "ChangeNamesForm",
    "ChangeProgrammeForm",
    "ChangeSubjectForm",
    "CurriculumFileForm",
    "EndForm",
    "EntryForm",
    "EquivalencyForm",
    "NamesForm",
    "NewProgrammeForm",
    "NewSubjectForm",
    "NewTermForm",
    "PrerequisitesForm",
    "ScaleForm",
    "TermDaysForm",
    "written",
]
