"""Proving that no entry was changed, removed or slipped in since it was sealed, and naming each that was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from rollbook.core.audit import permissions
from rollbook.core.audit.models import Seal, Stream
from rollbook.core.audit.rules import SealHead, made_at
from rollbook.core.audit.services.digests import DIGESTS, TABLES
from rollbook.core.audit.services.publishing import read_publication
from rollbook.core.audit.services.recording import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

Kind = Literal["changed", "removed", "inserted", "seal", "published"]

#: More than this of one kind is a disaster that needs no longer list.
MOST_NAMED = 200
#: An entry dated this much before the seal preceding its own was written after the fact.
LATE_BY = timedelta(days=1)

_ALTERED = """
SELECT s.id, s.entry_at, s.seal_number, e.id IS NULL AS is_missing
  FROM audit_sealedentry s
  JOIN audit_seal l
    ON l.organisation_id = s.organisation_id AND l.stream = s.stream AND l.number = s.seal_number
  LEFT JOIN {table} e ON e.organisation_id = s.organisation_id AND e.at = s.entry_at AND e.id = s.id
 WHERE s.organisation_id = %(organisation)s AND s.stream = %(stream)s AND l.scheme = %(scheme)s
   AND s.seal_number <= %(last)s AND s.digest IS DISTINCT FROM {digest}
 ORDER BY s.seal_number, s.position
 LIMIT %(limit)s
"""

_STILL_THERE = "SELECT id, at FROM {table} e WHERE e.organisation_id = %s AND e.id = ANY(%s::uuid[])"

_NOT_SEALED = """
SELECT e.id, e.at FROM {table} e
 WHERE e.organisation_id = %(organisation)s AND e.transaction_number < %(horizon)s
   AND NOT EXISTS (SELECT FROM audit_sealedentry s
                    WHERE s.organisation_id = %(organisation)s AND s.id = e.id)
 ORDER BY e.at, e.id LIMIT %(limit)s
"""

_BATCHES = """
SELECT l.number, count(s.id),
       encode(sha256(coalesce(
           string_agg(uuid_send(s.id) || s.digest, ''::bytea ORDER BY s.position), '')), 'hex')
  FROM audit_seal l
  LEFT JOIN audit_sealedentry s
    ON s.organisation_id = l.organisation_id AND s.stream = l.stream AND s.seal_number = l.number
 WHERE l.organisation_id = %s AND l.stream = %s AND l.number <= %s
 GROUP BY l.organisation_id, l.number
"""

_LATE = """
SELECT count(*), min(s.entry_at) FROM audit_sealedentry s
  JOIN audit_seal l
    ON l.organisation_id = s.organisation_id AND l.stream = s.stream AND l.number = s.seal_number - 1
 WHERE s.organisation_id = %s AND s.stream = %s AND s.entry_at < l.created_at - %s::interval
"""

_WAITING = """
SELECT count(*), (array_agg(e.id ORDER BY e.id))[1] FROM {table} e
 WHERE e.organisation_id = %(organisation)s AND e.transaction_number >= %(horizon)s
   AND NOT EXISTS (SELECT FROM audit_sealedentry s
                    WHERE s.organisation_id = %(organisation)s AND s.id = e.id)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed."""

    kind: Kind
    stream: str
    sentence: str
    entry_id: UUID | None = None
    seal_number: int | None = None


@dataclass(slots=True)
class Report:
    """What a proof found."""

    organisation_id: UUID
    seals: int = 0
    sealed_entries: int = 0
    #: Entries written since the newest seal; when the first was written shows whether sealing keeps up.
    waiting: int = 0
    waiting_since: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether everything is as it was sealed."""
        return not self.findings


def verify(organisation_id: UUID) -> Report:
    """Prove an organisation's trail against its seals, and its seals against those published outside."""
    report = Report(organisation_id)
    with tenant_scope(organisation_id), _joining_whole_tables():
        for stream in Stream:
            seals = list(Seal.objects.filter(stream=stream).order_by("number"))
            report.seals += len(seals)
            report.sealed_entries += sum(seal.entry_count for seal in seals)
            report.findings += _broken_chain(organisation_id, stream, seals)
            report.findings += _altered_entries(organisation_id, stream, seals)
            _look_at_unsealed(report, stream, seals)
            _compare_published(report, stream, seals)
            _note_late_entries(report, stream)
    return report


@contextmanager
def _joining_whole_tables() -> Iterator[None]:
    """A proof reads everything. Without statistics (right after an import) the planner would guess otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def prove(actor: Actor) -> Report:
    """Prove the trail of the actor's organisation, and keep on it that this was done and what was found."""
    actor.require(permissions.VERIFY_SEALS)
    report = verify(actor.organisation_id)
    record(
        actor,
        "audit.verified",
        ("tenancy.organisation", actor.organisation_id),
        seals=report.seals,
        sealed_entries=report.sealed_entries,
        findings=[finding.sentence for finding in report.findings[:20]],
        finding_count=len(report.findings),
    )
    return report


