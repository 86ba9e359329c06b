"""Is this paper genuine? Asked by anybody who holds it, answered with as little as possible.

A code belongs to an institution. An address that names the institution (as every QR code does) asks there; one
that does not asks everywhere, up to a number of institutions beyond which the page wants the institution too. An
unknown code and a code of another institution look alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.errors import NotFound
from rollbook.core.identity.counting import Limit
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import (
    OrganisationFacts,
    organisation_by_slug,
    organisation_facts,
    organisation_in_scope,
)
from rollbook.shared.documents import rules
from rollbook.shared.documents.kinds import code_prefixes, kind_named
from rollbook.shared.documents.models import Document
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.pictures import square
from rollbook.shared.files.selectors import read_content

#: Per address: enough for a proctor at a door, far too little to guess one of a million million codes.
RATE = Limit("verify", times=30, span=timedelta(minutes=1))
#: Without the institution's name in the address, at most this many are asked.
MOST_ASKED = 200
PHOTO_SIDE = 200

State = Literal["VALID", "REVOKED", "REPLACED", "EXPIRED", "SUSPENDED", "USED", "NOT_YET_VALID"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the public may know of a paper."""

    state: State
    title: str
    code: str
    facts: tuple[tuple[str, str | date], ...] = ()
    #: One sentence beside the state: until when, or since when not.
    explanation: str = ""
    photo_id: UUID | None = None
    #: Filled in here, from the organisation in whose scope the paper was found.
    issuer: OrganisationFacts | None = None
    photo: bytes | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the paper is good today."""
        return self.state == "VALID"


#: Takes a whole code, inside the tenant scope of one institution; answers None when it has no such paper.
Verifier = Callable[[str], Verified | None]

_verifiers: dict[str, Verifier] = {}


def register_verifier(prefix: str, verifier: Verifier) -> None:
    """Let another room answer for codes with a prefix of its own, such as PRM."""
    if not (2 <= len(prefix) <= 6 and prefix.isascii() and prefix.isalpha() and prefix.isupper()):
        raise ValueError(f"A prefix is two to six capital letters, not {prefix!r}.")
    if _verifiers.setdefault(prefix, verifier) is not verifier:
        raise ValueError(f"Two rooms answer for codes that begin with {prefix}.")


def verification_url(code: str, *, slug: str = "") -> str:
    """Where a paper of the institution in scope (or of `slug`) is verified; this is what its QR code says."""
    place = reverse("verify:at", args=[slug or organisation_in_scope().slug, code])
    return f"{settings.BASE_URL}{place}"


def verify(text: str, *, slug: str = "") -> Verified | None:
    """What is known of the paper with this code; None for whatever is no code of a paper there."""
    code = rules.tidy_code(text)
    if code is None:
        return None
    prefix = rules.prefix_of(code)
    verifier = _verifiers.get(prefix) or (_own_paper if prefix in code_prefixes() else None)
    if verifier is None:
        return None
    for organisation_id in _issuers(slug):
        with tenant_scope(organisation_id):
            found = verifier(code)
            if found is not None:
                return replace(found, issuer=organisation_facts(organisation_id), photo=_photo(found.photo_id))
    return None


def needs_issuer() -> bool:
    """Whether an address without the institution's name asks too many institutions."""
    return Organisation.objects.filter(is_active=True).count() > MOST_ASKED


def _issuers(slug: str) -> list[UUID]:
    if slug:
        try:
            return [organisation_by_slug(slug).id]
        except NotFound:
            return []
    rows = Organisation.objects.filter(is_active=True).order_by("id").values_list("id", flat=True)
    found = list(rows[: MOST_ASKED + 1])
    return found if len(found) <= MOST_ASKED else []


def _photo(photo_id: UUID | None) -> bytes | None:
    if photo_id is None:
        return None
    stored = StoredFile.objects.filter(pk=photo_id, removed_at__isnull=True).first()
    return square(read_content(stored), PHOTO_SIDE) if stored else None


_STATES: dict[str, State] = {
    Document.State.ISSUED: "VALID",
    Document.State.REVOKED: "REVOKED",
    Document.State.REISSUED: "REPLACED",
}
_EXPLANATIONS = {
    "VALID": gettext_lazy("This paper was issued by the institution and is in force."),
    "REVOKED": gettext_lazy("This paper was issued by the institution and revoked later. It is no longer good."),
    "REPLACED": gettext_lazy("This paper was replaced by a newer one. Ask for the newest."),
}


def _own_paper(code: str) -> Verified | None:
    document = Document.objects.filter(code=code).first()
    kind = kind_named(document.kind) if document else None
    if document is None or kind is None:
        return None
    state = _STATES[document.state]
    return Verified(
        state=state,
        title=document.title,
        code=document.code,
        facts=(
            *kind.public_facts(document),
            *(((_("Number"), document.number),) if document.number else ()),
            (_("Issued on"), document.issued_on),
            (_("Fingerprint"), document.sha256[:16]),
        ),
        explanation=str(_EXPLANATIONS[state]),
    )
