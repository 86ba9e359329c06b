"""One person: what is written about them, and changing it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Invalid, Refusal, VersionConflict
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done
from rollbook.shared.people import permissions, selectors, services
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.errors import UnusualBirthDate
from rollbook.shared.people.models import Merge, Person
from rollbook.shared.people.pages.forms import (
    AddressForm,
    ChangePersonForm,
    ContactForm,
    MergeForm,
    NewPersonForm,
    NumberForm,
    ReasonForm,
    RelateForm,
)


@page(permission=SIGNED_IN)
def person(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Somebody on the roll."""
    found = selectors.person(request.actor, person_id)
    survivor = selectors.survivor_of(person_id) if found.merged_into_id else None
    context = {
        "person": found,
        "survivor_id": survivor,
        "contacts": list(selectors.contact_points(person_id)),
        "numbers": list(selectors.identifiers(person_id)),
        "addresses": list(selectors.addresses(person_id)),
        "relations": list(selectors.relationships(person_id)),
        "related_to": list(selectors.related_to(person_id)),
        "merges": list(Merge.objects.filter(survivor=found, undone_at__isnull=True).select_related("duplicate")),
        "may_change": request.actor.may(permissions.CHANGE_PEOPLE) and survivor is None,
        "may_merge": request.actor.may(permissions.MERGE_PEOPLE) and survivor is None,
        "may_see_audit": request.actor.may("core.audit.view"),
    }
    return render(request, "people/person.html", context)


@page(permission=permissions.ADD_PEOPLE)
def new_person(request: PageRequest) -> HttpResponse:
    """Add somebody; who might be a double is shown first."""
    form = NewPersonForm.of(request)
    doubles: list[Person] = []
    if form.is_submitted_and_valid():
        new = NewPerson(
            **form.values(),
            phones=tuple(filter(None, [form.cleaned_data["phone"]])),
            emails=tuple(filter(None, [form.cleaned_data["email"]])),
        )
        doubles = _doubles(new)
        if not doubles or request.POST.get("is_somebody_else"):
            try:
                added = services.add_person(request.actor, new)
            except Refusal as refusal:
                form.refuse(refusal)
                return render(request, "people/new_person.html", {"form": form}, status=refusal.status)
            return done(request, "people:person", added.pk, message=_("Added to the roll."))
    status = 422 if doubles else form.status
    return render(request, "people/new_person.html", {"form": form, "doubles": doubles}, status=status)


def _doubles(new: NewPerson) -> list[Person]:
    from rollbook.shared.people.rules import Name

    name = Name(new.family_name, new.given_name, new.middle_name, new.suffix)
    return list(selectors.possible_duplicates(name, new.birth_date)[:5])


@page(permission=permissions.CHANGE_PEOPLE)
def change_person(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Change names, birth date, sex and privacy. Whoever comes second sees what stands now."""
    found = selectors.person(request.actor, person_id)
    names = [name for name in ChangePersonForm.base_fields if name != "version"]
    form = ChangePersonForm.of(request, initial={name: getattr(found, name) for name in (*names, "version")})
    if form.is_submitted_and_valid():
        try:
            services.change_person(
                request.actor,
                person_id=person_id,
                version=form.cleaned_data["version"],
                changes=form.values(),
                is_age_confirmed=True,
            )
        except VersionConflict as refusal:
            form.refuse(refusal)
            differences = _differences(found, form.values())
            context = {"form": form, "person": found, "differences": differences}
            return render(request, "people/change_person.html", context, status=refusal.status)
        except (Invalid, UnusualBirthDate) as refusal:
            form.refuse(refusal)
            return render(request, "people/change_person.html", {"form": form, "person": found}, status=refusal.status)
        return done(request, "people:person", person_id, message=_("Changed."))
    return render(request, "people/change_person.html", {"form": form, "person": found}, status=form.status)


def _differences(found: Person, typed: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Field by field: what stands now and what was typed."""
    fields = ChangePersonForm.base_fields
    return [
        (str(fields[name].label), getattr(found, name), value)
        for name, value in typed.items()
        if getattr(found, name) != value
    ]


def _small_act(
    request: PageRequest, person_id: UUID, form: Form, *, title: str, submit: str, act: Callable[[], object], said: str
) -> HttpResponse:
    """A page with one form about one person."""
    found = selectors.person(request.actor, person_id)
    context = {"person": found, "form": form, "title": title, "submit": submit}
    if form.is_submitted_and_valid():
        try:
            act()
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "people/small_act.html", context, status=refusal.status)
        return done(request, "people:person", person_id, message=said)
    return render(request, "people/small_act.html", context, status=form.status)


