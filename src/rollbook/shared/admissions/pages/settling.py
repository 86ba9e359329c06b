"""Possible doubles, appointments by day, and the checklist."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.errors import NotFound, Refusal
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done
from rollbook.shared.admissions import permissions, selectors, services
from rollbook.shared.admissions.errors import AppointmentNotFound
from rollbook.shared.admissions.forms import AppointmentForm, KnowingForm, OutcomeForm
from rollbook.shared.admissions.models import Appointment
from rollbook.shared.admissions.pages.office import frame
from rollbook.shared.admissions.scheme import Wanted, scheme_in_scope
from rollbook.shared.admissions.services.checklists import MOST
from rollbook.shared.admissions.words import APPOINTMENT_STATES
from rollbook.shared.people.selectors import contact_points, identifiers


@page(permission=permissions.VIEW_APPLICATIONS)
def doubles(request: PageRequest) -> HttpResponse:
    """Every open application that looks like somebody else."""
    rows = selectors.with_progress(selectors.applications(request.actor)).filter(is_flagged=True)
    context = {"flagged": list(rows.order_by("submitted_at", "id")[:100])}
    return render(request, "admissions/doubles.html", context)


@page(permission=permissions.REVIEW_APPLICATIONS)
def compare(request: PageRequest, application_id: UUID) -> HttpResponse:
    """One applicant beside everybody they may be; say who it is."""
    found = selectors.get_application(request.actor, application_id)
    form = KnowingForm.of(request)
    if form.is_submitted_and_valid():
        try:
            _settle(request, application_id, form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "admissions:application", application_id, message=_("Settled."))
    who = selectors.doubles_of(found)
    context = {
        **frame(request.actor, found),
        "people": [
            {
                "person": each,
                "numbers": [{"label": _words_of(row.kind), "value": row.value} for row in identifiers(each.pk)],
                "contacts": list(contact_points(each.pk)),
                "is_matched": found.person_id == each.pk,
            }
            for each in who.people
        ],
        "others": who.applications,
        "form": form,
    }
    return render(request, "admissions/compare.html", context, status=form.status)


def _words_of(kind: str) -> str:
    """The kind of a number as people read it: college.student_number is "Student number"."""
    return str(capfirst(kind.rpartition(".")[2].replace("_", " ")))


def _settle(request: PageRequest, application_id: UUID, reason: str) -> None:
    """The button that was pressed says what it is: a person, another application, or somebody else."""
    verdict, _dot, named = request.POST.get("verdict", "").partition(":")
    try:
        other = UUID(named) if named else None
    except ValueError:
        raise NotFound from None
    if verdict == "person" and other is not None:
        services.match_person(request.actor, application_id=application_id, person_id=other, reason=reason)
    elif verdict == "keep" and other is not None:
        services.fold(request.actor, kept_id=application_id, duplicate_id=other, reason=reason)
    else:
        services.say_distinct(request.actor, application_id=application_id, reason=reason)


@page(permission=permissions.VIEW_APPLICATIONS)
def appointments(request: PageRequest) -> HttpResponse:
    """Who comes on a day."""
    today = selectors.today_here()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    rows = list(selectors.appointments(request.actor, day))
    week = [day - timedelta(days=day.weekday()) + timedelta(days=offset) for offset in range(7)]
    busy = dict(_counts(week))
    context = {
        "day": day,
        "today": today,
        "rows": [{"row": row, "state": APPOINTMENT_STATES[row.state]} for row in rows],
        "week": [{"day": each, "count": busy.get(each, 0), "is_current": each == day} for each in week],
        "before": week[0] - timedelta(days=7),
        "after": week[0] + timedelta(days=7),
        "may_review": request.actor.may(permissions.REVIEW_APPLICATIONS),
    }
    return render(request, "admissions/appointments.html", context)


def _counts(week: list[date]) -> list[tuple[date, int]]:
    rows = Appointment.objects.filter(local_day__in=week).exclude(state=Appointment.State.CANCELLED)
    return [(row["local_day"], row["n"]) for row in rows.order_by().values("local_day").annotate(n=Count("id"))]


@page(permission=permissions.REVIEW_APPLICATIONS)
def set_appointment(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Ask an applicant to come."""
    found = selectors.get_application(request.actor, application_id)
    form = AppointmentForm.of(request)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        zone = ZoneInfo(organisation_in_scope().timezone)
        try:
            made = services.set_appointment(
                request.actor, application_id=application_id, kind=cleaned["kind"], place=cleaned["place"],
                starts_at=datetime.combine(cleaned["day"], cleaned["time"], zone), minutes=cleaned["minutes"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("Set for %(day)s; the applicant is told by mail.") % {"day": made.local_day}
            return done(request, "admissions:application", application_id, message=message)
    context = {**frame(request.actor, found), "form": form}
    return render(request, "admissions/set_appointment.html", context, status=form.status)


@page(permission=permissions.REVIEW_APPLICATIONS)
def close_appointment(request: PageRequest, appointment_id: UUID) -> HttpResponse:
    """Note what came of an appointment."""
    found = selectors.appointments(request.actor).filter(id=appointment_id).first()
    form = OutcomeForm.of(request)
    if found is None:
        raise AppointmentNotFound
    if form.is_submitted_and_valid():
        try:
            services.close_appointment(request.actor, appointment_id=appointment_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "admissions:application", found.application_id, message=_("Noted."))
    context = {**frame(request.actor, found.application), "form": form, "appointment": found}
    return render(request, "admissions/close_appointment.html", context, status=form.status)


class ChecklistForm(Form):
    """The documents of one kind, one on a line; those in brackets are not required."""

    documents = forms.CharField(
        label=gettext_lazy("Documents"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "One on a line: a short key, a colon, what people read. Put (optional) behind what may be missing."
        ),
    )  # fmt: skip


@page(permission=permissions.MANAGE_CHECKLIST)
def checklist(request: PageRequest, kind: str = "") -> HttpResponse:
    """Which documents applicants bring, by how they come."""
    scheme = scheme_in_scope()
    current = scheme.kind(kind) or scheme.kinds[0]
    form = ChecklistForm.of(request, initial={"documents": _as_lines(selectors.checklist(current.key))})
    if form.is_submitted_and_valid():
        try:
            services.set_checklist(request.actor, kind=current.key, wanted=_read_lines(form.cleaned_data["documents"]))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "admissions:checklist_of", current.key, message=_("Saved."))
    context = {"kinds": scheme.kinds, "current": current, "form": form, "most": MOST}
    return render(request, "admissions/checklist.html", context, status=form.status)


_OPTIONAL = "(optional)"


def _as_lines(wanted: list[Wanted]) -> str:
    return "\n".join(f"{each.type}: {each.label}{'' if each.is_required else ' ' + _OPTIONAL}" for each in wanted)


def _read_lines(text: str) -> list[Wanted]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        key, _colon, label = line.partition(":")
        words = " ".join(label.split())
        is_optional = words.endswith(_OPTIONAL)
        found.append(Wanted(key.strip(), words.removesuffix(_OPTIONAL).strip(), not is_optional))
    return found
