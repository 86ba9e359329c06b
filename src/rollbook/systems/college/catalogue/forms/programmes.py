"""What is typed about programmes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import Membership
from rollbook.core.web.forms import Form
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import LONGEST_PROGRAMME_YEARS, Programme


class ProgrammeFields(Form):
    """What a programme is called and asks for."""

    rows = (("level", "department"), ("duration_years", "total_units_required"))

    name = forms.CharField(label=_("Name"), max_length=160)
    level = forms.ChoiceField(label=_("Level"), choices=Programme.Level.choices, initial=Programme.Level.BACHELOR)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    duration_years = forms.IntegerField(label=_("Years"), min_value=1, max_value=LONGEST_PROGRAMME_YEARS, initial=4)
    total_units_required = forms.IntegerField(label=_("Units to graduate"), min_value=1, max_value=1000, initial=120)
    has_summer = forms.BooleanField(label=_("Summer terms belong to it"), required=False)
    head_id = forms.TypedChoiceField(label=_("Head of the programme"), required=False, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads = Membership.objects.filter(roles__contains=[roles.PROGRAM_HEAD]).order_by("name")
        choices = [(str(key), name) for key, name in heads.values_list("id", "name")]
        standing = str(self.initial.get("head_id") or "")
        if standing and standing not in dict(choices):
            # Whoever is head now stays choosable although the role was taken away meanwhile.
            choices += [
                (standing, name) for name in Membership.objects.filter(id=standing).values_list("name", flat=True)
            ]
        self.fields["head_id"].choices = [("", _("Nobody yet")), *choices]  # type: ignore[attr-defined]


class NewProgrammeForm(ProgrammeFields):
    """A programme to be added."""

    field_order = ("code", "name")

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("As your papers write it, such as BSIT. It stays.")
    )


class ChangeProgrammeForm(ProgrammeFields):
    """A programme that stands, and the version that was looked at."""

    is_active = forms.BooleanField(label=_("Takes new students"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
