"""Opens an organisation: its row, the roles its system starts with, and the record that it was done."""

import re
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.ledger.services import open_chart


class OrganisationExists(Refusal):
    """There is an organisation '{slug}' already. Choose another slug, or use that one."""

    code = "ORGANISATION_EXISTS"


def create_organisation(
    *, slug: str, name: str, system: str, currency: str, timezone: str, locale: str = "en", country: str = ""
) -> UUID:
    """Open an institution that runs itself on this installation, with the roles that its system starts with."""
    organisation = Organisation(
        slug=slug, name=name, system=system, currency=currency, timezone=timezone, locale=locale, country=country
    )
    _check(organisation)
    with transaction.atomic():
        try:
            with transaction.atomic():
                organisation.save(force_insert=True)
        except IntegrityError as error:
            raise OrganisationExists(slug=slug) from error
        with tenant_scope(organisation.pk):
            install_role_bundles(system)
            open_chart()
            actor = Actor.system(organisation.pk, job="create-organisation")
            record(actor, "tenancy.organisation_created", organisation, slug=slug, system=system)
    return organisation.pk


def renew_roles() -> None:
    """Give every organisation the roles and permissions that came with this version; what it changed itself stays."""
    for organisation in Organisation.objects.order_by("id"):
        with tenant_scope(organisation.pk):
            install_role_bundles(organisation.system)


def _check(organisation: Organisation) -> None:
    errors = []
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,62}", organisation.slug):
        message = f"'{organisation.slug}' is no slug: write lower-case letters, digits and hyphens, a letter first."
        errors.append({"field": "slug", "message": message})
    if organisation.currency not in list_currencies():
        errors.append({"field": "currency", "message": f"{organisation.currency} is no ISO 4217 code, such as PHP."})
    try:
        ZoneInfo(organisation.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"{organisation.timezone} is no time zone, such as Asia/Manila."
        errors.append({"field": "timezone", "message": message})
    if organisation.system not in Organisation.System.values:
        known = ", ".join(Organisation.System.values)
        errors.append({"field": "system", "message": f"{organisation.system} is no system; these are: {known}."})
    try:
        organisation.clean_fields(exclude=["slug", "system", "currency", "timezone"])
    except ValidationError as error:
        errors += [
            {"field": name, "message": f"The {name} is not valid: {' '.join(messages)}"}
            for name, messages in error.message_dict.items()
        ]
    if errors:
        raise Invalid(errors=errors)
