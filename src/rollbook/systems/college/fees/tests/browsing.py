"""People of a college at their browsers, for tests of pages."""

from django.test import Client

from rollbook.core import ids
from rollbook.core.identity.examples import sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.services import install_role_bundles
from rollbook.systems.college.examples import a_member


def browser_of(actor: Actor) -> Client:
    """A browser in which this actor is signed in."""
    install_role_bundles("college")
    client = Client()
    sign_in(client, Membership.objects.get(id=actor.membership_id))
    return client


def a_browser(*roles: str) -> Client:
    """A browser in which somebody with these roles is signed in."""
    return browser_of(a_member(*roles))


def text_of(response: object) -> str:
    """What a page says."""
    return response.content.decode()  # type: ignore[attr-defined]


def a_key() -> str:
    """What a fresh form carries."""
    return str(ids.new_id())
