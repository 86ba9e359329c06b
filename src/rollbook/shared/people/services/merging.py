"""Two entries that are one person.

The double keeps its row and points at the survivor, so that the merge can be undone.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock, events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people import permissions, rules
from rollbook.shared.people.errors import MergedOnwards, NotAMerge, SamePerson
from rollbook.shared.people.events import MergeUndone, PeopleMerged
from rollbook.shared.people.models import Merge, Person, SearchToken
from rollbook.shared.people.selectors import entries_of, survivor_of
from rollbook.shared.people.services.locking import people_for_update, person_for_update

REASON_LENGTH = 10


def merge_people(actor: Actor, *, survivor_id: UUID, duplicate_id: UUID, reason: str) -> Merge:
    """Let `survivor` stand for `duplicate` from now on. Whoever looks for the double finds the survivor."""
    actor.require(permissions.MERGE_PEOPLE)
    reason = _checked_reason(reason)
    if survivor_id == duplicate_id:
        raise SamePerson
    people_for_update(survivor_id, duplicate_id)
    survivor, duplicate = person_for_update(survivor_id), person_for_update(duplicate_id)
    now = clock.now()
    duplicate.merged_into = survivor
    _point(duplicate, now)
    SearchToken.objects.filter(person=duplicate).update(person=survivor)
    merge = Merge.objects.create(
        survivor=survivor, duplicate=duplicate, reason=reason, merged_by=actor.user_id, created_at=now
    )
    events.publish(PeopleMerged(actor, survivor_id, duplicate_id))
    record(actor, "people.merged", survivor, reason=reason, duplicate_id=duplicate_id, merge_id=merge.pk)
    return merge


def undo_merge(actor: Actor, *, merge_id: UUID, reason: str) -> Merge:
    """Make the double a person of its own again, found by its own name and numbers."""
    actor.require(permissions.MERGE_PEOPLE)
    reason = _checked_reason(reason)
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    if merge.undone_at is not None:
        raise NotAMerge
    rows = people_for_update(merge.survivor_id, merge.duplicate_id)
    survivor, duplicate = rows[merge.survivor_id], rows[merge.duplicate_id]
    if survivor.merged_into_id is not None:
        onwards = Person.objects.get(pk=survivor_of(survivor.pk))
        raise MergedOnwards(survivor=survivor.full_name, onwards_id=onwards.pk)
    now = clock.now()
    duplicate.merged_into = None
    _point(duplicate, now)
    SearchToken.objects.filter(source__in=entries_of(duplicate.pk)).update(person=duplicate)
    merge.undone_at, merge.undone_by, merge.undone_reason = now, actor.user_id, reason
    merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    events.publish(MergeUndone(actor, survivor.pk, duplicate.pk))
    record(actor, "people.merge_undone", survivor, reason=reason, duplicate_id=duplicate.pk, merge_id=merge.pk)
    return merge


def _point(duplicate: Person, now: datetime) -> None:
    duplicate.version += 1
    duplicate.updated_at = now
    duplicate.save(update_fields=["merged_into", "version", "updated_at"])


def _checked_reason(reason: str) -> str:
    tidy = rules.tidy(reason)
    if not REASON_LENGTH <= len(tidy) <= 500:
        raise Invalid.field("reason", _("Say in %(least)s to 500 characters how you know.") % {"least": REASON_LENGTH})
    return tidy