@page(permission=permissions.CHANGE_PEOPLE)
def add_contact(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Write down how somebody is reached."""
    form = ContactForm.of(request)
    return _small_act(
        request, person_id, form, title=_("Add a way to reach them"), submit=_("Add"), said=_("Added."),
        act=lambda: services.add_contact_point(request.actor, person_id=person_id, **form.cleaned_data),
    )  # fmt: skip


@page(permission=permissions.CHANGE_PEOPLE)
def add_number(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Write down a number that somebody carries."""
    form = NumberForm.of(request)
    return _small_act(
        request, person_id, form, title=_("Add a number"), submit=_("Add"), said=_("Added."),
        act=lambda: services.add_identifier(request.actor, person_id=person_id, **form.cleaned_data),
    )  # fmt: skip


@page(permission=permissions.CHANGE_PEOPLE)
def set_address(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Write down where somebody lives."""
    present = selectors.addresses(person_id).first()
    form = AddressForm.of(request, initial=_address(present) if present else {"country": selectors.home_country()})
    return _small_act(
        request, person_id, form, title=_("Address"), submit=_("Save address"), said=_("Address saved."),
        act=lambda: services.set_address(request.actor, person_id=person_id, **form.cleaned_data),
    )  # fmt: skip


def _address(present: Any) -> dict[str, str]:
    return {name: getattr(present, name) for name in AddressForm.base_fields}


@page(permission=permissions.CHANGE_PEOPLE)
def relate(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Write down a guardian, parent, next of kin."""
    form = RelateForm.of(request, besides=person_id)
    return _small_act(
        request, person_id, form, title=_("Add a guardian or relative"), submit=_("Add"), said=_("Added."),
        act=lambda: services.relate(
            request.actor,
            person_id=person_id,
            relative_id=form.cleaned_data["person_id"],
            kind=form.cleaned_data["kind"],
            is_primary=form.cleaned_data["is_primary"],
        ),
    )  # fmt: skip


@page(permission=permissions.CHANGE_PEOPLE)
def end_relationship(request: PageRequest, person_id: UUID, relationship_id: UUID) -> HttpResponse:
    """Write down that a relationship is over."""
    form = ReasonForm.of(request)
    return _small_act(
        request, person_id, form, title=_("End this relationship"), submit=_("End"), said=_("Ended."),
        act=lambda: services.end_relationship(
            request.actor, relationship_id=relationship_id, reason=form.cleaned_data["reason"]
        ),
    )  # fmt: skip


@require_POST
@page(permission=permissions.CHANGE_PEOPLE)
def remove_contact(request: PageRequest, person_id: UUID, contact_point_id: UUID) -> HttpResponse:
    """Take away a way of reaching somebody."""
    services.remove_contact_point(request.actor, contact_point_id=contact_point_id)
    return done(request, "people:person", person_id, message=_("Removed."))


@require_POST
@page(permission=permissions.CHANGE_PEOPLE)
def make_primary(request: PageRequest, person_id: UUID, contact_point_id: UUID) -> HttpResponse:
    """Use this number or address first."""
    services.make_primary(request.actor, contact_point_id=contact_point_id)
    return done(request, "people:person", person_id, message=_("Used first from now on."))


@page(permission=permissions.CHANGE_PEOPLE)
def remove_number(request: PageRequest, person_id: UUID, identifier_id: UUID) -> HttpResponse:
    """Take a number away, such as that of a lost card."""
    form = ReasonForm.of(request)
    return _small_act(
        request, person_id, form, title=_("Take this number away"), submit=_("Take away"), said=_("Taken away."),
        act=lambda: services.remove_identifier(
            request.actor, identifier_id=identifier_id, reason=form.cleaned_data["reason"]
        ),
    )  # fmt: skip


@page(permission=permissions.MERGE_PEOPLE)
def merge(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Find the double of this entry and let this one stand for both."""
    form = MergeForm.of(request, besides=person_id)
    return _small_act(
        request, person_id, form, title=_("Merge a double into this entry"), submit=_("Merge"), said=_("Merged."),
        act=lambda: services.merge_people(
            request.actor,
            survivor_id=person_id,
            duplicate_id=form.cleaned_data["person_id"],
            reason=form.cleaned_data["reason"],
        ),
    )  # fmt: skip


@page(permission=permissions.MERGE_PEOPLE)
def undo_merge(request: PageRequest, person_id: UUID, merge_id: UUID) -> HttpResponse:
    """Make a double a person of its own again."""
    form = ReasonForm.of(request)
    return _small_act(
        request, person_id, form, title=_("Undo this merge"), submit=_("Undo merge"), said=_("The merge is undone."),
        act=lambda: services.undo_merge(request.actor, merge_id=merge_id, reason=form.cleaned_data["reason"]),
    )  # fmt: skip
