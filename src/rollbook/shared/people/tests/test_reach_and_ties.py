"""Contact points, numbers on cards, addresses, relationships and households."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people import selectors, services
from rollbook.shared.people.errors import IdentifierTaken, NotRelatedAnyMore, SamePerson
from rollbook.shared.people.examples import a_clerk, a_person, a_stranger
from rollbook.shared.people.models import (
    Address,
    ContactPoint,
    Household,
    HouseholdMember,
    Identifier,
    Relationship,
)

pytestmark = pytest.mark.django_db


def _actions() -> list[str]:
    return list(
        AuditEntry.objects.exclude(action="people.person_added").order_by("at", "id").values_list("action", flat=True)
    )


def test_the_first_number_is_the_primary_one_and_the_same_again_changes_nothing(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)

    first = services.add_contact_point(clerk, person_id=person.pk, kind="PHONE", value="0917 123 4567", label="mobile")
    second = services.add_contact_point(clerk, person_id=person.pk, kind="PHONE", value="(02) 8123 4567")
    again = services.add_contact_point(clerk, person_id=person.pk, kind="PHONE", value="+639171234567")

    assert again == first
    assert [(point.value, point.is_primary) for point in selectors.contact_points(person.pk)] == [
        ("+639171234567", True),
        ("+63281234567", False),
    ]
    assert _actions() == ["people.contact_added", "people.contact_added"]
    assert [found.id for found in selectors.search_people(clerk, "8123 4567")] == []
    assert [found.id for found in selectors.search_people(clerk, "02 8123")] == [person.pk]

    services.make_primary(clerk, contact_point_id=second.pk)
    services.make_primary(clerk, contact_point_id=second.pk)
    assert [(point.value, point.is_primary) for point in selectors.contact_points(person.pk)] == [
        ("+63281234567", True),
        ("+639171234567", False),
    ]
    assert _actions()[2:] == ["people.contact_made_primary"]


def test_removing_the_primary_number_makes_the_oldest_other_one_primary(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk, phones=("0917 123 4567", "0918 123 4567"))
    primary = ContactPoint.objects.get(is_primary=True)

    services.remove_contact_point(clerk, contact_point_id=primary.pk)

    assert list(ContactPoint.objects.values_list("value", "is_primary")) == [("+639181234567", True)]
    assert selectors.search_people(clerk, "0917123") == []
    assert [found.id for found in selectors.search_people(clerk, "0918123")] == [person.pk]
    with pytest.raises(NotFound):
        services.remove_contact_point(clerk, contact_point_id=primary.pk)


def test_the_first_proof_of_an_address_stands(tenant: Organisation, frozen_clock: object) -> None:
    clerk = a_clerk(tenant.pk)
    a_person(clerk, emails=("maria@example.org",))
    point = ContactPoint.objects.get()

    services.mark_verified(clerk, contact_point_id=point.pk)
    frozen_clock("2032-01-01T00:00:00Z")  # type: ignore[operator]
    services.mark_verified(clerk, contact_point_id=point.pk)

    point.refresh_from_db()
    assert point.verified_at is not None
    assert point.verified_at.isoformat() == "2031-07-01T12:00:00+00:00"
    assert clock.now().year == 2032


@pytest.mark.parametrize(
    ("kind", "value", "field"), [("PHONE", "12", "value"), ("EMAIL", "maria", "value"), ("FAX", "1", "kind")]
)
def test_an_impossible_contact_point_is_refused(tenant: Organisation, kind: str, value: str, field: str) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)

    with pytest.raises(Invalid) as refusal:
        services.add_contact_point(clerk, person_id=person.pk, kind=kind, value=value)

    assert [error["field"] for error in refusal.value.errors] == [field]
    assert not ContactPoint.objects.exists()
    assert _actions() == []


def test_a_card_number_belongs_to_one_person(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    maria = a_person(clerk)
    ana = a_person(clerk, given_name="Ana")

    card = services.add_identifier(clerk, person_id=maria.pk, kind="barcode", value="C0-FFEE")
    assert services.add_identifier(clerk, person_id=maria.pk, kind="barcode", value="c0ffee") == card
    with pytest.raises(IdentifierTaken) as refusal:
        services.add_identifier(clerk, person_id=ana.pk, kind="barcode", value="C0FFEE")
    with pytest.raises(IdentifierTaken):
        services.bulk_add_identifiers(clerk, kind="barcode", numbers=[(ana.pk, "C0FFEE")])

    assert refusal.value.facts["holder"] == "Maria Clara Santos Dela Peña"
    assert [found.id for found in selectors.search_people(clerk, "c0ff")] == [maria.pk]
    services.remove_identifier(clerk, identifier_id=card.pk, reason="Card lost on 3 March")
    assert selectors.search_people(clerk, "c0ff") == []
    services.bulk_add_identifiers(clerk, kind="barcode", numbers=[(ana.pk, "C0FFEE"), (maria.pk, "B-2")])
    assert [found.id for found in selectors.search_people(clerk, "c0ff")] == [ana.pk]
    assert Identifier.objects.count() == 2


def test_numbers_of_an_import_that_is_taken_back_are_found_no_more_and_others_stay(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    people = [a_person(clerk, identifiers=(("barcode", f"B-{number}"),)) for number in range(3)]
    services.bulk_add_identifiers(
        clerk, kind="roll", numbers=[(person.pk, f"R-{place}") for place, person in enumerate(people)]
    )

    removed = services.bulk_remove_identifiers(
        clerk, kinds=["roll"], person_ids=[person.pk for person in people[:2]], reason="The import was taken back"
    )

    assert removed == 2
    assert [selectors.search_people(clerk, f"r-{place}") == [] for place in range(3)] == [True, True, False]
    assert [found.id for found in selectors.search_people(clerk, "b-1")] == [people[1].pk]
    with pytest.raises(Invalid):
        services.bulk_remove_identifiers(clerk, kinds=["roll"], person_ids=[people[2].pk], reason=" ")
    with pytest.raises(Forbidden):
        services.bulk_remove_identifiers(a_stranger(tenant.pk), kinds=["roll"], person_ids=[], reason="Lost")


def test_an_address_is_written_changed_and_audited_once_for_each_change(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)

    services.set_address(clerk, person_id=person.pk, kind="HOME", line1=" 12  Mabini St.", city="Calamba", country="ph")
    services.set_address(clerk, person_id=person.pk, kind="HOME", line1="12 Mabini St.", city="Calamba", country="PH")
    services.set_address(clerk, person_id=person.pk, kind="HOME", postal_code="4027")

    address = Address.objects.get()
    assert address.one_line == "12 Mabini St., Calamba, 4027"
    assert _actions() == ["people.address_set", "people.address_set"]
    with pytest.raises(Invalid) as refusal:
        services.set_address(clerk, person_id=person.pk, kind="MOON", street="x", line1="x" * 201, country="P9")
    assert [error["field"] for error in refusal.value.errors] == ["kind", "street", "line1", "country"]


def test_a_guardian_is_related_once_and_one_of_them_is_called_first(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    child = a_person(clerk)
    mother = a_person(clerk, given_name="Elena", birth_date=date(1985, 5, 5))
    uncle = a_person(clerk, given_name="Tomas", birth_date=date(1980, 5, 5))

    first = services.relate(clerk, person_id=child.pk, relative_id=mother.pk, kind="GUARDIAN", is_primary=True)
    assert services.relate(clerk, person_id=child.pk, relative_id=mother.pk, kind="GUARDIAN", is_primary=True) == first
    services.relate(clerk, person_id=child.pk, relative_id=uncle.pk, kind="GUARDIAN", is_primary=True)

    assert [(tie.relative.given_name, tie.is_primary) for tie in selectors.relationships(child.pk)] == [
        ("Tomas", True),
        ("Elena", False),
    ]
    assert [tie.person_id for tie in selectors.related_to(mother.pk)] == [child.pk]
    services.end_relationship(clerk, relationship_id=first.pk, reason="Court decision", ended_on=date(2031, 6, 30))
    assert [tie.relative.given_name for tie in selectors.relationships(child.pk)] == ["Tomas"]
    with pytest.raises(NotRelatedAnyMore):
        services.end_relationship(clerk, relationship_id=first.pk, reason="Court decision")
    assert Relationship.objects.count() == 2


def test_nobody_is_their_own_guardian_and_an_end_comes_after_the_beginning(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    child, mother = a_person(clerk), a_person(clerk, given_name="Elena")

    with pytest.raises(SamePerson):
        services.relate(clerk, person_id=child.pk, relative_id=child.pk, kind="GUARDIAN")
    with pytest.raises(Invalid):
        services.relate(clerk, person_id=child.pk, relative_id=mother.pk, kind="BOSS")
    tie = services.relate(clerk, person_id=child.pk, relative_id=mother.pk, kind="PARENT", started_on=date(2031, 1, 1))
    with pytest.raises(Invalid):
        services.end_relationship(clerk, relationship_id=tie.pk, reason="x", ended_on=date(2030, 12, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        Relationship.objects.create(person=child, relative=child, kind="SIBLING")
    with pytest.raises(IntegrityError), transaction.atomic():
        Relationship.objects.create(person=child, relative=mother, kind="PARENT")
    assert Relationship.objects.get().ended_on is None


def test_a_household_has_one_head_and_people_come_and_go(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    mother, child = a_person(clerk, given_name="Elena"), a_person(clerk)
    household = services.make_household(clerk, name="Dela Peña, Calamba", head_id=mother.pk)

    services.join_household(clerk, household_id=household.pk, person_id=child.pk)
    services.join_household(clerk, household_id=household.pk, person_id=child.pk)
    services.join_household(clerk, household_id=household.pk, person_id=child.pk, is_head=True)

    members = [(member.person.given_name, member.is_head) for member in selectors.household_members(household.pk)]
    assert members == [("Maria Clara", True), ("Elena", False)]
    services.leave_household(clerk, household_id=household.pk, person_id=mother.pk)
    services.leave_household(clerk, household_id=household.pk, person_id=mother.pk)
    assert HouseholdMember.objects.count() == 1
    assert _actions() == ["people.household_made", "people.household_joined", "people.household_joined",
                          "people.household_left"]  # fmt: skip
    with pytest.raises(Invalid):
        services.make_household(clerk, name=" ", head_id=mother.pk)


def test_a_stranger_and_another_organisation_change_nothing(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        person, other = a_person(clerk, phones=("0917 123 4567",)), a_person(clerk, given_name="Elena")
        point = ContactPoint.objects.get()
        card = services.add_identifier(clerk, person_id=person.pk, kind="barcode", value="C0FFEE")
        tie = services.relate(clerk, person_id=person.pk, relative_id=other.pk, kind="PARENT")
        household = services.make_household(clerk, name="Home", head_id=person.pk)
        entries = AuditEntry.objects.count()

    def attempts(actor: object) -> list[object]:
        s = services
        return [
            lambda: s.add_contact_point(actor, person_id=person.pk, kind="EMAIL", value="a@example.org"),
            lambda: s.remove_contact_point(actor, contact_point_id=point.pk),
            lambda: s.make_primary(actor, contact_point_id=point.pk),
            lambda: s.mark_verified(actor, contact_point_id=point.pk),
            lambda: s.add_identifier(actor, person_id=person.pk, kind="barcode", value="X-1"),
            lambda: s.remove_identifier(actor, identifier_id=card.pk, reason="Lost"),
            lambda: s.set_address(actor, person_id=person.pk, kind="HOME", city="Calamba"),
            lambda: s.relate(actor, person_id=person.pk, relative_id=other.pk, kind="SPOUSE"),
            lambda: s.end_relationship(actor, relationship_id=tie.pk, reason="Over"),
            lambda: s.make_household(actor, name="Home", head_id=person.pk),
            lambda: s.join_household(actor, household_id=household.pk, person_id=other.pk),
            lambda: s.leave_household(actor, household_id=household.pk, person_id=person.pk),
        ]

    with tenant_scope(organisation.pk):
        for attempt in attempts(a_stranger(organisation.pk)):
            with pytest.raises(Forbidden):
                attempt()  # type: ignore[operator]
    with tenant_scope(other_organisation.pk):
        for attempt in attempts(a_clerk(other_organisation.pk)):
            with pytest.raises(NotFound):
                attempt()  # type: ignore[operator]
    with tenant_scope(organisation.pk):
        assert AuditEntry.objects.count() == entries
        assert (ContactPoint.objects.count(), Identifier.objects.count(), Household.objects.count()) == (1, 1, 1)
        assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value"), [("PHONE", "09171234567"), ("PHONE", "+0917123456"), ("EMAIL", "Maria@x.org"), ("EMAIL", "x")]
)
def test_the_database_takes_contact_points_in_one_form_only(tenant: Organisation, kind: str, value: str) -> None:
    person = a_person(a_clerk(tenant.pk))

    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.create(person=person, kind=kind, value=value)

    assert not ContactPoint.objects.exists()


def test_the_database_keeps_one_primary_number_and_one_head(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person, other = a_person(clerk, phones=("0917 123 4567",)), a_person(clerk, given_name="Elena")
    household = services.make_household(clerk, name="Home", head_id=person.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.create(person=person, kind="PHONE", value="+639181234567", is_primary=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdMember.objects.create(household=household, person=other, is_head=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.create(person=person, kind="HOME", country="ph")

    assert ContactPoint.objects.count() == 1
    assert HouseholdMember.objects.count() == 1
