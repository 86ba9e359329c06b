"""People over JSON and on pages."""

from typing import Any

import pytest
from django.test import Client

from rollbook.core import ids
from rollbook.core.audit.models import AuditEntry
from rollbook.core.identity.examples import a_member, a_role, sign_in
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people import services
from rollbook.shared.people.examples import ALL_RIGHTS, a_clerk, a_person
from rollbook.shared.people.models import ContactPoint, Person, Relationship

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def browser(organisation: Organisation, client: Client) -> Client:
    a_role(organisation, "clerk", ALL_RIGHTS)
    sign_in(client, a_member(organisation, "clerk"))
    return client


@pytest.fixture
def maria(organisation: Organisation) -> Person:
    with tenant_scope(organisation.pk):
        return a_person(a_clerk(organisation.pk), phones=("0917 123 4567",), identifiers=(("barcode", "C0FFEE"),))


def test_a_person_is_added_found_changed_and_listed(browser: Client) -> None:
    body = {"given_name": "Maria", "family_name": "Peña", "phones": ["0917 123 4567"],
            "identifiers": [{"kind": "barcode", "value": "B-7"}]}  # fmt: skip
    added = browser.post("/api/v1/people/", body, content_type=JSON)
    assert (added.status_code, added["ETag"]) == (201, '"1"')
    person_id = added.json()["id"]

    for text in ("pena", "b-7", "0917"):
        found = browser.post("/api/v1/people/search", {"text": text}, content_type=JSON).json()
        assert [row["id"] for row in found] == [person_id]
    changed = browser.patch(
        f"/api/v1/people/{person_id}", {"given_name": "Mara"}, content_type=JSON, headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed["ETag"], changed.json()["given_name"]) == (200, '"2"', "Mara")
    detail = browser.get(f"/api/v1/people/{person_id}")
    assert detail["ETag"] == '"2"'
    assert [point["value"] for point in detail.json()["contact_points"]] == ["+639171234567"]
    assert detail.json()["roll_name"] == "Peña, Mara"
    assert [row["id"] for row in browser.get("/api/v1/people/?limit=5").json()["items"]] == [person_id]


def test_the_second_editor_gets_412_with_what_stands_now(browser: Client, maria: Person) -> None:
    place = f"/api/v1/people/{maria.pk}"
    browser.patch(place, {"given_name": "Mara"}, content_type=JSON, headers={"If-Match": '"1"'})

    late = browser.patch(place, {"given_name": "Mia"}, content_type=JSON, headers={"If-Match": '"1"'})

    assert (late.status_code, late.json()["facts"]["now"]) == (412, {"given_name": "Mara"})
    assert browser.patch(place, {"given_name": "Mia"}, content_type=JSON).status_code == 428


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"given_name": "Ana 😀"}, "given_name"),
        ({"given_name": "Ana", "role": "administrator"}, "role"),
        ({"given_name": "Ana", "phones": ["12"]}, "phone"),
        ({"given_name": "Ana", "identifiers": [{"kind": "BAD KIND", "value": "1"}]}, "identifiers.0.kind"),
        ({}, "given_name"),
    ],
)
def test_a_bad_person_is_422_by_field(organisation: Organisation, browser: Client, body: Any, field: str) -> None:
    answer = browser.post("/api/v1/people/", body, content_type=JSON)

    assert answer.status_code == 422
    assert field in [error["field"].removeprefix("body.") for error in answer.json()["errors"]]
    with tenant_scope(organisation.pk):
        assert not Person.objects.exists()


