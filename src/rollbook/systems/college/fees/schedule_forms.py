"""What is typed about fee schedules, discounts and sponsors, and the checks that need no record."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form, MoneyField
from rollbook.shared.billing.models import Payment
from rollbook.systems.college.catalogue.models import Programme, Subject, Term
from rollbook.systems.college.fees.models import Discount, FeeLine, Sponsor, Sponsorship
from rollbook.systems.college.fees.services.sponsors import METHODS
from rollbook.systems.college.forms import reason_field
from rollbook.systems.college.records.models import Student

_LABELS = dict(Payment.Method.choices)


def _choices(rows: Any, everybody: Any) -> list[tuple[str, Any]]:
    return [("", everybody), *((str(key), name) for key, name in rows)]


class PlanFields(Form):
    """How the plans of a schedule are cut."""

    rows: ClassVar[tuple[tuple[str, ...], ...]] = (("instalments", "first_due_on"),)

    name = forms.CharField(label=_("Name"), max_length=120)
    instalments = forms.IntegerField(
        label=_("Months of the plan"), min_value=1, max_value=12, required=False,
        help_text=_("Empty: as many as the setting says."),
    )  # fmt: skip
    first_due_on = DateField(
        label=_("First due day"), required=False, help_text=_("Empty: the day on which a term is assessed.")
    )


class NewScheduleForm(PlanFields):
    """A schedule to begin, and whom it is for."""

    field_order = ("code", "name", "programme_id", "year_level", "term_id", "semester", "student_kind")
    rows = (("programme_id", "year_level"), ("term_id", "semester"), ("instalments", "first_due_on"))

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Short and for good, such as BSIT-2031."))
    programme_id = forms.TypedChoiceField(label=_("Programme"), required=False, empty_value=None)
    year_level = forms.IntegerField(label=_("Year level"), min_value=1, max_value=8, required=False)
    term_id = forms.TypedChoiceField(label=_("Term"), required=False, empty_value=None)
    semester = forms.ChoiceField(
        label=_("Every term of this kind"), required=False, choices=[("", _("Any")), *Term.Kind.choices]
    )
    student_kind = forms.ChoiceField(
        label=_("Kind of student"), required=False, choices=[("", _("Any")), *Student.Kind.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = Programme.objects.order_by("code").values_list("id", "code")
        terms = Term.objects.exclude(state__in=Term.ENDED).order_by("-starts_on").values_list("id", "code")
        self.fields["programme_id"].choices = _choices(programmes, _("Any"))  # type: ignore[attr-defined]
        self.fields["term_id"].choices = _choices(terms, _("Any"))  # type: ignore[attr-defined]


class ChangeScheduleForm(PlanFields):
    """A draft that stands, and the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class LineForm(Form):
    """A fee of a draft."""

    rows = (("category", "basis"), ("price", "subject_code"))

    label = forms.CharField(label=_("Fee"), max_length=120, help_text=_("As the student reads it, such as Tuition."))
    category = forms.ChoiceField(label=_("Kind"), choices=FeeLine.Category.choices)
    basis = forms.ChoiceField(label=_("Charged for"), choices=FeeLine.Basis.choices)
    price = MoneyField(label=_("Price"), is_big=False)
    subject_code = forms.CharField(
        label=_("Subject"), max_length=20, required=False, help_text=_("Its code, only for one named subject.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        code = " ".join(cleaned.get("subject_code", "").split())
        wants = cleaned.get("basis") == FeeLine.Basis.ONE_SUBJECT
        cleaned["subject_id"] = None
        if wants and not code:
            self.add_error("subject_code", _("Enter the code of the subject."))
        elif code and not wants:
            self.add_error("subject_code", _("Only a fee for one named subject has a subject."))
        elif code:
            cleaned["subject_id"] = Subject.objects.filter(code__iexact=code).values_list("id", flat=True).first()
            if cleaned["subject_id"] is None:
                self.add_error("subject_code", _("There is no subject with this code."))
        return cleaned


class CountForm(Form):
    """The number of students whose plans change, typed to confirm it."""

    confirmed = forms.IntegerField(label=_("Number of students"), min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"].widget.attrs.update({"autocomplete": "off", "inputmode": "numeric"})


class DiscountFields(Form):
    """What a discount takes off."""

    rows = (("percent", "amount"), ("position", "cap"))

    name = forms.CharField(label=_("Name"), max_length=120)
    percent = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    amount = MoneyField(label=_("Or an amount"), is_big=False, required=False)
    categories = forms.MultipleChoiceField(
        label=_("Taken off"), choices=FeeLine.Category.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: off everything."),
    )  # fmt: skip
    position = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=999, initial=100,
        help_text=_("Several discounts come off in this order, each from what the one before left."),
    )  # fmt: skip
    cap = MoneyField(label=_("Never more than"), is_big=False, required=False)


class NewDiscountForm(DiscountFields):
    """A discount to be offered."""

    field_order = ("code", "name")

    code = forms.CharField(label=_("Code"), max_length=20)


class ChangeDiscountForm(DiscountFields):
    """A discount that stands."""

    is_active = forms.BooleanField(label=_("Offered"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class GiveDiscountForm(Form):
    """Which discount a student is to get, and why."""

    discount_id = forms.ChoiceField(label=_("Discount"))
    reason = reason_field(help_text=_("At least ten letters. A supervisor reads it and decides."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Discount.objects.filter(is_active=True).order_by("name").values_list("id", "name")
        self.fields["discount_id"].choices = [(str(key), name) for key, name in offered]  # type: ignore[attr-defined]


class SponsorFields(Form):
    """What is known of a sponsor."""

    rows = (("contact_name", "contact_email"),)

    name = forms.CharField(label=_("Name"), max_length=160)
    contact_name = forms.CharField(label=_("Contact"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)


class NewSponsorForm(SponsorFields):
    """A sponsor to be written down."""

    field_order = ("code", "name")

    code = forms.CharField(label=_("Code"), max_length=20)


class ChangeSponsorForm(SponsorFields):
    """A sponsor that stands."""

    is_active = forms.BooleanField(label=_("Answers for new students"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class SponsorshipForm(Form):
    """What a sponsor is to answer for."""

    rows = (("percent", "amount"),)

    sponsor_id = forms.ChoiceField(label=_("Sponsor"))
    share = forms.ChoiceField(label=_("Answers for"), choices=Sponsorship.Share.choices, widget=forms.RadioSelect)
    percent = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    amount = MoneyField(label=_("Amount"), is_big=False, required=False)
    letter = forms.CharField(label=_("Number of its letter"), max_length=100)
    reason = reason_field(help_text=_("At least ten letters. A supervisor reads it and decides."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = Sponsor.objects.filter(is_active=True).order_by("name").values_list("id", "name")
        self.fields["sponsor_id"].choices = [(str(key), name) for key, name in kept]  # type: ignore[attr-defined]


class SponsorPaymentForm(Form):
    """A sponsor's transfer for the students of one term."""

    rows = (("method", "external_reference"),)

    amount = MoneyField(label=_("Amount"))
    method = forms.ChoiceField(label=_("Method"), choices=[(method, _LABELS[method]) for method in METHODS])
    external_reference = forms.CharField(label=_("Reference"), max_length=80)
    term_id = forms.UUIDField(widget=forms.HiddenInput)
