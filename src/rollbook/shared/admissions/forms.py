"""Forms of the public wizard: the kit's forms in the small style of public pages, and those of the office."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.core.web.forms.fields import DateField, MoneyField, MoneyInput
from rollbook.core.web.forms.renderer import KitRenderer
from rollbook.shared.admissions import checking
from rollbook.shared.admissions.models import Application, Appointment
from rollbook.shared.admissions.scheme import Fact, Scheme
from rollbook.shared.people.models import Person
from rollbook.shared.people.rules import NAME_LENGTH


class PublicRenderer(KitRenderer):
    """Fields as public pages draw them: no icons, no script."""

    form_template_name = "admissions/public/form.html"
    field_template_name = "admissions/public/field.html"


class PublicForm(Form):
    """A step of the wizard."""

    default_renderer = PublicRenderer

    def _dress(self, field: forms.Field) -> None:
        if isinstance(field, MoneyField) and not field.currency:
            field.in_currency(self.currency)
        if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect | forms.HiddenInput):
            field.widget.attrs.setdefault("class", "rb-input")


class PlainMoneyInput(MoneyInput):
    """An amount in a plain field; the currency stands in the label."""

    template_name = "django/forms/widgets/text.html"


def _name(label: Any, complete: str, **options: Any) -> forms.CharField:
    options.setdefault("required", False)
    options.setdefault("max_length", NAME_LENGTH)
    return forms.CharField(label=label, widget=forms.TextInput(attrs={"autocomplete": complete}), **options)


class PersonForm(PublicForm):
    """Who applies."""

    rows: ClassVar[tuple[tuple[str, ...], ...]] = (("given_name", "family_name"), ("middle_name", "suffix"))

    given_name = _name(_("Given name"), "given-name", help_text=_("As on your birth certificate."))
    family_name = _name(_("Family name"), "family-name", help_text=_("Leave empty if you have a single name."))
    middle_name = _name(_("Middle name"), "additional-name")
    suffix = _name(_("Suffix"), "honorific-suffix", max_length=20, help_text=_("Jr., III and the like."))
    birth_date = DateField(label=_("Birth date"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[("", _("Rather not say")), *Person.Sex.choices]
    )  # fmt: skip
    email = forms.CharField(
        label=_("E-mail address"), required=False, max_length=254,
        help_text=_("We send a code there, and later the decision."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    government_id = forms.CharField(
        label=_("National ID number"), required=False, max_length=60,
        help_text=_("If you have one. It keeps you from being mistaken for a namesake."),
    )  # fmt: skip
    address_line = _name(_("House and street"), "address-line1", max_length=200)
    district = _name(_("Barangay"), "address-level3", max_length=120)
    city = _name(_("City or municipality"), "address-level2", max_length=120)
    province = _name(_("Province"), "address-level1", max_length=120)

    #: What has to be there before the application is sent; asked for in the review, not while writing.
    WANTED: ClassVar[frozenset[str]] = frozenset({"given_name", "birth_date", "email"})

    def ask_about_age(self, age: int | None = None) -> None:
        """Add the box that confirms an unusual birth date."""
        help_text = _("You would be %(age)s years old.") % {"age": age} if age is not None else ""
        self.fields["is_age_confirmed"] = forms.BooleanField(
            label=_("Yes, this birth date is right"), required=False, help_text=help_text
        )


class ChoiceForm(PublicForm):
    """How somebody comes, what they apply for, and when they want to begin."""

    kind = forms.ChoiceField(label=_("How do you come to us?"), required=False, widget=forms.RadioSelect)
    choice_id = forms.ChoiceField(required=False)
    intake_id = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    WANTED: ClassVar[frozenset[str]] = frozenset({"kind", "choice_id", "intake_id"})

    def offer(self, scheme: Scheme, today: Any) -> None:
        """Fill in what this institution offers today."""
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [(kind.key, kind) for kind in scheme.kinds]
        fields["choice_id"].label = scheme.choice_word
        fields["choice_id"].choices = [
            ("", "—"), *((str(each.id), f"{each.code} · {each.label}") for each in scheme.choices())
        ]  # fmt: skip
        fields["intake_id"].label = scheme.intake_word
        fields["intake_id"].choices = [
            (str(each.id), each.label) for each in scheme.intakes() if each.is_open_on(today)
        ]  # fmt: skip


class FactsForm(PublicForm):
    """What the system asks in one step."""

    def ask(self, facts: list[Fact]) -> None:
        """Add a field for each fact."""
        for fact in facts:
            self.fields[fact.key] = _field_of(fact)


def _field_of(fact: Fact) -> forms.Field:
    options: dict[str, Any] = {"label": fact.label, "help_text": fact.help, "required": False}
    if fact.shape == "money":
        return MoneyField(minimum_minor=0, widget=PlainMoneyInput(is_big=False), **options)
    if fact.shape == "choice":
        return forms.ChoiceField(choices=[("", "—"), *fact.options], **options)
    widget = forms.Textarea(attrs={"rows": 4}) if fact.shape == "long" else forms.TextInput()
    return forms.CharField(max_length=fact.longest, widget=widget, **options)


def initial_of(application: Application) -> Mapping[str, Any]:
    """What the wizard's forms begin with."""
    names = (*checking.PERSON_FIELDS, *checking.CHOICE_FIELDS, "is_age_confirmed")
    return {name: getattr(application, name) for name in names} | dict(application.facts)


class EmailForm(PublicForm):
    """An address to which a link is sent."""

    email = forms.CharField(
        label=_("E-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )  # fmt: skip


class ReasonForm(Form):
    """Why something is done; the applicant reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class KnowingForm(Form):
    """How one knows who an applicant is."""

    reason = forms.CharField(
        label=_("How do you know?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Write it first, then press the button that is right."),
    )  # fmt: skip


class AppointmentForm(Form):
    """When an applicant comes."""

    rows: ClassVar[tuple[tuple[str, ...], ...]] = (("day", "time", "minutes"),)

    kind = forms.ChoiceField(label=_("What for"), choices=Appointment.Kind.choices)
    day = DateField(label=_("Day"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=30)
    place = forms.CharField(label=_("Place"), max_length=160)


class OutcomeForm(Form):
    """What came of an appointment."""

    state = forms.ChoiceField(
        label=_("What happened"), widget=forms.RadioSelect,
        choices=[(each.value, each.label) for each in Appointment.State if each != Appointment.State.SET],
    )  # fmt: skip
    outcome = forms.CharField(
        label=_("What came of it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
