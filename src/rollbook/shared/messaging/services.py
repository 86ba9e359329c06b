"""Acts of the notices: telling somebody something once, reading, choosing mail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from rollbook.core import clock, ids
from rollbook.core.audit.rules import plain_facts
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.messaging import sql
from rollbook.shared.messaging.errors import NoticeNotFound
from rollbook.shared.messaging.kinds import KINDS, PAYMENT_REMINDER
from rollbook.shared.messaging.models import MailPreference, Notice
from rollbook.shared.messaging.selectors import own_person_id

#: Notices of one kind and subject within this time are one.
FOLDED_WITHIN = timedelta(minutes=10)
#: A notice that met another one at the same moment is written again this often.
MOST_ROUNDS = 4
LONGEST_KEY = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What somebody is to be told. The same kind and key reach the same person once, for ever."""

    recipient_person_id: UUID
    kind: str
    subject_id: UUID
    dedupe_key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def notify(
    actor: Actor,
    *,
    recipient_person_id: UUID,
    kind: str,
    subject_id: UUID,
    dedupe_key: str,
    facts: Mapping[str, Any] | None = None,
) -> UUID | None:
    """Tell a person something, in the transaction of what they are told; answers the notice, None when it was told.

    In the house always, by mail as they prefer. A payment reminder reaches a person once in a calendar month,
    whatever its key.
    """
    telling = Telling(
        recipient_person_id=recipient_person_id, kind=kind, subject_id=subject_id, dedupe_key=dedupe_key,
        facts=facts or {},
    )  # fmt: skip
    made = notify_many(actor, [telling])
    return made[0] if made else None


def notify_many(actor: Actor, tellings: Sequence[Telling]) -> list[UUID]:
    """Tell many people in one statement; answers the notices that are new. The same rows as one by one."""
    now = clock.now()
    waiting = {_identity(telling, now): telling for telling in tellings}
    made: list[UUID] = []
    for _round in range(MOST_ROUNDS):
        if not waiting:
            break
        for notice_id, person_id, kind, key in _insert(actor, waiting, now):
            made.append(notice_id)
            del waiting[(person_id, kind, key)]
        if waiting:
            # Told before, or a notice of the same subject came at this moment: then this one folds into it.
            _forget_told(actor, waiting)
    return made


def _identity(telling: Telling, now: datetime) -> tuple[UUID, str, str]:
    if telling.kind not in KINDS:
        raise ValueError(f"There is no kind of notice {telling.kind}.")
    key = telling.dedupe_key
    if telling.kind == PAYMENT_REMINDER:
        key = f"{organisation_in_scope().local_date(now):%Y-%m}"
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"A dedupe key has 1 to {LONGEST_KEY} characters.")
    return telling.recipient_person_id, telling.kind, key


def _insert(actor: Actor, waiting: dict[tuple[UUID, str, str], Telling], now: datetime) -> list[tuple[Any, ...]]:
    until = now + FOLDED_WITHIN
    parameters: dict[str, Any] = {
        "organisation": actor.organisation_id,
        "at": now,
        "until": until,
        "ids": array_of(ids.new_id() for _ in waiting),
        "people": array_of(person for person, _, _ in waiting),
        "kinds": text_array_of([kind for _, kind, _ in waiting]),
        "keys": text_array_of([key for _, _, key in waiting]),
        "subjects": array_of(telling.subject_id for telling in waiting.values()),
        "facts": [json.dumps(plain_facts(dict(telling.facts))) for telling in waiting.values()],
        "due": [now if KINDS[telling.kind].is_urgent else until for telling in waiting.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.TELL, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _forget_told(actor: Actor, waiting: dict[tuple[UUID, str, str], Telling]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.TOLD,
            {
                "organisation": actor.organisation_id,
                "people": array_of(person for person, _, _ in waiting),
                "kinds": text_array_of([kind for _, kind, _ in waiting]),
                "keys": text_array_of([key for _, _, key in waiting]),
            },
        )
        for person_id, kind, key in cursor.fetchall():
            waiting.pop((person_id, kind, key), None)


def mark_read(actor: Actor, notice_id: UUID) -> Notice:
    """Note that one's own notice, with all that was folded into it, was read."""
    notice: Notice | None = Notice.objects.filter(id=notice_id, recipient_id=own_person_id(actor)).first()
    if notice is None:
        raise NoticeNotFound
    head_id = notice.folded_into_id or notice.id
    Notice.objects.filter(Q(id=head_id) | Q(folded_into_id=head_id), read_at__isnull=True).update(read_at=clock.now())
    return notice


def mark_all_read(actor: Actor) -> int:
    """Note that everything one was told was read; answers how many notices that were."""
    unread = Notice.objects.filter(recipient_id=own_person_id(actor), read_at__isnull=True)
    return int(unread.update(read_at=clock.now()))


def choose_mail(actor: Actor, wanted: Mapping[str, bool]) -> None:
    """Say of which kinds one wants mail. In the house one is told everything."""
    person_id = own_person_id(actor)
    strange = sorted(set(wanted) - set(KINDS))
    if strange:
        raise Invalid.field("kinds", _("There is no kind of notice %(kind)s.") % {"kind": strange[0]})
    for kind, by_mail in sorted(wanted.items()):
        MailPreference.objects.update_or_create(person_id=person_id, kind=kind, defaults={"by_mail": by_mail})
