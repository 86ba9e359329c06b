"""Mail about signing in. Called by jobs, outside any transaction; names and addresses are read only here."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from rollbook.core.identity.models import LoginEvent, Membership
from rollbook.core.identity.services import links
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_facts


def send_password_link(*, organisation_id: UUID, link_id: UUID) -> None:
    """Mail a link that sets a password. Twice is harmless: only the newest mail's link works."""
    made = links.make_mailed_secret(organisation_id=organisation_id, link_id=link_id)
    if made is None:
        return
    link, secret = made
    institution = organisation_facts(organisation_id)
    name = "reset" if link.purpose == links.RESET else "activation"
    if name == "activation" and link.membership.user.has_usable_password():
        # Somebody who signs in elsewhere already: they keep their password, the link is for the case they lost it.
        name = "welcome"
    context = {
        "name": link.membership.name,
        "institution": institution.name,
        "link": _address("identity:follow_link", institution.slug, secret),
        "sign_in": _address("identity:sign_in_here", institution.slug),
    }
    if _send(name, link.membership, institution, context):
        links.mark_mailed(organisation_id=organisation_id, link_id=link_id)


def send_security_notice(*, organisation_id: UUID, membership_id: UUID, login_event_id: UUID) -> None:
    """Tell an account's owner that how they sign in has changed."""
    with tenant_scope(organisation_id):
        membership = Membership.objects.select_related("user").filter(id=membership_id).first()
    event = LoginEvent.objects.filter(id=login_event_id).first()
    if membership is None or event is None:
        return
    institution = organisation_facts(organisation_id)
    context = {
        "name": membership.name,
        "institution": institution.name,
        "what": event.get_kind_display(),
        "happened_at": event.happened_at,
        "timezone": institution.timezone,
        "ip": event.ip or "—",
        "new_password": _address("account_reset_password"),
    }
    _send("notice", membership, institution, context)


def _send(name: str, membership: Membership, institution: OrganisationFacts, context: dict[str, object]) -> bool:
    address = membership.user.email
    if not address:
        return False
    with translation.override(membership.user.language or institution.locale):
        subject = render_to_string(f"identity/mail/{name}_subject.txt", context).strip()
        body = render_to_string(f"identity/mail/{name}.txt", context)
    EmailMessage(subject=subject, body=body, to=[address]).send()
    return True


def _address(url_name: str, *args: str) -> str:
    return f"{settings.BASE_URL}{reverse(url_name, args=args)}"
