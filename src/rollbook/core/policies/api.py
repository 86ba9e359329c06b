"""Settings over JSON."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Status

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.policies import permissions, register, selectors, services
from rollbook.core.policies.errors import UnknownPolicy
from rollbook.core.policies.models import PolicyVersion
from rollbook.core.policies.register import Policy
from rollbook.core.policies.schemas import ChangeIn, LookIn, LookOut, PolicyOut, VersionOut
from rollbook.core.tenancy.selectors import organisation_in_scope

router = Router(tags=["Settings"])

_VERSION = tuple(VersionOut.model_fields)


@router.get("/", permission=permissions.VIEW_SETTINGS, response=list[PolicyOut])
def list_settings(request: ApiRequest) -> list[dict[str, Any]]:
    """Every setting of the organisation with the value that holds now."""
    return [_setting(policy) for policy in register.policies(organisation_in_scope().system).values()]


@router.get("/{key}", permission=permissions.VIEW_SETTINGS, response=PolicyOut)
def get_setting(request: ApiRequest, response: HttpResponse, key: str) -> dict[str, Any]:
    """One setting. Its ETag is needed to change it."""
    shown = _setting(_policy_here(key))
    response["ETag"] = etag(shown["number"])
    return shown


@router.get("/{key}/versions", permission=permissions.VIEW_SETTINGS, response=Page[VersionOut])
def list_versions(request: ApiRequest, key: str, page: Query[PageQuery]) -> dict[str, Any]:
    """Every value that the setting has had or will have, the newest first."""
    rows = PolicyVersion.objects.filter(key=_policy_here(key).key).values(*_VERSION)
    return page_of(rows, page, order=("-number", "-id"))


@router.post("/{key}/preview", permission=SIGNED_IN, response=LookOut)
def look_ahead(request: ApiRequest, key: str, body: LookIn) -> dict[str, Any]:
    """Say what a change would mean, without making it."""
    proposal = services.foretell(request.actor, _policy_here(key).key, body.value, body.effective_on)
    return {
        "before": proposal.before,
        "value": proposal.value,
        "effective_from": proposal.effective_from,
        "is_retroactive": proposal.is_retroactive,
        "sentence": proposal.preview.sentence,
        "affected": proposal.preview.affected,
    }


@router.post("/{key}/versions", permission=SIGNED_IN, response={201: VersionOut})
def change_setting(request: ApiRequest, response: HttpResponse, key: str, body: ChangeIn) -> Status[PolicyVersion]:
    """Give the setting a new value from a day on. Send the setting's ETag as If-Match."""
    version = services.change(
        request.actor,
        _policy_here(key).key,
        body.value,
        body.effective_on,
        body.reason,
        expected_number=expected_version(request),
        confirmed_affected=body.confirmed_affected,
    )
    response["ETag"] = etag(version.number)
    return Status(201, version)


def _policy_here(key: str) -> Policy:
    found = register.policies(organisation_in_scope().system).get(key)
    if found is None:
        raise UnknownPolicy(key=key)
    return found


def _setting(policy: Policy) -> dict[str, Any]:
    versions = selectors.versions_of(policy.key)
    return {
        "key": policy.key,
        "label": policy.label,
        "sentence": policy.sentence,
        "takes": policy.type.takes(),
        "value": services.get(policy.key),
        "default": policy.default,
        "number": max((version.number for version in versions), default=0),
    }
