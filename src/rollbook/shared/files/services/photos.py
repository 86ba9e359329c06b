"""Photos of people."""

from typing import IO
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.own_buckets import PHOTO
from rollbook.shared.files.services.removing import remove_file
from rollbook.shared.files.services.storing import store_upload
from rollbook.shared.people.events import PersonErased
from rollbook.shared.people.models import Person
from rollbook.shared.people.permissions import CHANGE_PEOPLE
from rollbook.shared.people.services import set_photo


def replace_photo(actor: Actor, *, person_id: UUID, content: IO[bytes] | bytes, name: str) -> StoredFile:
    """Give somebody a new photo; the one before is withdrawn."""
    actor.require(CHANGE_PEOPLE)
    before = Person.objects.filter(pk=person_id).values_list("photo_id", flat=True).first()
    stored = store_upload(actor, bucket=PHOTO, content=content, name=name, subject=("people.person", person_id))
    set_photo(actor, person_id=person_id, photo_id=stored.pk)
    if before is not None:
        remove_file(actor, file_id=before, reason="Replaced by a newer photo", permission=CHANGE_PEOPLE)
    return stored


def remove_photo(actor: Actor, *, person_id: UUID, reason: str) -> None:
    """Take somebody's photo away."""
    actor.require(CHANGE_PEOPLE)
    before = Person.objects.filter(pk=person_id).values_list("photo_id", flat=True).first()
    set_photo(actor, person_id=person_id, photo_id=None)
    if before is not None:
        remove_file(actor, file_id=before, reason=reason, permission=CHANGE_PEOPLE)


def erase_photo(event: PersonErased) -> None:
    """Withdraw the photo of somebody who is anonymised; its content goes with the next sweep."""
    if event.photo_id is not None:
        remove_photo(event.actor, person_id=event.person_id, reason="Anonymised after the years of keeping")
