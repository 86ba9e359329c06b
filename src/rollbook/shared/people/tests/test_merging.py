"""Two entries that are one person, and back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound, Refusal
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people import selectors, services
from rollbook.shared.people.errors import MergedOnwards, NotAMerge, PersonIsMerged, SamePerson
from rollbook.shared.people.events import PeopleMerged
from rollbook.shared.people.examples import a_clerk, a_person, a_stranger
from rollbook.shared.people.models import Merge, Person
from rollbook.shared.people.services import merging

pytestmark = pytest.mark.django_db

REASON = "Same birth certificate shown"


def _find(actor: object, text: str) -> list[object]:
    return [found.id for found in selectors.search_people(actor, text)]  # type: ignore[arg-type]


def test_whoever_looks_for_the_double_finds_the_survivor(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    survivor = a_person(clerk, phones=("0917 123 4567",))
    double = a_person(clerk, given_name="Marie Klara", phones=("0918 555 0101",), identifiers=(("barcode", "B-1"),))

    merge = services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)

    assert _find(clerk, "klara") == _find(clerk, "0918 555") == _find(clerk, "b-1") == [survivor.pk]
    assert list(selectors.people(clerk)) == [survivor]
    assert {point.value for point in selectors.contact_points(survivor.pk)} == {"+639171234567", "+639185550101"}
    assert [number.value for number in selectors.identifiers(survivor.pk)] == ["B-1"]
    assert selectors.survivor_of(double.pk) == survivor.pk
    entry = AuditEntry.objects.get(action="people.merged")
    assert (entry.target_id, entry.reason, entry.facts["duplicate_id"]) == (survivor.pk, REASON, str(double.pk))
    assert merge.merged_by == clerk.user_id


def test_an_undone_merge_gives_the_double_its_own_words_back(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    survivor, double = a_person(clerk), a_person(clerk, given_name="Klara")
    merge = services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)

    services.undo_merge(clerk, merge_id=merge.pk, reason="They are cousins after all")

    assert _find(clerk, "klara") == [double.pk]
    assert selectors.survivor_of(double.pk) == double.pk
    assert AuditEntry.objects.filter(action="people.merge_undone").count() == 1
    with pytest.raises(NotAMerge):
        services.undo_merge(clerk, merge_id=merge.pk, reason="They are cousins after all")
    services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)
    assert Merge.objects.count() == 2


def test_a_chain_of_merges_is_undone_link_by_link(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    first, second, third = (a_person(clerk, given_name=name) for name in ("Anna", "Bella", "Clara"))
    lower = services.merge_people(clerk, survivor_id=second.pk, duplicate_id=third.pk, reason=REASON)
    upper = services.merge_people(clerk, survivor_id=first.pk, duplicate_id=second.pk, reason=REASON)

    assert _find(clerk, "clara") == [first.pk]
    assert set(selectors.entries_of(first.pk)) == {first.pk, second.pk, third.pk}
    with pytest.raises(MergedOnwards):
        services.undo_merge(clerk, merge_id=lower.pk, reason="They are cousins after all")
    services.undo_merge(clerk, merge_id=upper.pk, reason="They are cousins after all")
    assert _find(clerk, "clara") == _find(clerk, "bella") == [second.pk]
    services.undo_merge(clerk, merge_id=lower.pk, reason="They are cousins after all")
    assert _find(clerk, "clara") == [third.pk]


def test_a_merged_entry_is_changed_no_more_and_names_its_survivor(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    survivor, double = a_person(clerk), a_person(clerk, given_name="Klara")
    services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)

    with pytest.raises(PersonIsMerged) as refusal:
        services.change_person(clerk, person_id=double.pk, version=2, changes={"given_name": "Eva"})
    with pytest.raises(PersonIsMerged):
        services.merge_people(clerk, survivor_id=double.pk, duplicate_id=survivor.pk, reason=REASON)

    assert refusal.value.facts == {"survivor": "Maria Clara Santos Dela Peña", "survivor_id": survivor.pk}
    assert Person.objects.get(pk=survivor.pk).merged_into_id is None


@pytest.mark.parametrize("reason", ["", "   ", "too short", "x" * 501])
def test_a_merge_needs_a_reason(tenant: Organisation, reason: str) -> None:
    clerk = a_clerk(tenant.pk)
    survivor, double = a_person(clerk), a_person(clerk, given_name="Klara")

    with pytest.raises(Invalid):
        services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=reason)

    assert not Merge.objects.exists()
    assert _find(clerk, "klara") == [double.pk]


def test_a_room_that_follows_merges_can_refuse_one_and_nothing_is_merged(organisation: Organisation) -> None:
    class BothEnrolled(Refusal):
        """Both are enrolled."""

    def refuse(event: PeopleMerged) -> None:
        raise BothEnrolled

    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        survivor, double = a_person(clerk), a_person(clerk, given_name="Klara")
    with _subscribed(refuse), pytest.raises(BothEnrolled), tenant_scope(organisation.pk):
        services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)
    with tenant_scope(organisation.pk):
        assert not Merge.objects.exists()
        assert _find(clerk, "klara") == [double.pk]


@contextmanager
def _subscribed(function: object) -> Iterator[None]:
    events.subscribe(PeopleMerged, function)  # type: ignore[arg-type]
    try:
        yield
    finally:
        events._subscribers[PeopleMerged].remove(function)  # type: ignore[arg-type]


def test_strangers_and_other_organisations_merge_nobody(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        survivor, double = a_person(clerk), a_person(clerk, given_name="Klara")
        with pytest.raises(Forbidden):
            services.merge_people(
                a_stranger(organisation.pk), survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON
            )
        with pytest.raises(SamePerson):
            services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=survivor.pk, reason=REASON)
    with tenant_scope(other_organisation.pk):
        theirs = a_clerk(other_organisation.pk)
        own = a_person(theirs)
        with pytest.raises(NotFound):
            services.merge_people(theirs, survivor_id=own.pk, duplicate_id=double.pk, reason=REASON)
        assert not Merge.objects.exists()
    with tenant_scope(organisation.pk):
        assert not Merge.objects.exists()


def test_the_database_keeps_what_a_merge_said(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    survivor, double = a_person(clerk), a_person(clerk, given_name="Klara")
    merge = services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)

    for attack in (
        lambda: Merge.objects.update(reason="Something else entirely"),
        lambda: Merge.objects.filter(pk=merge.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(survivor=survivor, duplicate=double, reason="Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(survivor=survivor, duplicate=survivor, reason="Self")

    merge.refresh_from_db()
    assert (merge.reason, Merge.objects.count()) == (REASON, 1)


def _merge_both_ways_at_once(organisation: Organisation) -> list[str]:
    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        one, two = a_person(clerk), a_person(clerk, given_name="Klara")
    start = threading.Barrier(2)
    answers: list[str] = []

    def merge(survivor: Person, double: Person) -> None:
        try:
            start.wait(5)
            with tenant_scope(organisation.pk):
                services.merge_people(clerk, survivor_id=survivor.pk, duplicate_id=double.pk, reason=REASON)
            answers.append("merged")
        except PersonIsMerged:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_merges_in_opposite_directions_leave_one_survivor(organisation: Organisation) -> None:
    assert _merge_both_ways_at_once(organisation) == ["merged", "refused"]

    with tenant_scope(organisation.pk):
        assert Person.objects.filter(merged_into__isnull=True).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_locks_both_merge_and_nobody_survives(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = threading.Barrier(2)

    def look_without_locking(*person_ids: UUID) -> dict[UUID, Person]:
        return {person.pk: person for person in Person.objects.filter(pk__in=person_ids)}

    def look_and_wait(person_id: UUID) -> Person:
        person: Person = Person.objects.get(pk=person_id)
        assert person.merged_into_id is None
        both_have_looked.wait(5)
        return person

    monkeypatch.setattr(merging, "people_for_update", look_without_locking)
    monkeypatch.setattr(merging, "person_for_update", look_and_wait)

    assert _merge_both_ways_at_once(organisation) == ["merged", "merged"]

    with tenant_scope(organisation.pk):
        assert Person.objects.filter(merged_into__isnull=True).count() == 0
