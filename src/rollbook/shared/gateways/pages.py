"""Provider accounts on the screen: what is in use, where events go, proposing changes that another person approves."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.core.web.states import State
from rollbook.shared.gateways import permissions, selectors
from rollbook.shared.gateways.forms import AccountForm, SecretForm
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.services import accounts as acts

_TONES = {"WAITING": "wait", "ACTIVE": "good", "CLOSED": "neutral", "RETIRED": "neutral"}


def _state(row: GatewayAccount | GatewaySecret) -> State:
    tone = _TONES[row.state]
    return State(row.get_state_display(), tone)  # type: ignore[arg-type] # one of the tones above


@page(permission=permissions.VIEW_ACCOUNTS)
def accounts(request: PageRequest) -> HttpResponse:
    """Every account at a provider."""
    rows = [(one, PROVIDERS[one.provider].label, _state(one)) for one in selectors.accounts(request.actor)]
    context = {"accounts": rows, "may_manage": request.actor.may(permissions.MANAGE_ACCOUNTS)}
    return render(request, "gateways/accounts.html", context)


@page(permission=permissions.VIEW_ACCOUNTS)
def account(request: PageRequest, account_id: UUID) -> HttpResponse:
    """One account: where its events go, which secrets are in force."""
    found = selectors.get_account(request.actor, account_id)
    is_open = found.state != GatewayAccount.State.CLOSED
    context = {
        "account": found,
        "provider": PROVIDERS[found.provider].label,
        "state": _state(found),
        "address": selectors.endpoint_address(found),
        "secrets": [(one, _state(one)) for one in selectors.secrets_of(request.actor, found)],
        "may_manage": is_open and request.actor.may(permissions.MANAGE_ACCOUNTS),
    }
    return render(request, "gateways/account.html", context)


@page(permission=permissions.MANAGE_ACCOUNTS)
def new_account(request: PageRequest) -> HttpResponse:
    """Ask a second person to open an account."""
    form = AccountForm.of(request)
    if form.is_submitted_and_valid():
        told = form.cleaned_data
        try:
            made, _request = acts.propose_account(
                request.actor, provider=told["provider"], is_live=told["mode"] == "live", label=told["label"],
                secret_key=told["secret_key"], webhook_secret=told["webhook_secret"], reason=told["reason"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "gateways:account", made.id, message=_("Asked. A second administrator decides."))
    return render(request, "gateways/new_account.html", {"form": form}, status=form.status)


@page(permission=permissions.MANAGE_ACCOUNTS)
def new_secret(request: PageRequest, account_id: UUID) -> HttpResponse:
    """Ask a second person to put a new secret in force."""
    found = selectors.get_account(request.actor, account_id)
    form = SecretForm.of(request)
    if form.is_submitted_and_valid():
        told = form.cleaned_data
        try:
            acts.propose_secret(
                request.actor, account_id=account_id, kind=told["kind"], value=told["value"], reason=told["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "gateways:account", account_id, message=_("Asked. A second administrator decides."))
    return render(request, "gateways/new_secret.html", {"form": form, "account": found}, status=form.status)


@require_POST
@page(permission=permissions.MANAGE_ACCOUNTS)
def close_account(request: PageRequest, account_id: UUID) -> HttpResponse:
    """Take no more payments through it."""
    acts.close_account(request.actor, account_id=account_id, reason=request.POST.get("reason", ""))
    return done(request, "gateways:account", account_id, message=_("The account is closed."))
