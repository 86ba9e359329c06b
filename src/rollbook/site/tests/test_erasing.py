"""Anonymising somebody whose years of keeping have passed: how they are reached goes, the record stays (R63)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import decide
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity.errors import AccountForgotten
from rollbook.core.identity.models import Membership, User
from rollbook.core.identity.services.members import deactivate_member, reactivate_member
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.services.photos import replace_photo
from rollbook.shared.ledger.services import open_chart
from rollbook.shared.people import services
from rollbook.shared.people.errors import KeptStill, NothingToErase
from rollbook.shared.people.models import Address, ContactPoint, Identifier, Person, Relationship, SearchToken
from rollbook.shared.people.services.erasing import consider_erasure, request_erasure
from rollbook.systems.college import roles
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_person,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
)
from rollbook.systems.college.fees.examples import on_plan
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import change_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

LEFT, LATE = "2031-07-01T00:00:00+00:00", "2041-07-02T00:00:00+00:00"
WHY = "She asked for it by letter of 1 July"


def png() -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (40, 40), "white").save(file, "PNG")
    return file.getvalue()


def reached(person: Person) -> None:
    """Everything by which somebody is reached: telephone, mail, address, a government's number, a mother."""
    system = Actor.system(person.organisation_id, job="examples")
    services.add_contact_point(system, person_id=person.id, kind="PHONE", value="+639171234567")
    services.add_contact_point(system, person_id=person.id, kind="EMAIL", value="juan@example.test")
    services.set_address(system, person_id=person.id, kind="HOME", line1="12 Rizal St", city="Batangas")
    services.add_identifier(system, person_id=person.id, kind="government.id", value="PSN 1234-5678")
    mother = a_person("Dela Cruz", "Ana")
    services.add_contact_point(system, person_id=mother.id, kind="PHONE", value="+639181112222")
    services.relate(system, person_id=person.id, relative_id=mother.id, kind="GUARDIAN", is_primary=True)


@pytest.fixture
def graduate(frozen_clock: Callable[[str], None]) -> Student:
    """A student who left in July 2031, and whose ten years have passed."""
    frozen_clock("2029-07-01T00:00:00+00:00")
    student = a_student("290001", term=a_term("2029-1"))
    reached(student.person)
    frozen_clock(LEFT)
    change_status(
        a_registrar(), student_id=student.id, status="WITHDRAWN", from_date=date(2031, 7, 1),
        reason="Went to another school",
    )  # fmt: skip
    frozen_clock(LATE)
    return student


def left_of(person: Person) -> tuple[int, int, int, int]:
    people = [person.id, *Relationship.objects.filter(person=person).values_list("relative_id", flat=True)]
    kinds = (ContactPoint, Address, Identifier.objects.filter(kind__startswith="government."))
    counts = [getattr(kind, "objects", kind).filter(person__in=people).count() for kind in kinds]
    return (*counts, SearchToken.objects.filter(person__in=people, kind__in=["PHONE", "EMAIL"]).count())  # type: ignore[return-value]


@pytest.mark.rule("R63")
def test_two_people_anonymise_whoever_left_ten_years_ago_and_the_record_stays(graduate: Student) -> None:
    person = graduate.person
    asked = request_erasure(a_registrar(), person_id=person.id, reason=WHY)
    assert asked.payload == {
        "kinds": {"contact points": 3, "addresses": 1, "government numbers": 1, "relatives": 1}
    }  # fmt: skip
    assert left_of(person) != (0, 0, 0, 0)

    decide(an_administrator(), asked.id, approve=True)

    assert left_of(person) == (0, 0, 0, 0)
    person.refresh_from_db()
    graduate.refresh_from_db()
    assert (person.full_name, graduate.student_number, graduate.status) == ("Juan Dela Cruz", "290001", "WITHDRAWN")
    assert Identifier.objects.filter(person=person, kind="college.student_number").exists()
    assert not Relationship.objects.filter(person=person, ended_on__isnull=True).exists()
    entry = AuditEntry.objects.get(action="people.erased")
    assert (entry.target_id, entry.reason, entry.facts["kinds"]) == (person.id, WHY, asked.payload["kinds"])
    for value in ("+639171234567", "juan@example.test", "Rizal", "1234-5678", "+639181112222"):
        assert value not in str([entry.facts, entry.changes])


@pytest.mark.rule("R63")
def test_nobody_decides_what_they_asked_for_and_nothing_goes(graduate: Student) -> None:
    administrator = an_administrator()
    before = left_of(graduate.person)
    asked = request_erasure(administrator, person_id=graduate.person_id, reason=WHY)

    with pytest.raises(SelfApproval), transaction.atomic():
        decide(administrator, asked.id, approve=True)
    with pytest.raises((Forbidden, NotFound)), transaction.atomic():
        decide(a_registrar(), asked.id, approve=True)

    assert left_of(graduate.person) == before


@pytest.mark.rule("R60", "R63")
def test_before_the_years_have_passed_nobody_is_anonymised(
    graduate: Student, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock("2041-07-01T12:00:00+00:00")
    before = left_of(graduate.person)

    with pytest.raises(KeptStill, match="kept until 2041-07-01") as refusal:
        request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)

    assert (refusal.value.status, left_of(graduate.person)) == (409, before)
    assert not ApprovalRequest.objects.exists()


