"""Withdrawing files. The row stays and says why; the content goes with the next sweep."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files import permissions
from rollbook.shared.files.buckets import every_grant
from rollbook.shared.files.models import StoredFile


def remove_file(actor: Actor, *, file_id: UUID, reason: str, permission: str = permissions.REMOVE_FILES) -> StoredFile:
    """Withdraw a file at once, with a reason; links that are out no longer open it. Twice is the same as once.

    A room that withdraws its own files names its own permission.
    """
    actor.require(permission)
    tidy = " ".join(reason.split())
    if not 0 < len(tidy) <= 500:
        raise Invalid.field("reason", _("Say in at most 500 characters why the file is withdrawn."))
    with tenant_scope(actor.organisation_id, grants=every_grant()):
        stored = StoredFile.objects.select_for_update().filter(pk=file_id).first()
        if stored is None:
            raise NotFound
        if stored.is_removed:
            return stored
        stored.removed_at, stored.removed_by, stored.removed_reason = clock.now(), actor.user_id, tidy
        stored.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    record(actor, "files.removed", stored, reason=tidy, bucket=stored.bucket)
    return stored


def remove_expired(actor: Actor, *, today: date) -> int:
    """Withdraw what its bucket keeps for a time only; return how many."""
    actor.require(permissions.REMOVE_FILES)
    with tenant_scope(actor.organisation_id, grants=every_grant()):
        due = StoredFile.objects.filter(keep_until__lt=today, removed_at__isnull=True)
        count: int = due.update(
            removed_at=clock.now(), removed_by=actor.user_id, removed_reason="Kept for as long as its bucket says"
        )
    if count:
        record(actor, "files.expired", ("files.storedfile", None), count=count, today=today)
    return count
