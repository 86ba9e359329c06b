"""Handing out links to files and opening them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from rollbook.core import clock
from rollbook.core.errors import NotFound
from rollbook.core.identity.door import Client
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.shared.files import links
from rollbook.shared.files.buckets import every_grant
from rollbook.shared.files.errors import FileRemoved
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.own_buckets import PHOTO
from rollbook.shared.files.selectors import content_of, readable_file


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file can be opened, and until when."""

    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that a link opened."""

    stored: StoredFile
    content: bytes
    purpose: links.Purpose


def make_link(
    actor: Actor, file_id: UUID, *, purpose: links.Purpose = "download", lasts: timedelta = links.LONGEST
) -> Link:
    """A link to one file that the actor may read."""
    stored = readable_file(actor, file_id)
    now = clock.now().replace(microsecond=0)
    expires_at = now + min(lasts, links.LONGEST)
    claim = links.Claim(actor.organisation_id, stored.pk, actor.user_id, expires_at, purpose)
    return Link(reverse("files:open", args=[links.sign(claim, now=now)]), expires_at)


def photo_links(actor: Actor, photo_ids: Iterable[UUID | None], *, lasts: timedelta = links.LONGEST) -> dict[UUID, str]:
    """Links to photos of people whom a room shows to the actor, by the photo; that they may be seen is the room's word.

    A photo that was withdrawn has no link.
    """
    asked = {photo_id for photo_id in photo_ids if photo_id is not None}
    if not asked:
        return {}
    standing = StoredFile.objects.filter(pk__in=asked, bucket=PHOTO.name, removed_at__isnull=True)
    now = clock.now().replace(microsecond=0)
    claims = (
        links.Claim(actor.organisation_id, photo_id, actor.user_id, now + min(lasts, links.LONGEST), "view")
        for photo_id in standing.values_list("pk", flat=True)
    )
    return {claim.file_id: reverse("files:open", args=[links.sign(claim, now=now)]) for claim in claims}


def open_link(token: str, *, client: Client, request_id: str = "") -> Opened:
    """Open a file by its link. A link that is wrong in any way looks like a file that is not there.

    Only for a good link to a file that was withdrawn since, the answer says so.
    """
    claim = links.read(token, now=clock.now())
    if claim is None:
        raise NotFound
    organisation_facts(claim.organisation_id)
    reader = Actor(
        organisation_id=claim.organisation_id,
        user_id=claim.user_id,
        request_id=request_id,
        ip=client.ip,
        user_agent=client.user_agent,
    )
    # Whoever signed the link was allowed to read the file.
    with tenant_scope(claim.organisation_id, grants=every_grant()):
        stored = StoredFile.objects.filter(pk=claim.file_id).first()
        if stored is None:
            raise NotFound
        if stored.is_removed:
            raise FileRemoved
        content = content_of(reader, stored, purpose=f"Opened by link to {claim.purpose}")
    return Opened(stored, content, claim.purpose)
