"""What stands around a page: institution, hat, navigation, search, appearance, language."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from rollbook.core.permissions import register
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_facts
from rollbook.core.web import brand
from rollbook.core.web.navigation import ON_A_PHONE, Group, Place, grouped, places_for
from rollbook.core.web.search import SearchProvider, providers_for

APPEARANCE_COOKIE = "rollbook_appearance"
PAGE_BASE = "rollbook/base.html"
PART_BASE = "rollbook/part.html"
GATE_BASE = "rollbook/auth.html"


@dataclass(frozen=True, slots=True)
class Language:
    """A language to choose: its code and its own name for itself."""

    code: str
    name: str
    is_current: bool


class Shell:
    """Everything `rollbook/base.html` needs, worked out only when it is asked for."""

    def __init__(self, request: HttpRequest, *, organisation: OrganisationFacts | None = None) -> None:
        self.request = request
        self.actor: Actor | None = getattr(request, "actor", None)
        self._organisation = organisation

    @cached_property
    def base(self) -> str:
        """The template to extend: a whole page, or only the part that htmx asked for."""
        if self.request.headers.get("HX-Request"):
            return PART_BASE
        return PAGE_BASE if self.actor else GATE_BASE

    @cached_property
    def organisation(self) -> OrganisationFacts | None:
        """The institution whose page this is."""
        if self._organisation or not self.actor:
            return self._organisation
        return organisation_facts(self.actor.organisation_id)

    @property
    def initials(self) -> str:
        """The institution's mark."""
        return initials(self.organisation.name) if self.organisation else "R"

    @property
    def actor_initials(self) -> str:
        """The mark of whoever is signed in."""
        return initials(self.actor.name) if self.actor else ""

    @cached_property
    def hat(self) -> str:
        """As what the actor is here: "Cashier, Registrar"."""
        if not self.actor:
            return ""
        known = register.roles()
        labels = [translation.gettext(known[key].label) if key in known else key for key in sorted(self.actor.roles)]
        return ", ".join(labels)

    @cached_property
    def places(self) -> list[Place]:
        """Every place that the actor may open."""
        if not self.actor or not self.organisation:
            return []
        return places_for(self.actor, self.organisation.system, self.request.path)

    @cached_property
    def navigation(self) -> list[Group]:
        """The rail, by groups."""
        return grouped(self.places)

    @cached_property
    def bottom_bar(self) -> list[Place]:
        """What a thumb reaches on a phone; the rest is under "More"."""
        shown = [place for place in self.places if place.in_rail]
        return shown if len(shown) <= ON_A_PHONE + 1 else shown[:ON_A_PHONE]

    @cached_property
    def has_more(self) -> bool:
        """Whether the bottom bar leaves places to "More"."""
        return len(self.bottom_bar) < sum(place.in_rail for place in self.places)

    @cached_property
    def search_providers(self) -> Sequence[SearchProvider]:
        """The kinds of records that the actor can search."""
        return providers_for(self.actor) if self.actor else []

    @property
    def accent(self) -> str:
        """The institution's colour without its #, as it stands in the address of its style sheet."""
        wished = self.organisation.accent if self.organisation else brand.DEFAULT_ACCENT
        return (wished if brand.is_colour(wished) else brand.DEFAULT_ACCENT).lstrip("#").lower()

    @property
    def appearance(self) -> str:
        """light, dark or system."""
        chosen = self.request.COOKIES.get(APPEARANCE_COOKIE, "system")
        return chosen if chosen in ("light", "dark") else "system"

    @property
    def languages(self) -> list[Language]:
        """The languages to choose from."""
        current = translation.get_language()
        return [Language(code, str(name), code == current) for code, name in settings.LANGUAGES]

    @cached_property
    def links(self) -> dict[str, str]:
        """Places that other rooms own; a link is shown only where its page exists."""
        names = {
            "sessions": "identity:sessions",
            "security": "mfa_index",
            "sign_out": "account_logout",
            "hats": "identity:hats",
            "notices": "messaging:notices",
            "unread": "messaging:unread",
            "end_impersonation": "identity:end_impersonation",
        }
        return {key: address for key, name in names.items() if (address := address_of(name))}

    @property
    def is_impersonated(self) -> bool:
        """Whether somebody acts here in another person's place, or looks in for support."""
        return bool(self.actor and self.actor.stands_in)


def address_of(url_name: str, *args: Any) -> str:
    """The address of a page that another room may or may not have; empty when it has none."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def initials(name: str) -> str:
    """Two letters that stand for a name."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum() and word[0].isupper()] or name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words[:1])).upper()
