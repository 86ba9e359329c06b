"""The first answer again: the key, the body's fingerprint and the answer are written with the act.

An act that was rolled back, refused or killed leaves no key behind, so nothing is ever stuck. Two
requests with one key at the same moment queue on the key (the first lock of all, before any account);
the second finds the answer of the first. The unique constraint is the wall behind that.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.http import HttpRequest

from rollbook.core import clock, ids
from rollbook.core.audit.rules import plain
from rollbook.core.db.closing import LastStatement, json_with_marks, send_with_commit
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.idempotency.errors import (
    AnsweredMeanwhile,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    RequestInProgress,
)
from rollbook.core.idempotency.models import StoredAnswer
from rollbook.core.idempotency.rules import checked_key, fingerprint, lock_number
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

HEADER = "Idempotency-Key"
#: How long the answer to an act that is not about money is kept.
KEPT_FOR = timedelta(hours=72)
_LOCK_NOT_AVAILABLE = "55P03"

_REMEMBER = """
INSERT INTO idempotency_storedanswer
       (organisation_id, id, created_at, actor_id, route, key, fingerprint, status, expires_at, body)
VALUES (%s::uuid, %s::uuid, %s::timestamptz, %s::uuid, %s::text, %s::text, %s::text, %s::smallint, %s::timestamptz,
        {body})
"""

_FIND = """
SELECT {lock}, s.fingerprint, s.status, s.body
  FROM (VALUES (1)) AS one (row)
  LEFT JOIN idempotency_storedanswer s
    ON s.organisation_id = %s AND s.actor_id = %s AND s.route = %s AND s.key = %s
"""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two requests the same: who asks, where, with which key and which body."""

    route: str
    key: str
    fingerprint: str

    @classmethod
    def of(cls, route: str, key: str, body: Any) -> "Key":
        """The key of a request; a key that is no UUID or ULID is refused."""
        return cls(route, checked_key(key), fingerprint(body))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered, and whether that is the answer of an earlier one."""

    status: int
    body: Any
    replayed: bool = False


def once(actor: Actor, key: Key, act: Callable[[], tuple[int, Any]], *, kept_for: timedelta | None = None) -> Answer:
    """Perform an act unless this key was answered before; then give that answer again.

    Runs inside the transaction of the request. `kept_for` None keeps the answer for ever, as money needs.
    """
    stored = lookup(actor, key.route, key.key, key.fingerprint)
    if stored is not None:
        return Answer(stored.status, json.loads(stored.body), replayed=True)
    status, body = act()
    remember(actor, key.route, key.key, key.fingerprint, status, body, kept_for=kept_for)
    return Answer(status, body)


def idempotent(
    request: HttpRequest,
    route: str,
    body: Any,
    act: Callable[[], tuple[int, Any]],
    *,
    kept_for: timedelta | None = None,
) -> tuple[int, Any, bool]:
    """The same for an endpoint: the key is the request's Idempotency-Key header and is required.

    Answers (status, body, replayed); the door adds the header `Idempotent-Replay: true` to a replay.
    """
    sent = request.headers.get(HEADER, "")
    if not sent:
        raise IdempotencyKeyRequired
    actor: Actor = request.actor  # type: ignore[attr-defined]
    answer = once(actor, Key.of(route, sent, body), act, kept_for=kept_for)
    request.is_idempotent_replay = answer.replayed  # type: ignore[attr-defined]
    return answer.status, answer.body, answer.replayed


def lookup(actor: Actor, route: str, key: str, fingerprint: str) -> StoredAnswer | None:
    """The answer that a key was given before, or None: then the act is the caller's to perform.

    Takes the key's lock for the rest of the transaction. While another request with this key is at
    work, waits for it; when that takes longer than the lock timeout, refuses with REQUEST_IN_PROGRESS.
    """
    key = checked_key(key)
    actor_id = _actor_id(actor)
    place: list[Any] = [actor.organisation_id, actor_id, route, key]
    lock = lock_number(*map(str, place))
    with prepared_cursor() as cursor:
        cursor.execute(_FIND.format(lock="pg_try_advisory_xact_lock(%s)"), [lock, *place])
        row = cursor.fetchone()
        if not row[0]:
            _wait_for(cursor, lock)
            cursor.execute(_FIND.format(lock="true"), place)
            row = cursor.fetchone()
    if row[1] is None:
        return None
    if row[1] != fingerprint:
        raise IdempotencyKeyReused
    return StoredAnswer(actor_id=place[1], route=route, key=key, fingerprint=row[1], status=row[2], body=row[3])


def _wait_for(cursor: Any, lock: int) -> None:
    try:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            raise RequestInProgress from error
        raise


def remember(
    actor: Actor,
    route: str,
    key: str,
    fingerprint: str,
    status: int,
    body: Any,
    *,
    kept_for: timedelta | None = None,
) -> None:
    """Keep the answer with the act, sent with COMMIT. If another request was answered meanwhile, the act is undone."""
    text, late = json_with_marks(body, plain)
    moment = clock.now()
    values: list[Any] = [
        actor.organisation_id, ids.new_id(), moment, _actor_id(actor), route, checked_key(key), fingerprint, status,
        moment + kept_for if kept_for else None, text,
    ]  # fmt: skip
    body_sql = "%s::text"
    for one in late:
        body_sql = f"replace({body_sql}, %s, ({one.select}))"
        values += [one.mark, *one.parameters]
    send_with_commit(
        LastStatement(
            _REMEMBER.format(body=body_sql), values, constraint="idempotency_key_unique", refused=AnsweredMeanwhile
        )
    )


def purge_expired(organisation_id: UUID) -> int:
    """Forget answers whose time is over; answers to acts of money are kept."""
    with tenant_scope(organisation_id):
        removed, _ = StoredAnswer.objects.filter(expires_at__lt=clock.now()).delete()
        return int(removed)


def _actor_id(actor: Actor) -> UUID:
    return actor.user_id or actor.organisation_id
