"""Members: the list, one member, inviting, roles, links, ending and giving back access."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.identity import permissions, selectors
from rollbook.core.identity.policies import may_act_for_others
from rollbook.core.identity.services import factors, guards, links, members
from rollbook.core.permissions import register
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done
from rollbook.core.web.states import State
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter

STATES = {True: State(_("Active"), "good"), False: State(_("No access"), "neutral")}


def role_choices(*_args: Any) -> list[tuple[str, str]]:
    """The roles of the organisation in scope, by label."""
    return list(RoleBundle.objects.order_by("label").values_list("key", "label"))


def _roles_in_words(row: Any) -> str:
    known = register.roles()
    labels = [str(known[key].label) if key in known else key.replace("_", " ") for key in row["roles"]]
    return ", ".join(sorted(labels)) or "—"


class MemberTable(Table):
    """Everybody who is or was a member."""

    name = "members"
    title = _("Members")
    columns = (
        Column("name", _("Name"), sortable=True, primary=True, link="identity:member"),
        Column("roles", _("Roles"), text=_roles_in_words, needs=("roles",), export=_roles_in_words),
        Column("email", _("E-mail"), nullable=True),
        Column("login_name", _("Number"), nullable=True),
        Column("is_active", _("Access"), kind="state", states=STATES),
    )
    filters = (
        TextFilter(
            "find",
            _("Name, number or e-mail"),
            ("name__icontains", "login_name__istartswith", "user__email__istartswith"),
        ),
        ChoiceFilter("role", _("Role"), choices=role_choices, lookup="roles__contains"),
        BooleanFilter("active", _("With access only"), lookup={"is_active": True}),
    )
    order = "name"
    empty_title = _("No members yet")
    empty_icon = "users"
    export_permission = permissions.MANAGE_MEMBERS


@page(permission=permissions.VIEW_MEMBERS)
def member_list(request: PageRequest) -> HttpResponse:
    """The list of members."""
    table = MemberTable(request, selectors.members(request.actor).values(*MemberTable.fields()))
    context = {"may_manage": request.actor.may(permissions.MANAGE_MEMBERS)}
    return table.respond("identity/members.html", context)


class InviteForm(Form):
    """Somebody to invite."""

    display_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("The link that sets the password is sent there."),
    )
    login_name = forms.CharField(
        label=_("Student or employee number"),
        required=False,
        max_length=60,
        help_text=_("For signing in without e-mail; you hand over the link yourself."),
    )
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices()  # type: ignore[attr-defined]


@page(permission=permissions.MANAGE_MEMBERS)
def invite(request: PageRequest) -> HttpResponse:
    """Invite somebody."""
    form = InviteForm.of(request)
    if form.is_submitted_and_valid():
        try:
            membership = members.invite_member(actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "identity/invite.html", {"form": form}, status=refusal.status)
        message = _("%(name)s is invited.") % {"name": membership.name}
        return done(request, "identity:member", membership.id, message=message)
    return render(request, "identity/invite.html", {"form": form}, status=form.status)


@page(permission=permissions.VIEW_MEMBERS)
def member_page(request: PageRequest, member_id: UUID) -> HttpResponse:
    """One member: roles, how they sign in, what happened at the door."""
    membership = selectors.member(request.actor, member_id)
    actor = request.actor
    labels = dict(role_choices())
    is_self = membership.id == actor.membership_id
    context = {
        "member": membership,
        "state": STATES[membership.is_active],
        "roles": [labels.get(key, key) for key in membership.roles],
        "has_factor": selectors.has_second_factor(membership.user_id),
        "was_activated": membership.user.has_usable_password(),
        "events": selectors.login_events_of(membership.user_id),
        "may_manage": actor.may(permissions.MANAGE_MEMBERS) and not is_self,
        "may_impersonate": actor.may(permissions.IMPERSONATE)
        and not is_self
        and membership.is_active
        and may_act_for_others(),
        "is_self": is_self,
    }
    return render(request, "identity/member.html", context)


class DetailsForm(Form):
    """How a member is called here."""

    name = forms.CharField(label=_("Name"), max_length=200)
    login_name = forms.CharField(label=_("Student or employee number"), required=False, max_length=60)


@page(permission=permissions.MANAGE_MEMBERS)
def edit(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Correct name and number."""
    membership = selectors.member(request.actor, member_id)
    form = DetailsForm.of(request, initial={"name": membership.name, "login_name": membership.login_name or ""})
    context = {"form": form, "member": membership}
    if form.is_submitted_and_valid():
        try:
            members.update_member(
                actor=request.actor, membership_id=member_id, person_id=membership.person_id, **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "identity/edit_member.html", context, status=refusal.status)
        return done(request, "identity:member", member_id, message=str(_("Saved.")))
    return render(request, "identity/edit_member.html", context, status=form.status)


