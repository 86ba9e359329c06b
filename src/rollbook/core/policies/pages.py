"""Settings on the screen: what holds, what it was, changing it with a look ahead."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.audit.selectors import member_name
from rollbook.core.errors import Refusal
from rollbook.core.policies import permissions, register, selectors, services
from rollbook.core.policies.errors import UnknownPolicy
from rollbook.core.policies.forms import PolicyForm, initial_value
from rollbook.core.policies.register import Policy
from rollbook.core.policies.words import takes_words, value_words
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done


def _group_words(key: str) -> str:
    return key.rpartition(".")[0].replace(".", " · ").replace("_", " ").capitalize()


@page(permission=permissions.VIEW_SETTINGS)
def settings(request: PageRequest) -> HttpResponse:
    """Every setting of the organisation with its present value."""
    here = organisation_in_scope()
    groups: dict[str, list[dict[str, Any]]] = {}
    for key, policy in register.policies(here.system).items():
        row = {
            "policy": policy,
            "value": value_words(policy, services.get(key), here.currency),
            "is_default": not selectors.versions_of(key),
        }
        groups.setdefault(_group_words(key), []).append(row)
    return render(request, "policies/settings.html", {"groups": list(groups.items())})


@page(permission=permissions.VIEW_SETTINGS)
def setting(request: PageRequest, key: str) -> HttpResponse:
    """One setting: what holds, its history, and the form that changes it."""
    policy = _policy_here(key)
    here = organisation_in_scope()
    present = services.get(key)
    number = max((version.number for version in selectors.versions_of(key)), default=0)
    may_change = request.actor.may(policy.change_permission)
    initial = {"value": initial_value(policy, present, here.currency), "expected_number": number}
    form = PolicyForm.of(request, initial=initial, policy=policy) if may_change else None
    context: dict[str, Any] = {
        "policy": policy,
        "present": value_words(policy, present, here.currency),
        "takes": takes_words(policy, here.currency),
        "history": _history(policy, here.currency),
        "form": form,
        "proposal": None,
    }
    if form is not None and form.is_submitted_and_valid():
        try:
            if "look" not in request.POST:
                _change(request, key, form)
                return done(request, "policies:setting", key, message=_("The setting is changed."))
            context |= _look_ahead(request, policy, form, here.currency)
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "policies/setting.html", context, status=refusal.status)
    return render(request, "policies/setting.html", context, status=form.status if form else 200)


def _policy_here(key: str) -> Policy:
    policy = register.policy(key)
    if key not in register.policies(organisation_in_scope().system):
        raise UnknownPolicy(key=key)
    return policy


def _change(request: PageRequest, key: str, form: PolicyForm) -> None:
    services.change(
        request.actor,
        key,
        form.value,
        form.cleaned_data["effective_on"],
        form.cleaned_data["reason"],
        expected_number=form.cleaned_data["expected_number"],
        confirmed_affected=form.cleaned_data["confirmed_affected"],
    )


def _look_ahead(request: PageRequest, policy: Policy, form: PolicyForm, currency: str) -> dict[str, Any]:
    proposal = services.foretell(request.actor, policy.key, form.value, form.cleaned_data["effective_on"])
    line = (policy.label, value_words(policy, proposal.before, currency), value_words(policy, proposal.value, currency))
    return {"proposal": proposal, "changes": [line]}


def _history(policy: Policy, currency: str) -> list[dict[str, Any]]:
    rows = selectors.history(policy.key).annotate(author_name=member_name("author_id"))
    now = clock.now()
    return [
        {
            "version": version,
            "who": version.author_name or version.job,
            "line": [
                (
                    policy.label,
                    value_words(policy, version.before, currency),
                    value_words(policy, version.value, currency),
                )
            ],
            "is_coming": version.effective_from > now,
        }
        for version in rows[:100]
    ]
