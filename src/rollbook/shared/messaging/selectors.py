"""What one was told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.messaging import kinds, sql
from rollbook.shared.messaging.errors import NobodyHere
from rollbook.shared.messaging.kinds import KINDS, Kind
from rollbook.shared.messaging.models import MailPreference, Notice


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice as its reader sees it: the newest words of everything that was folded into it."""

    id: UUID
    kind: Kind
    subject_id: UUID
    facts: Mapping[str, Any]
    told_at: datetime
    times: int
    is_unread: bool

    @property
    def sentence(self) -> str:
        """What it says, in the reader's language."""
        return kinds.sentence(self.kind.key, self.facts)

    @property
    def address(self) -> str:
        """Where it leads; empty when nowhere."""
        return kinds.address(self.kind.key, self.facts)


def own_notices_of(actor: Actor) -> Q:
    """What is addressed to the actor: as the person they are on the roll, and as a member."""
    found = Q(pk__in=[])
    if actor.person_id is not None:
        found |= Q(recipient=actor.person_id)
    if actor.membership_id is not None:
        found |= Q(member=actor.membership_id)
    return found


def own_wishes_of(actor: Actor) -> dict[str, Any]:
    """Under whom the actor's wishes are kept: the person on the roll, else the member."""
    if actor.person_id is not None:
        return {"person_id": actor.person_id}
    if actor.membership_id is not None:
        return {"member_id": actor.membership_id}
    raise NobodyHere


def own_notices(actor: Actor, *, most: int = 50, before: UUID | None = None) -> list[NoticeShown]:
    """What one was told, the newest first; `before` is the last notice of the page before. One statement."""
    values = _own(actor) | {"before": before, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(sql.OWN, values)
        return [
            NoticeShown(row[0], KINDS[row[1]], row[2], as_facts(row[3]), row[4], row[5], row[6])
            for row in cursor.fetchall()
            if row[1] in KINDS
        ]


def as_facts(given: Any) -> dict[str, Any]:
    """Facts as the driver hands them over: text or a mapping."""
    found: dict[str, Any] = json.loads(given) if isinstance(given, str) else given
    return found


def unread_count(actor: Actor) -> int:
    """How many notices one has not read."""
    with connection.cursor() as cursor:
        cursor.execute(sql.UNREAD, _own(actor))
        return int(cursor.fetchone()[0])


def _own(actor: Actor) -> dict[str, Any]:
    return {"organisation": require_organisation_id(), "person": actor.person_id, "member": actor.membership_id}


def own_preferences(actor: Actor) -> dict[str, bool]:
    """Of which kinds one gets mail."""
    chosen = dict(MailPreference.objects.filter(**own_wishes_of(actor)).values_list("kind", "by_mail"))
    return {key: chosen.get(key, kind.by_mail) for key, kind in KINDS.items()}


def mail_states() -> dict[str, int]:
    """How many mails stand in each state that needs somebody to look, for operators and the launch checks."""
    looked_at = [Notice.Mail.WAITING, Notice.Mail.SENDING, Notice.Mail.FAILED, Notice.Mail.UNKNOWN]
    return {str(state): Notice.objects.filter(mail_state=state).count() for state in looked_at}
