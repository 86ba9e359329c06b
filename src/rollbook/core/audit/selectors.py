"""Reads of the trail, limited to what the actor may see."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from rollbook.core.audit import permissions, words
from rollbook.core.audit.models import AccessEntry, AuditEntry, Seal, SealedEntry, Stream
from rollbook.core.audit.rules import made_at
from rollbook.core.errors import NotFound
from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope

#: Counting stops here: nobody pages through more, and a count over years is slow.
MOST_COUNTED = 10_000
#: The actions and kinds of records offered as filters are those of this many latest entries.
SAMPLE = 5_000
#: Kept in the process this long: a new kind of act may take so long to appear among the filters.
OFFERED_FOR_SECONDS = 60

_OFFERED = """
SELECT DISTINCT e.action, e.target_type
  FROM (SELECT action, target_type FROM audit_auditentry
         WHERE organisation_id = %s ORDER BY at DESC, id DESC LIMIT %s) AS e
"""
_offered: dict[UUID, tuple[float, list[tuple[str, str]]]] = {}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened to a record."""

    at: datetime
    title: str
    who: str
    reason: str
    is_refused: bool
    changes: list[tuple[str, str, str]]
    #: The entry that tells of it.
    entry_id: UUID | None = None
    #: Which of several alike it is: a number, an amount.
    detail: str = ""


def member_name(user_field: str) -> Subquery:
    """The name under which the user in a field is a member here."""
    return Subquery(Membership.objects.filter(user_id=OuterRef(user_field)).values("name")[:1])


def entries(actor: Actor) -> "QuerySet[AuditEntry]":
    """Every act that the actor may see: the whole trail, or their own part of it."""
    found = AuditEntry.objects.all()
    return found if actor.may(permissions.VIEW_AUDIT) else found.filter(user_id=actor.user_id)


def own_entries(actor: Actor) -> "QuerySet[AuditEntry]":
    """What the actor did, and what was done in their name."""
    return AuditEntry.objects.filter(user_id=actor.user_id)


def accesses(actor: Actor) -> "QuerySet[AccessEntry]":
    """Every read of a restricted record."""
    actor.require(permissions.VIEW_ACCESS)
    return AccessEntry.objects.all()


def with_names(rows: Any) -> Any:
    """Add the names of those who acted."""
    return rows.annotate(user_name=member_name("user_id"), impersonator_name=member_name("impersonator_id"))


def offered(field: Literal["action", "target_type"]) -> list[str]:
    """The values of a field among the latest entries, for a filter."""
    organisation_id = require_organisation_id()
    kept = _offered.get(organisation_id)
    if kept is None or kept[0] < time.monotonic():
        with connection.cursor() as cursor:
            cursor.execute(_OFFERED, [organisation_id, SAMPLE])
            kept = (time.monotonic() + OFFERED_FOR_SECONDS, cursor.fetchall())
        _offered[organisation_id] = kept
    place = 0 if field == "action" else 1
    return sorted({row[place] for row in kept[1] if row[place]})


def entry_at(rows: Any, entry_id: UUID) -> datetime | None:
    """When an entry was made. Its id carries a time, which spares a search through every month."""
    made = made_at(entry_id)
    if made is None:
        return None
    near = {"at__gte": made - timedelta(days=1), "at__lte": made + timedelta(days=1)}
    found: datetime | None = rows.filter(**near, id=entry_id).values_list("at", flat=True).first()
    # Imports and rehearsals date their entries by what they tell of.
    return found or rows.filter(id=entry_id).values_list("at", flat=True).first()


def entry(actor: Actor, entry_id: UUID) -> Row:
    """One act with everything that is known of it, and the seal that covers it."""
    visible = entries(actor)
    at = entry_at(visible, entry_id)
    if at is None:
        raise NotFound
    row: Row = with_names(visible).filter(id=entry_id, at=at).values().get()
    sealed = SealedEntry.objects.filter(id=entry_id).values_list("seal_number", flat=True).first()
    currency = str(row["facts"].get("currency") or organisation_in_scope().currency)
    return row | {
        "seal_number": sealed,
        "change_lines": change_lines(row["changes"], currency),
        "fact_lines": [
            (words.field_words(name), words.value_words(value, name, currency)) for name, value in row["facts"].items()
        ],
    }


def change_lines(changes: Mapping[str, Mapping[str, Any]], currency: str) -> list[tuple[str, str, str]]:
    """Changes as field, before, after."""
    return [
        (
            words.field_words(field),
            words.value_words(change.get("before"), field, currency),
            words.value_words(change.get("after"), field, currency),
        )
        for field, change in changes.items()
    ]


def timeline(target_type: str, target_id: UUID, *, limit: int = 100) -> list[TimelineEvent]:
    """What happened to a record, the latest first. Whether the actor may see the record is the caller's to know."""
    return _events(AuditEntry.objects.filter(target_type=target_type, target_id=target_id), limit)


def timeline_among(
    targets: Mapping[str, Collection[UUID]], *, before: UUID | None = None, limit: int = 100
) -> list[TimelineEvent]:
    """What happened to several records that belong together, the latest first; older than an entry, to go on from it.

    Whether the actor may see the records is the caller's to know.
    """
    every = [target_id for ids in targets.values() for target_id in ids]
    rows = AuditEntry.objects.filter(target_id__in=every, target_type__in=list(targets))
    if before is not None:
        at = entry_at(rows, before)
        rows = rows.none() if at is None else rows.filter(Q(at__lt=at) | Q(at=at, id__lt=before))
    return _events(rows, limit, in_short=True)


def _events(entries_of_records: "QuerySet[AuditEntry]", limit: int, *, in_short: bool = False) -> list[TimelineEvent]:
    rows = with_names(entries_of_records)
    currency = organisation_in_scope().currency
    shown = rows.order_by("-at", "-id").values(
        "id",
        "at",
        "action",
        "reason",
        "changes",
        "facts",
        "actor_kind",
        "job",
        "impersonator_id",
        "user_name",
        "impersonator_name",
    )
    return [
        TimelineEvent(
            at=row["at"],
            title=words.action_words(row["action"]),
            who=words.who_in_short(row),
            reason=row["reason"],
            is_refused=row["action"].startswith(words.REFUSED),
            # A record that is new names its empty fields too; nobody reads those.
            changes=[line for line in change_lines(row["changes"], currency) if line[1] != line[2]],
            entry_id=row["id"],
            detail=words.fact_in_short(row["facts"], currency) if in_short else "",
        )
        for row in shown[:limit]
    ]


def latest_seals(stream: Stream, *, limit: int = 20) -> "QuerySet[Seal]":
    """The newest seals of a stream."""
    return Seal.objects.filter(stream=stream).order_by("-number")[:limit]
