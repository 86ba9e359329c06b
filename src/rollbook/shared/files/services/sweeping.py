"""Removing from the file store what no row speaks for: crashed uploads, and files that were withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files import permissions, storage
from rollbook.shared.files.buckets import every_grant
from rollbook.shared.files.models import StoredFile

#: Younger files may belong to an act that is still running, or to a database that is being restored.
LEAVE_ALONE = timedelta(days=7)
#: A file withdrawn a moment ago may be withdrawn by an act that is still going to fail.
WITHDRAWN_FOR = timedelta(hours=1)
_BATCH = 1_000


@dataclass(slots=True)
class Swept:
    """What a sweep found."""

    checked: int = 0
    orphans_removed: int = 0
    withdrawn_removed: int = 0
    #: Names that we never gave; left where they are, for somebody to look at.
    strange: int = 0


def sweep(actor: Actor, *, older_than: timedelta = LEAVE_ALONE) -> Swept:
    """Go through the organisation's part of the store. Running it again changes nothing."""
    actor.require(permissions.REMOVE_FILES)
    swept = Swept()
    now = clock.now()
    batch: list[tuple[str, UUID]] = []
    for key in _keys(str(actor.organisation_id)):
        file_id = _id_of(key)
        if file_id is None:
            swept.strange += 1
            continue
        batch.append((key, file_id))
        if len(batch) == _BATCH:
            _sweep_batch(actor, batch, now, older_than, swept)
            batch = []
    _sweep_batch(actor, batch, now, older_than, swept)
    if swept.orphans_removed or swept.withdrawn_removed:
        record(
            actor,
            "files.swept",
            ("files.storedfile", None),
            orphans=swept.orphans_removed,
            withdrawn=swept.withdrawn_removed,
        )
    return swept


def _keys(folder: str) -> Iterator[str]:
    try:
        folders, files = storage.store().listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}"
    for name in sorted(folders):
        yield from _keys(f"{folder}/{name}")


def _id_of(key: str) -> UUID | None:
    try:
        return UUID(key.rsplit("/", 1)[-1])
    except ValueError:
        return None


def _sweep_batch(
    actor: Actor, batch: list[tuple[str, UUID]], now: datetime, older_than: timedelta, swept: Swept
) -> None:
    with tenant_scope(actor.organisation_id, grants=every_grant()):
        rows = dict(StoredFile.objects.filter(pk__in=[file_id for _, file_id in batch]).values_list("pk", "removed_at"))
    swept.checked += len(batch)
    for key, file_id in batch:
        if file_id not in rows:
            if storage.moment_of(file_id) < now - older_than:
                storage.store().delete(key)
                swept.orphans_removed += 1
            continue
        removed_at = rows[file_id]
        if removed_at is not None and removed_at < now - WITHDRAWN_FOR:
            storage.store().delete(key)
            swept.withdrawn_removed += 1
