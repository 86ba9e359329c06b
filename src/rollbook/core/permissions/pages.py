"""Roles: what each may do, and changing it."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.identity.services import guards
from rollbook.core.permissions import permissions, selectors, services
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done


class RoleForm(Form):
    """What a role may do: one list of permissions per room."""

    label = forms.CharField(label=_("Name of the role"), max_length=100)
    needs_second_factor = forms.BooleanField(
        label=_("Needs a second factor"),
        required=False,
        help_text=_("For everybody who touches money, grades, documents or settings."),
    )
    is_staff = forms.BooleanField(
        label=_("Staff"), required=False, help_text=_("Signed out after half an hour without a request.")
    )

    def __init__(self, *args: Any, held: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rooms: list[str] = []
        for group in selectors.permission_groups():
            name = f"may_{group.name}"
            self._rooms.append(name)
            self.fields[name] = forms.MultipleChoiceField(
                label=group.label,
                required=False,
                choices=[(permission.name, permission.sentence) for permission in group.permissions],
                initial=[permission.name for permission in group.permissions if permission.name in held],
                widget=forms.CheckboxSelectMultiple,
            )

    def values(self) -> dict[str, Any]:
        """What the service takes: the permissions of all rooms together, the rest as it stands."""
        rest = {name: value for name, value in self.cleaned_data.items() if name not in self._rooms}
        held = [permission for name in self._rooms for permission in self.cleaned_data[name]]
        return rest | {"permissions_held": held}


class NewRoleForm(RoleForm):
    """A role of the organisation's own."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        label=_("Short key"),
        max_length=50,
        help_text=_("Lower-case letters, digits and underscores, such as night_cashier. It stays for good."),
    )
    field_order = ["key", "label"]


class ChangeRoleForm(RoleForm):
    """A role that stands, and the version of it that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


@page(permission=permissions.VIEW_ROLES)
def role_list(request: PageRequest) -> HttpResponse:
    """What each role may do."""
    context = {
        "roles": list(selectors.role_bundles(request.actor)),
        "may_manage": request.actor.may(permissions.MANAGE_ROLES),
    }
    return render(request, "permissions/roles.html", context)


@page(permission=permissions.MANAGE_ROLES)
def new_role(request: PageRequest) -> HttpResponse:
    """Make a role."""
    guards.in_person(request.actor, clock.now())
    form = NewRoleForm.of(request, initial={"is_staff": True})
    if form.is_submitted_and_valid():
        try:
            bundle = services.make_role(actor=request.actor, **form.values())
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "permissions/new_role.html", {"form": form}, status=refusal.status)
        return done(request, "permissions:role", bundle.key, message=str(_("The role is made.")))
    return render(request, "permissions/new_role.html", {"form": form}, status=form.status)


@page(permission=permissions.VIEW_ROLES)
def role_page(request: PageRequest, key: str) -> HttpResponse:
    """One role: what it may do, by room."""
    bundle = selectors.role_bundle(request.actor, key)
    held = set(bundle.permissions)
    groups = [
        (group.label, [permission for permission in group.permissions if permission.name in held])
        for group in selectors.permission_groups()
    ]
    context = {
        "role": bundle,
        "groups": [(name, found) for name, found in groups if found],
        "may_manage": request.actor.may(permissions.MANAGE_ROLES),
    }
    return render(request, "permissions/role.html", context)


@page(permission=permissions.MANAGE_ROLES)
def change_role(request: PageRequest, key: str) -> HttpResponse:
    """Change what a role may do."""
    guards.in_person(request.actor, clock.now())
    bundle = selectors.role_bundle(request.actor, key)
    initial: dict[str, Any] = {
        "label": bundle.label,
        "needs_second_factor": bundle.needs_second_factor,
        "is_staff": bundle.is_staff,
        "version": bundle.version,
    }
    form = ChangeRoleForm.of(request, initial=initial, held=bundle.permissions)
    context = {"form": form, "role": bundle}
    if form.is_submitted_and_valid():
        values = form.values()
        try:
            services.change_role(actor=request.actor, key=key, expected_version=values.pop("version"), **values)
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "permissions/change_role.html", context, status=refusal.status)
        return done(request, "permissions:role", key, message=str(_("The role is changed.")))
    return render(request, "permissions/change_role.html", context, status=form.status)
