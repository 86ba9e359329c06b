"""Rooms, and profiles of faculty with the load of each."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid, Refusal
from rollbook.core.identity.models import Membership
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.rendering import done
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.permissions import ADD_PEOPLE
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.checklist import faculty_loads
from rollbook.systems.college.scheduling.forms import ChangeFacultyForm, ChangeRoomForm, NewFacultyForm, RoomForm
from rollbook.systems.college.scheduling.models import Faculty
from rollbook.systems.college.scheduling.pages.around import (
    around,
    member_choices,
    subject_choices,
    terms_of,
)
from rollbook.systems.college.scheduling.pages.week import week_of
from rollbook.systems.college.scheduling.services.faculty import FACULTY_FIELDS, qualified_subjects
from rollbook.systems.college.scheduling.services.rooms import ROOM_FIELDS
from rollbook.systems.college.scheduling.tables import FacultyTable, RoomTable
from rollbook.systems.college.scheduling.words import FACULTY_STATES, ROOM_STATES

MOST_BARS = 40


@page(permission=permissions.VIEW_SCHEDULE)
def rooms(request: PageRequest) -> HttpResponse:
    """Every room."""
    table = RoomTable(request, selectors.rooms(request.actor).values(*RoomTable.fields()))
    context = around(request, "schedule:rooms", may_manage=request.actor.may(permissions.MANAGE_ROOMS))
    return table.respond("college/scheduling/rooms.html", context)


@page(permission=permissions.MANAGE_ROOMS)
def new_room(request: PageRequest) -> HttpResponse:
    """Add a room."""
    form = RoomForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.add_room(request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:rooms", message=_("Added."))
    return render(request, "college/scheduling/new_room.html", {"form": form}, status=form.status)


@page(permission=permissions.VIEW_SCHEDULE)
def room(request: PageRequest, room_id: UUID) -> HttpResponse:
    """One room with its week; changed here by whoever may."""
    found = selectors.get_room(request.actor, room_id)
    form = ChangeRoomForm.of(request, initial={field: getattr(found, field) for field in (*ROOM_FIELDS, "version")})
    may_manage = request.actor.may(permissions.MANAGE_ROOMS)
    if form.is_submitted_and_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_room(request.actor, room_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:room", found.id, message=_("Saved."))
    _terms, term = terms_of(request)
    entries = selectors.timetable(term.id, room_id=found.id) if term else []
    context = {
        "room": found, "state": ROOM_STATES[found.is_active], "form": form if may_manage else None, "term": term,
        **week_of(entries),
    }  # fmt: skip
    return render(request, "college/scheduling/room.html", context, status=form.status)


@page(permission=permissions.VIEW_SCHEDULE)
def faculty(request: PageRequest) -> HttpResponse:
    """Everybody who teaches, and how much of their week is taken."""
    table = FacultyTable(request, selectors.faculty(request.actor).values(*FacultyTable.fields()))
    context = around(request, "schedule:faculty", may_manage=request.actor.may(permissions.MANAGE_FACULTY))
    context["chart"] = load_chart(context["term"]) if context["term"] else None
    return table.respond("college/scheduling/faculty.html", context)


def load_chart(term: Any) -> Chart | None:
    """The units of each professor in a term, those with the most first, beside the most they take."""
    loads = faculty_loads(term.id)
    profiles = [
        profile for profile in Faculty.objects.filter(is_active=True).select_related("person") if loads.get(profile.id)
    ]
    profiles.sort(key=lambda profile: (-loads[profile.id], profile.person.roll_name))
    if not profiles:
        return None
    shown = profiles[:MOST_BARS]
    return Chart(
        "bar",
        _("Units taught in %(term)s") % {"term": term.code},
        [profile.person.roll_name for profile in shown],
        [
            Series(_("Units"), [_rounded(loads[profile.id]) for profile in shown]),
            Series(_("At most"), [_rounded(profile.max_weekly_units) for profile in shown]),
        ],
        label_heading=_("Professor"),
    )


def _rounded(units: Decimal) -> int:
    return int(units.to_integral_value())


def _choices(found: Faculty | None = None) -> dict[str, Any]:
    return {"members": member_choices(found.member_id if found else None), "subjects": subject_choices()}


@page(permission=permissions.MANAGE_FACULTY)
def new_professor(request: PageRequest) -> HttpResponse:
    """Let somebody teach here."""
    form = NewFacultyForm.of(request, may_add_people=request.actor.may(ADD_PEOPLE), **_choices())
    if form.is_submitted_and_valid():
        values = form.values()
        try:
            person = _person(values.pop("given_name", ""), values.pop("family_name", ""), values["member_id"])
            profile = services.add_faculty(request.actor, person=person, **values)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:professor", profile.id, message=_("Added."))
    return render(request, "college/scheduling/new_professor.html", {"form": form}, status=form.status)


def _person(given_name: str, family_name: str, member_id: UUID | None) -> UUID | NewPerson:
    """The person behind the chosen account, or somebody new by name."""
    if member_id is not None:
        known = Membership.objects.filter(id=member_id).values_list("person_id", flat=True).first()
        if known is not None:
            return UUID(str(known))
    if not (given_name or family_name):
        raise Invalid.field("member_id", _("Choose an account that names a person; a registrar can add somebody new."))
    return NewPerson(given_name=given_name, family_name=family_name)


@page(permission=permissions.VIEW_SCHEDULE)
def professor(request: PageRequest, faculty_id: UUID) -> HttpResponse:
    """One profile with its week; changed here by whoever may."""
    found = selectors.get_faculty(request.actor, faculty_id)
    may_manage = request.actor.may(permissions.MANAGE_FACULTY)
    initial = {field: getattr(found, field) for field in (*FACULTY_FIELDS, "version")}
    initial["subject_ids"] = [str(subject_id) for subject_id in qualified_subjects(found.id)]
    form = ChangeFacultyForm.of(request, initial=initial, **_choices(found))
    if form.is_submitted_and_valid():
        changes = form.values()
        version = changes.pop("version")
        try:
            services.change_faculty(request.actor, faculty_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:professor", found.id, message=_("Saved."))
    _terms, term = terms_of(request)
    entries = selectors.timetable(term.id, professor_id=found.id) if term else []
    units = faculty_loads(term.id).get(found.id, Decimal(0)) if term else Decimal(0)
    context = {
        "professor": found, "state": FACULTY_STATES[found.is_active], "form": form if may_manage else None,
        "term": term, "units": units, "is_overloaded": units > found.max_weekly_units,
        "back": reverse("schedule:faculty"), **week_of(entries),
    }  # fmt: skip
    return render(request, "college/scheduling/professor.html", context, status=form.status)