class RolesForm(Form):
    """The roles a member is to have, and which version of the member was looked at."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices()  # type: ignore[attr-defined]


@page(permission=permissions.MANAGE_MEMBERS)
def roles(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Give and take roles."""
    guards.in_person(request.actor, clock.now())
    membership = selectors.member(request.actor, member_id)
    form = RolesForm.of(request, initial={"roles": membership.roles, "version": membership.version})
    context = {"form": form, "member": membership}
    if form.is_submitted_and_valid():
        try:
            members.change_roles(
                actor=request.actor,
                membership_id=member_id,
                roles=form.cleaned_data["roles"],
                expected_version=form.cleaned_data["version"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "identity/roles_of_member.html", context, status=refusal.status)
        return done(request, "identity:member", member_id, message=str(_("Roles changed.")))
    return render(request, "identity/roles_of_member.html", context, status=form.status)


@page(permission=permissions.MANAGE_MEMBERS)
def end_access(request: PageRequest, member_id: UUID) -> HttpResponse:
    """End a member's access."""
    if request.method == "POST":
        members.deactivate_member(actor=request.actor, membership_id=member_id, reason=request.POST.get("reason", ""))
        return done(request, "identity:member", member_id, message=str(_("The access is ended.")))
    return done(request, "identity:member", member_id)


@page(permission=permissions.MANAGE_MEMBERS)
def give_back_access(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Give a former member the access back."""
    if request.method == "POST":
        members.reactivate_member(actor=request.actor, membership_id=member_id, reason=request.POST.get("reason", ""))
        return done(request, "identity:member", member_id, message=str(_("The access is given back.")))
    return done(request, "identity:member", member_id)


@page(permission=permissions.MANAGE_MEMBERS)
def send_link(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Send a fresh link to the member's own address."""
    if request.method == "POST":
        links.mail_link(actor=request.actor, membership_id=member_id)
        return done(request, "identity:member", member_id, message=str(_("The link is on its way.")))
    return done(request, "identity:member", member_id)


@page(permission=permissions.MANAGE_MEMBERS)
def show_link(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Show a fresh link for somebody without an e-mail address, to be printed or read out."""
    if request.method != "POST":
        return done(request, "identity:member", member_id)
    secret = links.show_link(actor=request.actor, membership_id=member_id)
    path = reverse("identity:follow_link", args=[organisation_in_scope().slug, secret])
    context = {"member": selectors.member(request.actor, member_id), "address": f"{settings.BASE_URL}{path}"}
    return render(request, "identity/link_shown.html", context)


@page(permission=permissions.MANAGE_MEMBERS)
def remove_factors(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Help a member who lost their second factor and their recovery codes."""
    if request.method == "POST":
        factors.remove_second_factors(
            actor=request.actor, membership_id=member_id, reason=request.POST.get("reason", "")
        )
        return done(request, "identity:member", member_id, message=str(_("The second factors are removed.")))
    return done(request, "identity:member", member_id)