def test_contacts_numbers_addresses_and_relations_over_the_api(
    organisation: Organisation, browser: Client, maria: Person
) -> None:
    with tenant_scope(organisation.pk):
        mother = a_person(a_clerk(organisation.pk), given_name="Elena")
    place = f"/api/v1/people/{maria.pk}"

    point = browser.post(f"{place}/contact-points", {"kind": "EMAIL", "value": "M@x.org"}, content_type=JSON).json()
    assert (point["value"], point["is_primary"]) == ("m@x.org", True)
    assert browser.post(f"/api/v1/people/contact-points/{point['id']}/make-primary").status_code == 200
    assert browser.delete(f"/api/v1/people/contact-points/{point['id']}").status_code == 204
    number = browser.post(f"{place}/identifiers", {"kind": "barcode", "value": "B-2"}, content_type=JSON).json()
    gone = browser.post(f"/api/v1/people/identifiers/{number['id']}/remove", {"reason": "Lost"}, content_type=JSON)
    assert gone.status_code == 204
    address = browser.put(f"{place}/addresses/home", {"city": "Calamba", "country": "ph"}, content_type=JSON).json()
    assert (address["kind"], address["country"]) == ("HOME", "PH")
    tie = browser.post(
        f"{place}/relationships", {"relative_id": str(mother.pk), "kind": "PARENT"}, content_type=JSON
    ).json()
    ended = browser.post(
        f"/api/v1/people/relationships/{tie['id']}/end", {"reason": "Mistake"}, content_type=JSON
    ).json()
    assert ended["ended_on"]
    merged = browser.post(
        "/api/v1/people/merges",
        {"survivor_id": str(maria.pk), "duplicate_id": str(mother.pk), "reason": "Same certificate shown"},
        content_type=JSON,
    )
    assert merged.status_code == 201
    undone = browser.post(
        f"/api/v1/people/merges/{merged.json()['id']}/undo", {"reason": "They are two people"}, content_type=JSON
    )
    assert undone.json()["undone_at"]


def test_a_person_is_added_on_a_page_after_looking_at_possible_doubles(
    organisation: Organisation, browser: Client, maria: Person
) -> None:
    typed = {"given_name": "Maria Clara", "middle_name": "Santos", "family_name": "dela pena", "email": "x@y.org"}

    warned = browser.post("/people/new/", typed)
    assert warned.status_code == 422
    assert "Somebody like this is on the roll already" in warned.content.decode()
    added = browser.post("/people/new/", {**typed, "is_somebody_else": "1"})

    assert added.status_code == 303
    with tenant_scope(organisation.pk):
        assert Person.objects.count() == 2
    assert browser.post("/people/new/", {"given_name": "😀"}).status_code == 422


def test_a_record_page_shows_what_is_known_and_every_small_act_works(
    organisation: Organisation, browser: Client, maria: Person
) -> None:
    with tenant_scope(organisation.pk):
        elena = a_person(a_clerk(organisation.pk), given_name="Elena")
        a_person(a_clerk(organisation.pk), given_name="Elena", middle_name="Cruz")
        point = ContactPoint.objects.get()
    place = f"/people/{maria.pk}/"
    page = browser.get(place).content.decode()
    for said in ("Maria Clara Santos Dela Peña", "+639171234567", "C0FFEE", "Change", "Merge a double"):
        assert said in page

    assert browser.post(f"{place}contacts/new/", {"kind": "EMAIL", "value": "m@x.org"}).status_code == 303
    assert browser.post(f"{place}contacts/new/", {"kind": "EMAIL", "value": "nope"}).status_code == 422
    assert browser.post(f"{place}contacts/{point.pk}/remove/").status_code == 303
    assert browser.post(f"{place}numbers/new/", {"kind": "barcode", "value": "B-9"}).status_code == 303
    assert browser.post(f"{place}address/", {"kind": "HOME", "city": "Calamba"}).status_code == 303
    several = browser.post(f"{place}relations/new/", {"find": "elena", "kind": "PARENT"})
    assert several.status_code == 422
    assert "Choose one of them." in several.content.decode()
    chosen = browser.post(f"{place}relations/new/", {"find": "elena", "kind": "PARENT", "chosen": str(elena.pk)})
    assert chosen.status_code == 303
    nobody = browser.post(f"{place}relations/new/", {"find": "zzz", "kind": "PARENT"})
    assert "Nobody was found" in nobody.content.decode()
    with tenant_scope(organisation.pk):
        tie = Relationship.objects.get()
        assert (tie.relative_id, tie.kind) == (elena.pk, "PARENT")
    assert browser.post(f"{place}relations/{tie.pk}/end/", {"reason": "Mistake"}).status_code == 303
    merged = browser.post(f"{place}merge/", {"find": "elena cruz", "reason": "Same birth certificate shown"})
    assert merged.status_code == 303
    after = browser.get(place).content.decode()
    for said in ("m@x.org", "B-9", "Calamba", "Merged entries", "Elena Cruz Dela Peña"):
        assert said in after


