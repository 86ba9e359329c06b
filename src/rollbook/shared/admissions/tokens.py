"""The secret in an applicant's link.

It is derived from the installation's key and the application's id, so that every mail can carry the same link, while
the database holds a digest only. It names the organisation, because the tenant scope opens before the look-up.
"""

import base64
import re
from uuid import UUID

from django.utils.crypto import salted_hmac

from rollbook.core.identity.keys import digest_of

_TOKEN = re.compile(r"([0-9a-f]{32})\.[A-Za-z0-9_-]{43}\Z")


def secret_of(organisation_id: UUID, application_id: UUID) -> str:
    """The secret that opens one application."""
    mac = salted_hmac("rollbook.admissions.link", application_id.bytes + organisation_id.bytes, algorithm="sha256")
    return f"{organisation_id.hex}.{base64.urlsafe_b64encode(mac.digest()).decode().rstrip('=')}"


def organisation_of(secret: str) -> UUID | None:
    """The organisation that a secret names; None when it is no secret of ours."""
    found = _TOKEN.match(secret)
    return UUID(found.group(1)) if found else None


__all__ = ["digest_of", "organisation_of", "secret_of"]
