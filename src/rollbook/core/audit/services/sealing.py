"""Sealing committed entries in batches, without slowing whoever writes them.

Each entry carries the number of its transaction. Once every transaction below a number is over, no entry
below it can still arrive, however late its act committed; such entries are digested, put into a batch
and closed by a seal that hashes the seal before it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from rollbook.core import clock
from rollbook.core.audit.models import Seal, Stream
from rollbook.core.audit.rules import SealHead
from rollbook.core.audit.services.digests import DIGESTS, SCHEME, TABLES
from rollbook.core.audit.services.publishing import publish_seals
from rollbook.core.tenancy.scope import tenant_scope

ENTRIES_PER_SEAL = 50_000
#: A quiet organisation is sealed once a day all the same: it shows that nothing happened.
QUIET_SEAL_AFTER = timedelta(days=1)

_NEVER = 2**63 - 1

# One sealer at a time per organisation and stream; a second one finds nothing to do.
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"

_HORIZON = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
       (SELECT system_identifier::text FROM pg_control_system())
"""

# Whether an entry is sealed already is looked up entry by entry (LATERAL with LIMIT): a join would be planned by
# statistics, and right after a large import there are none.
_TAKE = """
WITH chosen AS MATERIALIZED (
    SELECT e.id, e.at, e.transaction_number, {digest} AS digest
      FROM {table} e
      LEFT JOIN LATERAL (SELECT true AS is_sealed FROM audit_sealedentry s
                          WHERE s.organisation_id = %(organisation)s AND s.id = e.id LIMIT 1) AS before ON true
     WHERE e.organisation_id = %(organisation)s
       AND e.transaction_number >= %(from)s
       AND (e.transaction_number < %(horizon)s OR e.transaction_number >= %(foreign)s)
       AND before.is_sealed IS NULL
     ORDER BY e.transaction_number, e.at, e.id
     LIMIT %(limit)s
), kept AS (
    INSERT INTO audit_sealedentry (organisation_id, id, stream, seal_number, position, entry_at, digest)
    SELECT %(organisation)s, id, %(stream)s, %(number)s,
           row_number() OVER (ORDER BY transaction_number, at, id), at, digest
      FROM chosen
    RETURNING id, position, digest
)
SELECT count(*),
       encode(sha256(coalesce(string_agg(uuid_send(id) || digest, ''::bytea ORDER BY position), '')), 'hex'),
       (SELECT max(transaction_number) FROM chosen)
  FROM kept
"""


@dataclass(frozen=True, slots=True)
class _Horizon:
    """Up to where entries are final, in which cluster."""

    below: int
    next: int
    cluster: str


@dataclass(frozen=True, slots=True)
class _Reached:
    """Up to where seals reach, in which cluster."""

    horizon: int
    cluster: str


def seal_entries(organisation_id: UUID) -> list[Seal]:
    """Seal whatever is final and not sealed yet, and publish the newest seals once they are committed."""
    seals: list[Seal] = []
    for stream in Stream:
        while True:
            with tenant_scope(organisation_id):
                seal = _seal_batch(organisation_id, stream)
                transaction.on_commit(partial(publish_seals, organisation_id))
            if seal is not None:
                seals.append(seal)
            if seal is None or seal.entry_count < ENTRIES_PER_SEAL:
                break
    return seals


def _seal_batch(organisation_id: UUID, stream: Stream) -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"audit.seal:{organisation_id}:{stream.value}"])
        if not cursor.fetchone()[0]:
            return None
        last = Seal.objects.filter(stream=stream).order_by("-number").first()
        # Read after the lock and before the entries: whatever is below is committed when they are read.
        cursor.execute(_HORIZON)
        horizon = _Horizon(*cursor.fetchone())
        number = last.number + 1 if last else 1
        standing = _Reached(last.horizon, last.cluster) if last else _Reached(0, "")
        came_from_elsewhere = standing.cluster != horizon.cluster
        cursor.execute(
            _TAKE.format(table=TABLES[stream], digest=DIGESTS[stream, SCHEME]),
            {
                "organisation": organisation_id,
                "stream": stream.value,
                "number": number,
                "from": 0 if came_from_elsewhere else standing.horizon,
                "horizon": horizon.below,
                # After a restore into another cluster the numbers of old entries mean nothing here; those at
                # or above the next number cannot be of this cluster, so they are final as well.
                "foreign": horizon.next if came_from_elsewhere else _NEVER,
                "limit": ENTRIES_PER_SEAL,
            },
        )
        count, entries_digest, highest = cursor.fetchone()
    moment = clock.now()
    if not count and not _is_empty_seal_due(last, came_from_elsewhere, moment):
        return None
    reached = _Reached(horizon.below, horizon.cluster)
    if count == ENTRIES_PER_SEAL:
        # More may be left, also of the last transaction in the batch.
        reached = standing if came_from_elsewhere else _Reached(highest, horizon.cluster)
    return _insert(organisation_id, stream, number, last, reached, count, entries_digest, moment)


def _is_empty_seal_due(last: Seal | None, came_from_elsewhere: bool, moment: datetime) -> bool:
    return last is not None and (came_from_elsewhere or moment - last.created_at >= QUIET_SEAL_AFTER)


def _insert(
    organisation_id: UUID,
    stream: Stream,
    number: int,
    last: Seal | None,
    reached: _Reached,
    count: int,
    entries_digest: str,
    moment: datetime,
) -> Seal:
    head = SealHead(
        organisation_id=organisation_id,
        stream=stream.value,
        number=number,
        scheme=SCHEME,
        horizon=reached.horizon,
        cluster=reached.cluster,
        entry_count=count,
        entries_digest=entries_digest,
        sealed_at=moment,
        previous_hash=last.hash if last else "",
    )
    seal: Any = Seal.objects.create(
        stream=stream,
        number=number,
        scheme=SCHEME,
        horizon=head.horizon,
        cluster=head.cluster,
        entry_count=count,
        entries_digest=entries_digest,
        previous_hash=head.previous_hash,
        hash=head.hash(),
        created_at=moment,
    )
    return seal  # type: ignore[no-any-return]
