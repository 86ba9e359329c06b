"""The newest seals, published outside the database: one line each in a file that only grows.

Whoever alters entries and every seal after them still cannot make the published lines agree. Copy the
folder `seals` of the installation's home to a place that the database's administrators cannot write.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit import permissions
from rollbook.core.audit.models import Seal, Stream
from rollbook.core.audit.services.recording import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class PublishedSeal:
    """One line of the file."""

    stream: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Publication:
    """What stands outside the database: lines in the order in which they were written."""

    seals: list[PublishedSeal]
    #: Numbers of lines that cannot be read.
    damaged_lines: list[int]
    #: Restores to an earlier moment that somebody answered for; seals after that moment no longer count.
    restores: list[str]


def seals_file(organisation_id: UUID) -> Path:
    """The file that an organisation's seals are published in."""
    return Path(settings.HOME) / "seals" / f"{organisation_id}.jsonl"


def publish_seals(organisation_id: UUID) -> int:
    """Append the seals that are committed and not published yet; answers how many."""
    path = _made(organisation_id)
    written = 0
    with _locked(path) as descriptor, tenant_scope(organisation_id):
        published = _read(path)
        for stream in Stream:
            reached = max((seal.number for seal in published.seals if seal.stream == stream.value), default=0)
            seals = Seal.objects.filter(stream=stream, number__gt=reached).order_by("number")
            for seal in seals.iterator():
                os.write(descriptor, _line(seal))
                written += 1
        if written:
            os.fsync(descriptor)
    return written


def acknowledge_restore(actor: Actor, reason: str) -> None:
    """Answer for a restore to an earlier moment: published seals that the database lost no longer count.

    The lines stay in the file, and this one after them, with its reason.
    """
    actor.require(permissions.ACKNOWLEDGE_RESTORE)
    if not reason.strip():
        raise Invalid.field("reason", _("Say which restore this was and who ordered it."))
    organisation_id = actor.organisation_id
    moment = clock.now()
    record(actor, "audit.restore_acknowledged", ("tenancy.organisation", organisation_id), reason=reason)
    with _locked(_made(organisation_id)) as descriptor:
        for stream in Stream:
            last = Seal.objects.filter(stream=stream).aggregate(Max("number"))["number__max"] or 0
            stated = {
                "stream": stream.value,
                "restored_to": last,
                "at": moment.isoformat(),
                "reason": reason.strip(),
            }
            os.write(descriptor, json.dumps(stated).encode() + b"\n")
        os.fsync(descriptor)


def read_publication(organisation_id: UUID) -> Publication:
    """What was published for an organisation; nothing if there is no file."""
    return _read(seals_file(organisation_id))


def _made(organisation_id: UUID) -> Path:
    path = seals_file(organisation_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _drop_torn_line(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _drop_torn_line(descriptor: int) -> None:
    """A line without its end was being written when the machine stopped; it is written again."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, min(size, 4096), max(0, size - 4096))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(descriptor, size - len(tail) + tail.rfind(b"\n") + 1)


def _line(seal: Seal) -> bytes:
    stated = {
        "stream": seal.stream,
        "number": seal.number,
        "sealed_at": seal.created_at.isoformat(),
        "entries": seal.entry_count,
        "hash": seal.hash,
    }
    return json.dumps(stated).encode() + b"\n"


def _read(path: Path) -> Publication:
    publication = Publication([], [], [])
    if path.exists():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                _take(publication, json.loads(line))
            except (ValueError, KeyError, TypeError):
                publication.damaged_lines.append(number)
    return publication


def _take(publication: Publication, stated: dict[str, Any]) -> None:
    stream = str(stated["stream"])
    if "restored_to" in stated:
        reached = int(stated["restored_to"])
        kept = [seal for seal in publication.seals if seal.stream != stream or seal.number <= reached]
        publication.seals[:] = kept
        publication.restores.append(f"{stream} to seal {reached} on {stated['at']}: {stated['reason']}")
    else:
        publication.seals.append(PublishedSeal(stream, int(stated["number"]), str(stated["hash"])))