def _broken_chain(organisation_id: UUID, stream: Stream, seals: list[Seal]) -> Iterator[Finding]:
    batches = _batches(organisation_id, stream, seals)
    previous = ""
    for place, seal in enumerate(seals, start=1):
        name = f"Seal {seal.number} of {stream.value}"
        if seal.number != place:
            yield Finding("seal", stream, f"Seal {place} of {stream.value} was removed.", seal_number=place)
            return
        if seal.previous_hash != previous or seal.hash != _restated(organisation_id, seal).hash():
            yield Finding("seal", stream, f"{name} was changed.", seal_number=seal.number)
        elif batches[seal.number] != (seal.entry_count, seal.entries_digest):
            sentence = f"{name} does not match its list of {seal.entry_count} entries: the list was changed."
            yield Finding("seal", stream, sentence, seal_number=seal.number)
        previous = seal.hash


def _restated(organisation_id: UUID, seal: Seal) -> SealHead:
    return SealHead(
        organisation_id=organisation_id,
        stream=seal.stream,
        number=seal.number,
        scheme=seal.scheme,
        horizon=seal.horizon,
        cluster=seal.cluster,
        entry_count=seal.entry_count,
        entries_digest=seal.entries_digest,
        sealed_at=seal.created_at,
        previous_hash=seal.previous_hash,
    )


def _batches(organisation_id: UUID, stream: Stream, seals: list[Seal]) -> dict[int, tuple[int, str]]:
    rows = _rows(_BATCHES, [organisation_id, stream.value, seals[-1].number if seals else 0])
    return {number: (count, digest) for number, count, digest in rows}


def _altered_entries(organisation_id: UUID, stream: Stream, seals: list[Seal]) -> Iterator[Finding]:
    for scheme in sorted({seal.scheme for seal in seals}):
        bounds = {
            "organisation": organisation_id,
            "stream": stream.value,
            "scheme": scheme,
            "last": seals[-1].number,
            "limit": MOST_NAMED,
        }
        rows = _rows(_ALTERED.format(table=TABLES[stream], digest=DIGESTS[stream, scheme]), bounds)
        missing = [entry_id for entry_id, _, _, is_missing in rows if is_missing]
        redated = dict(_rows(_STILL_THERE.format(table=TABLES[stream]), [organisation_id, missing]))
        for entry_id, at, seal_number, is_missing in rows:
            kind: Kind = "removed" if is_missing and entry_id not in redated else "changed"
            sentence = f"The entry {entry_id} of {at:%Y-%m-%d %H:%M} UTC was {kind}."
            yield Finding(kind, stream, sentence, entry_id, seal_number)


def _look_at_unsealed(report: Report, stream: Stream, seals: list[Seal]) -> None:
    cluster = _rows("SELECT system_identifier::text FROM pg_control_system()", [])[0][0]
    is_here = bool(seals) and seals[-1].cluster == cluster
    bounds = {
        "organisation": report.organisation_id,
        "stream": stream.value,
        "horizon": seals[-1].horizon if is_here else 0,
        "limit": MOST_NAMED,
    }
    for entry_id, at in _rows(_NOT_SEALED.format(table=TABLES[stream]), bounds):
        sentence = f"The entry {entry_id} dated {at:%Y-%m-%d %H:%M} UTC was slipped in after its time was sealed."
        report.findings.append(Finding("inserted", stream, sentence, entry_id))
    count, first_id = _rows(_WAITING.format(table=TABLES[stream]), bounds)[0]
    report.waiting += count
    since = made_at(first_id) if first_id else None
    report.waiting_since = min(filter(None, (report.waiting_since, since)), default=None)
    report.notes += [
        f"Since seal {seal.number} of {stream.value} ({seal.created_at:%Y-%m-%d}) the records live in "
        "another database cluster: a restore or a move."
        for before, seal in pairwise(seals)
        if before.cluster not in ("", seal.cluster)
    ]


def _compare_published(report: Report, stream: Stream, seals: list[Seal]) -> None:
    publication = read_publication(report.organisation_id)
    hashes = {seal.number: seal.hash for seal in seals}
    published = [seal for seal in publication.seals if seal.stream == stream.value]
    for line in published:
        if line.number not in hashes:
            sentence = f"Seal {line.number} of {stream.value} was published but is no longer in the database."
        elif hashes[line.number] != line.hash:
            sentence = f"Seal {line.number} of {stream.value} is not the one that was published."
        else:
            continue
        report.findings.append(Finding("published", stream, sentence, seal_number=line.number))
    unpublished = sorted(set(hashes) - {line.number for line in published})
    if unpublished:
        report.notes.append(
            f"{len(unpublished)} seals of {stream.value} stand only in the database, the first is "
            f"{unpublished[0]}. They are published when the next entries are sealed."
        )
    if stream is Stream.ACTS:
        report.findings += [
            Finding("published", stream, f"Line {number} of the published seals cannot be read.")
            for number in publication.damaged_lines
        ]
        report.notes += [f"A restore was answered for: {restore}" for restore in publication.restores]


def _note_late_entries(report: Report, stream: Stream) -> None:
    count, earliest = _rows(_LATE, [report.organisation_id, stream.value, LATE_BY])[0]
    if count:
        report.notes.append(
            f"{count} entries of {stream.value} carry a date more than a day before they were written, the "
            f"earliest {earliest:%Y-%m-%d}. Imports and long work do that; so does a forged entry."
        )


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
