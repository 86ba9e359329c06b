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
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.messaging import sql
from rollbook.shared.messaging.errors import NoticeNotFound
from rollbook.shared.messaging.kinds import KINDS, PAYMENT_REMINDER
from rollbook.shared.messaging.models import MailPreference, Notice
from rollbook.shared.messaging.selectors import own_notices_of, own_wishes_of

#: Notices of one kind and subject within this time are one.
FOLDED_WITHIN = timedelta(minutes=10)
#: A notice that met another one at the same moment is written again this often.
MOST_ROUNDS = 4
LONGEST_KEY = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What somebody is to be told. The same kind and key reach the same person once, for ever.

    A member is named with the person they are on the roll, if they are one: as that person they are told then.
    """

    recipient_person_id: UUID | None = None
    recipient_member_id: UUID | None = None
    kind: str
    subject_id: UUID
    dedupe_key: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def who(self) -> tuple[str, UUID]:
        """The person of the roll, or the member who is none."""
        if self.recipient_person_id is not None:
            return sql.PERSON, self.recipient_person_id
        if self.recipient_member_id is None:
            raise ValueError("A notice is for a person or a member.")
        return sql.MEMBER, self.recipient_member_id


def notify(
    actor: Actor,
    *,
    recipient_person_id: UUID | None = None,
    recipient_member_id: UUID | None = None,
    kind: str,
    subject_id: UUID,
    dedupe_key: str,
    facts: Mapping[str, Any] | None = None,
) -> UUID | None:
    """Tell somebody something, in the transaction of what they are told; answers the notice, None when it was told.

    In the house always, elsewhere as they prefer. A payment reminder reaches a person once in a calendar month,
    whatever its key.
    """
    telling = Telling(
        recipient_person_id=recipient_person_id, recipient_member_id=recipient_member_id, kind=kind,
        subject_id=subject_id, dedupe_key=dedupe_key, facts=facts or {},
    )  # fmt: skip
    made = notify_many(actor, [telling])
    return made[0] if made else None


def notify_many(actor: Actor, tellings: Sequence[Telling]) -> list[UUID]:
    """Tell many people in one statement; answers the notices that are new. The same rows as one by one."""
    now = clock.now()
    made: list[UUID] = []
    for who in (sql.PERSON, sql.MEMBER):
        waiting = {_identity(telling, now): telling for telling in tellings if telling.who[0] == who}
        for _round in range(MOST_ROUNDS):
            if not waiting:
                break
            for notice_id, one, kind, key in _insert(actor, who, waiting, now):
                made.append(notice_id)
                del waiting[(one, kind, key)]
            if waiting:
                # Told before, or a notice of the same subject came at this moment: then this one folds into it.
                _forget_told(actor, who, waiting)
    return made


def _identity(telling: Telling, now: datetime) -> tuple[UUID, str, str]:
    if telling.kind not in KINDS:
        raise ValueError(f"There is no kind of notice {telling.kind}.")
    key = telling.dedupe_key
    if telling.kind == PAYMENT_REMINDER:
        key = f"{organisation_in_scope().local_date(now):%Y-%m}"
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"A dedupe key has 1 to {LONGEST_KEY} characters.")
    return telling.who[1], telling.kind, key


def _insert(
    actor: Actor, who: str, waiting: dict[tuple[UUID, str, str], Telling], now: datetime
) -> list[tuple[Any, ...]]:
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
    # Each notice looks for its own head by key, so one plan serves for one and for many.
    with prepared_cursor() as cursor:
        cursor.execute(sql.TELL[who], parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _forget_told(actor: Actor, who: str, waiting: dict[tuple[UUID, str, str], Telling]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.TOLD[who],
            {
                "organisation": actor.organisation_id,
                "people": array_of(person for person, _, _ in waiting),
                "kinds": text_array_of([kind for _, kind, _ in waiting]),
                "keys": text_array_of([key for _, _, key in waiting]),
            },
        )
        for one, kind, key in cursor.fetchall():
            waiting.pop((one, kind, key), None)


def mark_read(actor: Actor, notice_id: UUID) -> Notice:
    """Note that one's own notice, with all that was folded into it, was read."""
    notice: Notice | None = Notice.objects.filter(own_notices_of(actor), id=notice_id).first()
    if notice is None:
        raise NoticeNotFound
    head_id = notice.folded_into_id or notice.id
    Notice.objects.filter(Q(id=head_id) | Q(folded_into_id=head_id), read_at__isnull=True).update(read_at=clock.now())
    return notice


def mark_all_read(actor: Actor) -> int:
    """Note that everything one was told was read; answers how many notices that were."""
    unread = Notice.objects.filter(own_notices_of(actor), read_at__isnull=True)
    return int(unread.update(read_at=clock.now()))


def choose_mail(actor: Actor, wanted: Mapping[str, bool]) -> None:
    """Say of which kinds one wants mail. In the house one is told everything."""
    whose = own_wishes_of(actor)
    strange = sorted(set(wanted) - set(KINDS))
    if strange:
        raise Invalid.field("kinds", _("There is no kind of notice %(kind)s.") % {"kind": strange[0]})
    for kind, by_mail in sorted(wanted.items()):
        MailPreference.objects.update_or_create(**whose, kind=kind, defaults={"by_mail": by_mail})
