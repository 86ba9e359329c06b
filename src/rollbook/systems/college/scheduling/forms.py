"""What is typed about the schedule."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import DateField, Form
from rollbook.systems.college.scheduling.generating import Demand
from rollbook.systems.college.scheduling.models import HALF_DAYS, WORKING_HALF_DAYS, Component, Meeting, Room
from rollbook.systems.college.scheduling.models.sections import DEFAULT_WAITLIST, LARGEST_SECTION, MOST_STUDENTS
from rollbook.systems.college.scheduling.rules import read_time, time_text
from rollbook.systems.college.scheduling.words import short_day

Choices = Sequence[tuple[Any, Any]]


class TimeField(forms.CharField):
    """A time of day up to 24:00, as the minute of the day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=5, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "placeholder": "08:30"})

    def prepare_value(self, value: Any) -> Any:
        return time_text(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        minute = read_time(text)
        if minute is None:
            raise forms.ValidationError(_("Write the time as 08:30, up to 24:00."))
        return minute


class IdField(forms.TypedChoiceField):
    """One of some records by its id; nothing chosen is no id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=UUID, empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, UUID) else value


class RoomForm(Form):
    """A room."""

    rows = (("code", "building"), ("kind", "capacity"))

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Such as R101 or LAB-2."))
    building = forms.CharField(label=_("Building"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Room.Kind.choices)
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=10_000, initial=40)


class ChangeRoomForm(RoomForm):
    """A room that stands, and the version that was looked at."""

    is_active = forms.BooleanField(label=_("In use"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class FacultyFields(Form):
    """When somebody can teach, what, and how much."""

    rows: ClassVar[tuple[tuple[str, ...], ...]] = (("employee_number", "department"),)

    employee_number = forms.CharField(label=_("Employee number"), max_length=30)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    max_weekly_units = forms.DecimalField(
        label=_("Most units in a week"), min_value=0, max_value=60, decimal_places=1, initial=24
    )
    is_full_time = forms.BooleanField(label=_("Full time"), required=False, initial=True)
    member_id = IdField(label=_("Signs in as"), required=False)
    availability = forms.MultipleChoiceField(
        label=_("Can teach"), required=False, widget=forms.CheckboxSelectMultiple, initial=WORKING_HALF_DAYS
    )
    subject_ids = forms.MultipleChoiceField(
        label=_("Qualified for"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Without any, everything fits."),
    )  # fmt: skip

    def __init__(self, *args: Any, members: Choices, subjects: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["member_id"].choices = [("", _("Nobody yet")), *members]
        fields["subject_ids"].choices = subjects
        fields["availability"].choices = [
            (half_day, f"{short_day(int(half_day[0]))} {half_day[2:]}") for half_day in HALF_DAYS
        ]

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        values = dict(self.cleaned_data)
        values["subject_ids"] = [UUID(value) for value in values["subject_ids"]]
        return values


class NewFacultyForm(FacultyFields):
    """Somebody who is to teach: the person of the account that is chosen, or somebody new."""

    rows = (("given_name", "family_name"), ("employee_number", "department"))
    field_order = ("member_id", "given_name", "family_name", "employee_number", "department")

    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(
        label=_("Family name"), max_length=120, required=False,
        help_text=_("Only for somebody whose account names no person yet."),
    )  # fmt: skip

    def __init__(self, *args: Any, may_add_people: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_add_people:
            del self.fields["given_name"], self.fields["family_name"]


class ChangeFacultyForm(FacultyFields):
    """A profile that stands, and the version that was looked at."""

    is_active = forms.BooleanField(label=_("Teaching"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class SectionFields(Form):
    """The code and the seats of a class."""

    rows = (("code", "block_id"), ("capacity", "waitlist_capacity"))

    code = forms.CharField(label=_("Section"), max_length=30, help_text=_("Such as A or BSIT-1A."))
    block_id = IdField(label=_("Block"), required=False)
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=LARGEST_SECTION, initial=MOST_STUDENTS)
    waitlist_capacity = forms.IntegerField(
        label=_("Places on the waitlist"), min_value=0, max_value=LARGEST_SECTION, initial=DEFAULT_WAITLIST
    )

    def __init__(self, *args: Any, blocks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block: Any = self.fields["block_id"]
        block.choices = [("", _("None")), *blocks]


class NewSectionForm(SectionFields):
    """A class to be added to a term."""

    field_order = ("subject_id", "code", "block_id")

    subject_id = IdField(label=_("Subject"))

    def __init__(self, *args: Any, subjects: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject: Any = self.fields["subject_id"]
        subject.choices = [("", _("Choose a subject")), *subjects]


class ChangeSectionForm(SectionFields):
    """A class that stands, and the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class MeetingForm(Form):
    """When, where and by whom. Empty hours are to be announced."""

    rows = (("component", "weekday"), ("start_min", "end_min"), ("room_id", "professor_id"), ("from_date", "to_date"))

    component = forms.ChoiceField(label=_("Part"), choices=Component.choices)
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, empty_value=None, required=False)
    start_min = TimeField(label=_("From"), required=False)
    end_min = TimeField(label=_("To"), required=False, help_text=_("The next class may begin then."))
    room_id = IdField(label=_("Room"), required=False)
    professor_id = IdField(label=_("Professor"), required=False)
    from_date = DateField(label=_("First day"), required=False, help_text=_("Empty: the whole term."))
    to_date = DateField(label=_("Last day"), required=False)
    override_reason = forms.CharField(
        label=_("Let it overlap, because"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only for classes that belong together: it is kept with your name."),
    )  # fmt: skip
    in_spite_of_students = forms.BooleanField(
        label=_("Save it although students have another class then"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, rooms: Choices, professors: Choices, may_override: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["weekday"].choices = [("", _("To be announced")), *Meeting.Weekday.choices]
        fields["room_id"].choices = [("", _("To be announced")), *rooms]
        fields["professor_id"].choices = [("", _("Whoever is assigned")), *professors]
        if not may_override:
            del fields["override_reason"]


class AssignForm(Form):
    """Who teaches a part of a class."""

    rows = (("component", "role"),)

    professor_id = IdField(label=_("Professor"), required=False)
    component = forms.ChoiceField(label=_("Part"), choices=Component.choices)
    role = forms.ChoiceField(
        label=_("As"), choices=[("PRIMARY", _("Owner of the grades")), ("CO", _("Teaches beside the owner"))]
    )
    override_reason = forms.CharField(
        label=_("Let them be booked twice, because"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, professors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        professor: Any = self.fields["professor_id"]
        professor.choices = [("", _("To be announced")), *professors]


class CancelClassForm(Form):
    """A day on which a class does not meet."""

    on_date = DateField(label=_("Day"))
    reason = forms.CharField(label=_("Why"), max_length=200)


class PublishForm(Form):
    """When classes are picked. Without days from now on, for the hours of the setting."""

    rows = (("picking_opens_on", "picking_closes_on"),)

    picking_opens_on = DateField(label=_("Picking opens"), required=False, help_text=_("Empty: at once."))
    picking_closes_on = DateField(
        label=_("Last day of picking"), required=False, help_text=_("Empty: after the hours of the setting.")
    )
    in_spite_of_findings = forms.BooleanField(label=_("Publish although the checklist is not empty"), required=False)


class CopyForm(Form):
    """From which term classes are copied."""

    from_term_id = IdField(label=_("From"))
    to_term_id = IdField(label=_("To"))
    with_professors = forms.BooleanField(label=_("With professors"), required=False, initial=True)
    with_rooms = forms.BooleanField(label=_("With rooms"), required=False, initial=True)

    rows = (("from_term_id", "to_term_id"),)

    def __init__(self, *args: Any, terms: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_term_id", "to_term_id"):
            field: Any = self.fields[name]
            field.choices = terms


class TimetableForm(Form):
    """A timetable file and the term it is of."""

    term_id = IdField(label=_("Term"))
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, at most 2,000 lines."))

    def __init__(self, *args: Any, terms: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term: Any = self.fields["term_id"]
        term.choices = terms


class DemandForm(Form):
    """How many students of each programme and year are expected."""

    def __init__(self, *args: Any, cohorts: Sequence[tuple[UUID, str, int, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cohorts = cohorts
        for programme_id, code, year_level, students in cohorts:
            self.fields[f"students_{programme_id}_{year_level}"] = forms.IntegerField(
                label=f"{code} {year_level}", min_value=0, max_value=5_000, required=False, initial=students
            )

    def demand(self) -> list[Demand]:
        """As the generator takes it."""
        return [
            Demand(programme_id, year_level, self.cleaned_data.get(f"students_{programme_id}_{year_level}") or 0)
            for programme_id, _code, year_level, _students in self._cohorts
        ]