@pytest.mark.rule("R63")
def test_what_came_in_the_way_after_it_was_asked_for_stops_the_decision(graduate: Student) -> None:
    asked = request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)
    a_member(roles.STUDENT, person_id=graduate.person_id)

    with pytest.raises(KeptStill, match="signs in as them"), transaction.atomic():
        decide(an_administrator(), asked.id, approve=True)

    assert left_of(graduate.person)[0] == 3
    assert ApprovalRequest.objects.get(id=asked.id).state == "PROPOSED"


@pytest.mark.rule("R63")
def test_whoever_studies_here_or_owes_money_is_kept(graduate: Student, frozen_clock: Callable[[str], None]) -> None:
    open_chart()
    on_plan(graduate, graduate.admission_term, "1000.00")
    active = a_student("410001")
    frozen_clock("2099-01-01T00:00:00+00:00")

    debtor = consider_erasure(a_registrar(), person_id=graduate.person_id)
    student = consider_erasure(a_registrar(), person_id=active.person_id)

    assert debtor.obstacles == ["They still owe money."]
    assert student.obstacles[0] == "410001 studies here."
    assert not debtor.is_possible


@pytest.mark.rule("R63")
def test_a_guardian_who_stands_here_for_somebody_else_too_keeps_their_number(graduate: Student) -> None:
    mother = Relationship.objects.get(person=graduate.person_id).relative
    sister = a_student("410002", given_name="Ana Maria")
    system = Actor.system(mother.organisation_id, job="examples")
    services.relate(system, person_id=sister.person_id, relative_id=mother.id, kind="GUARDIAN", is_primary=True)

    asked = request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)
    decide(an_administrator(), asked.id, approve=True)

    assert ContactPoint.objects.filter(person=mother).count() == 1
    assert ContactPoint.objects.filter(person=graduate.person_id).count() == 0


@pytest.mark.rule("R63")
@pytest.mark.usefixtures("folder")
def test_a_photo_goes_with_the_rest(graduate: Student) -> None:
    stored = replace_photo(an_administrator(), person_id=graduate.person_id, content=png(), name="me.png")
    asked = request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)

    decide(an_administrator(), asked.id, approve=True)

    assert Person.objects.get(id=graduate.person_id).photo_id is None
    assert StoredFile.objects.get(id=stored.id).removed_at is not None


@pytest.mark.rule("R63")
def test_the_account_goes_with_its_person_and_the_trail_of_what_they_did_stays(graduate: Student) -> None:
    member = a_member(roles.STUDENT, person_id=graduate.person_id)
    account = Membership.objects.get(id=member.membership_id)
    administrator = an_administrator()
    deactivate_member(actor=administrator, membership_id=account.id, reason="She left ten years ago")
    trail = AuditEntry.objects.filter(target_id=account.id).count()
    address = account.user.email

    asked = request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)
    assert asked.payload["kinds"]["accounts"] == 1
    decide(administrator, asked.id, approve=True)

    account.refresh_from_db()
    assert (account.user.email, account.user.is_active, account.login_name) == (None, False, None)
    assert not account.user.has_usable_password()
    assert not User.objects.filter(email=address).exists()
    assert account.name == member.name
    entry = AuditEntry.objects.get(action="identity.account_forgotten", target_id=account.id)
    assert entry.facts["is_member_elsewhere"] is False
    assert AuditEntry.objects.filter(target_id=account.id).count() == trail + 1
    with pytest.raises(AccountForgotten), transaction.atomic():
        reactivate_member(actor=administrator, membership_id=account.id, reason="She came back")


@pytest.mark.rule("R63")
def test_done_twice_there_is_nothing_left_and_a_short_reason_is_none(graduate: Student) -> None:
    with pytest.raises(Invalid), transaction.atomic():
        request_erasure(a_registrar(), person_id=graduate.person_id, reason="Why not")
    asked = request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)
    decide(an_administrator(), asked.id, approve=True)

    with pytest.raises(NothingToErase):
        request_erasure(a_registrar(), person_id=graduate.person_id, reason=WHY)
    assert AuditEntry.objects.filter(action="people.erased").count() == 1


def test_a_cashier_asks_for_no_erasure_and_another_college_finds_nobody(
    graduate: Student, organisation: Organisation
) -> None:
    with pytest.raises(Forbidden), transaction.atomic():
        request_erasure(a_cashier(), person_id=graduate.person_id, reason=WHY)
    with pytest.raises(Forbidden), transaction.atomic():
        consider_erasure(a_cashier(), person_id=graduate.person_id)


def test_the_page_says_what_goes_and_asks_and_json_does_the_same(graduate: Student) -> None:
    registrar = a_browser(a_registrar())
    address = f"/people/{graduate.person_id}/erase/"

    page = registrar.get(address).content.decode()
    assert "Telephone numbers and e-mail addresses" in page
    assert registrar.post(address, {"reason": "Why not"}).status_code == 422
    over_json = registrar.get(f"/api/v1/people/{graduate.person_id}/erasure").json()
    assert (over_json["is_possible"], over_json["kinds"]["contact points"]) == (True, 3)
    assert registrar.post(address, {"reason": WHY}).status_code == 303
    again = registrar.post(
        f"/api/v1/people/{graduate.person_id}/erasure", {"reason": WHY}, content_type="application/json"
    )
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_PROPOSED")
    assert "kept until" in registrar.get(f"/people/{a_person().id}/erase/").content.decode()
