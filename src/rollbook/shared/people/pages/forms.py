"""What is typed about people."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.shared.people.models import Address, ContactPoint, Person, Relationship
from rollbook.shared.people.rules import NAME_LENGTH
from rollbook.shared.people.selectors import find_people

_SEXES = [("", _("Not said")), *Person.Sex.choices]


def _name(label: Any, *, length: int = NAME_LENGTH, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **more)


class NameFields(Form):
    """Names, birth date, sex and privacy."""

    rows = (("given_name", "middle_name"), ("family_name", "suffix"), ("birth_date", "sex"))

    given_name = _name(_("Given name"), help_text=_("For people with a single name, put it here."))
    middle_name = _name(_("Middle name"))
    family_name = _name(_("Family name"))
    suffix = _name(_("Suffix"), length=20, help_text=_("Jr., III"))
    preferred_name = _name(_("Called"))
    birth_date = DateField(label=_("Born"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=_SEXES, required=False)
    is_private = forms.BooleanField(
        label=_("Asked for privacy"), required=False, help_text=_("Public pages show initials only.")
    )

    def values(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        names = (*NameFields.base_fields,)
        return {name: self.cleaned_data[name] for name in names}


class NewPersonForm(NameFields):
    """Somebody to add."""

    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)


class ChangePersonForm(NameFields):
    """Somebody who is on the roll, and the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ContactForm(Form):
    """How somebody is reached."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(label=_("Number or address"), max_length=254)
    label = forms.CharField(
        label=_("Label"), max_length=40, required=False, help_text=_("Such as mobile, home or work.")
    )


class NumberForm(Form):
    """A number on a card."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("barcode", _("Barcode of a card")), ("government", _("Government number"))]
    )
    value = forms.CharField(label=_("Number"), max_length=60)


class AddressForm(Form):
    """Where somebody lives."""

    rows = (("district", "city"), ("province", "region"), ("postal_code", "country"))

    kind = forms.ChoiceField(label=_("Kind"), choices=Address.Kind.choices)
    line1 = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    line2 = forms.CharField(label=_("Building, unit"), max_length=200, required=False)
    district = forms.CharField(label=_("District"), max_length=120, required=False)
    city = forms.CharField(label=_("City or town"), max_length=120, required=False)
    province = forms.CharField(label=_("Province"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    country = forms.CharField(label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as PH."))


class ReasonForm(Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PhotoForm(Form):
    """A picture of somebody."""

    photo = forms.FileField(label=_("Photo"), help_text=_("JPEG, PNG or WebP, at most 10 MB."))


class ChoosePersonForm(Form):
    """Somebody found by typing; when several are found, one of them is chosen."""

    find = forms.CharField(label=_("Name, number, telephone or e-mail"), max_length=100)
    chosen = forms.ChoiceField(label=_("Who is meant?"), required=False, widget=forms.RadioSelect)

    #: The entry that cannot be meant.
    besides: UUID | None = None

    def __init__(self, *args: Any, besides: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.besides = besides
        found = self._found()
        if len(found) > 1:
            self.fields["chosen"].choices = found  # type: ignore[attr-defined]
        else:
            del self.fields["chosen"]
        self._only = found[0][0] if len(found) == 1 else ""

    def _found(self) -> list[tuple[str, str]]:
        typed = str(self.data.get("find", "")) if self.is_bound else ""
        rows = find_people(typed, limit=8) if typed else []
        return [(str(row.id), _words(row)) for row in rows if row.id != self.besides]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = cleaned.get("chosen") or self._only
        if not chosen and "find" in cleaned:
            problem = _("Choose one of them.") if "chosen" in self.fields else _("Nobody was found. Try another name.")
            self.add_error("chosen" if "chosen" in self.fields else "find", problem)
        cleaned["person_id"] = UUID(chosen) if chosen else None
        return cleaned


def _words(row: Any) -> str:
    details = [*row.numbers, row.birth_date.isoformat() if row.birth_date else ""]
    return " · ".join([row.roll_name, *(detail for detail in details if detail)])


class RelateForm(ChoosePersonForm):
    """Who stands in which relation."""

    kind = forms.ChoiceField(label=_("Relation"), choices=Relationship.Kind.choices)
    is_primary = forms.BooleanField(label=_("Is called first"), required=False)
    field_order = ("find", "chosen", "kind", "is_primary")


class MergeForm(ChoosePersonForm):
    """Which entry is a double of this one."""

    reason = forms.CharField(
        label=_("How do you know?"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("find", "chosen", "reason")
