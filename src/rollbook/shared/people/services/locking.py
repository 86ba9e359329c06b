"""Taking a person's row before changing anything that hangs on it."""

from uuid import UUID

from rollbook.core.errors import NotFound
from rollbook.shared.people.errors import PersonIsMerged
from rollbook.shared.people.models import Person
from rollbook.shared.people.selectors import survivor_of


def person_for_update(person_id: UUID) -> Person:
    """The person, locked until the end of the transaction; a merged entry is refused."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound
    if person.merged_into_id is not None:
        survivor_id = survivor_of(person_id)
        survivor = Person.objects.get(pk=survivor_id)
        raise PersonIsMerged(survivor=survivor.full_name, survivor_id=survivor_id)
    return person


def people_for_update(*person_ids: UUID) -> dict[UUID, Person]:
    """Several people, locked in the order of their ids so that two acts cannot wait for each other."""
    rows = Person.objects.select_for_update().filter(pk__in=person_ids).order_by("pk")
    found = {row.pk: row for row in rows}
    if set(person_ids) - set(found):
        raise NotFound
    return found