def test_the_second_editor_on_a_page_sees_both_versions(
    organisation: Organisation, browser: Client, maria: Person
) -> None:
    with tenant_scope(organisation.pk):
        services.change_person(a_clerk(organisation.pk), person_id=maria.pk, version=1, changes={"given_name": "Mara"})

    answer = browser.post(
        f"/people/{maria.pk}/change/", {"given_name": "Mia", "family_name": "Dela Peña", "version": "1"}
    )

    assert answer.status_code == 412
    page = answer.content.decode()
    assert "now Mara, you typed Mia" in page
    with tenant_scope(organisation.pk):
        maria.refresh_from_db()
        assert maria.given_name == "Mara"
    good = browser.post(
        f"/people/{maria.pk}/change/", {"given_name": "Mia", "family_name": "Dela Peña", "version": "2"}
    )
    assert good.status_code == 303


def test_the_list_finds_by_whatever_is_typed_and_the_address_names_nobody(browser: Client, maria: Person) -> None:
    listed = browser.get("/people/").content.decode()
    assert "Dela Peña, Maria Clara Santos" in listed
    assert "C0FFEE" in listed
    answer = browser.post("/people/", {"table": "people", "text": "c0ffee"}, follow=True)
    assert "Dela Peña" in answer.content.decode()
    assert "c0ffee" not in str(answer.redirect_chain)
    none = browser.post("/people/", {"table": "people", "text": "zzzz"}, follow=True)
    assert "Dela Peña, Maria" not in none.content.decode()


def test_the_global_search_finds_people(browser: Client, maria: Person) -> None:
    from rollbook.core.identity.models import Membership
    from rollbook.shared.people.navigation import _find

    with tenant_scope(maria.organisation_id):
        assert Membership.objects.exists()
        [row] = _find(a_clerk(maria.organisation_id), "c0ffee", 8)

    assert (row.title, row.url) == ("Dela Peña, Maria Clara Santos", f"/people/{maria.pk}/")
    assert row.detail.startswith("C0FFEE · ")


READS = ["/api/v1/people/", "/api/v1/people/{id}", "/people/", "/people/{id}/"]
WRITES = [
    "/api/v1/people/{id}/contact-points",
    "/api/v1/people/merges",
    "/people/{id}/contacts/new/",
    "/people/{id}/merge/",
]


def test_a_lower_role_nobody_and_another_organisation_get_nothing(
    organisation: Organisation, other_organisation: Organisation, maria: Person
) -> None:
    a_role(organisation, "lowly", set())
    a_role(other_organisation, "clerk", ALL_RIGHTS)
    lowly, foreign, nobody = Client(), Client(), Client()
    sign_in(lowly, a_member(organisation, "lowly"))
    sign_in(foreign, a_member(other_organisation, "clerk"))
    with tenant_scope(organisation.pk):
        entries = AuditEntry.objects.filter(action__startswith="people.").count()
    body: dict[str, Any] = {"data": {"kind": "EMAIL", "value": "a@b.org", "survivor_id": str(maria.pk),
                                     "duplicate_id": str(ids.new_id()), "reason": "Same certificate"}}  # fmt: skip

    for path in READS:
        place = path.format(id=maria.pk)
        assert lowly.get(place).status_code == 403, place
        assert nobody.get(place).status_code in {302, 401}, place
    for path in (READS[1], READS[3]):
        assert foreign.get(path.format(id=maria.pk)).status_code == 404
    assert foreign.get(READS[0]).json()["items"] == []
    for path in WRITES:
        place = path.format(id=maria.pk)
        kind = {"content_type": JSON} if place.startswith("/api") else {}
        assert lowly.post(place, **body, **kind).status_code == 403, place
        assert foreign.post(place, **body, **kind).status_code in {404, 422}, place
        assert nobody.post(place, **body, **kind).status_code in {302, 401, 403}, place
    with tenant_scope(organisation.pk):
        assert AuditEntry.objects.filter(action__startswith="people.").count() == entries
        assert ContactPoint.objects.count() == 1
