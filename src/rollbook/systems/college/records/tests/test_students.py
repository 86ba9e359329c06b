"""Students are added, found and changed; nobody sees more than their scope."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound, VersionConflict
from rollbook.core.numbering.services import next_block
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.errors import IdentifierTaken
from rollbook.shared.people.models import Person
from rollbook.shared.people.services import add_person, merge_people
from rollbook.systems.college import examples, roles
from rollbook.systems.college.catalogue.errors import ProgrammeInactive, ProgrammeNotFound
from rollbook.systems.college.examples import (
    a_cashier,
    a_member,
    a_person,
    a_programme,
    a_registrar,
    a_stranger,
    a_student,
    a_term,
    an_administrator,
)
from rollbook.systems.college.records import selectors, services
from rollbook.systems.college.records.errors import AlreadyStudent, NumberTaken, StudentNotFound, StudentsNeedMerge
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.records.policies import STUDENT_NUMBER_FORMAT
from rollbook.systems.college.records.services.students import refuse_merge


def test_a_new_student_gets_the_next_number_of_the_local_year(tenant, frozen_clock):
    registrar, programme, term = a_registrar(), a_programme(), a_term()
    frozen_clock(datetime(2031, 12, 31, 15, 59, 59, tzinfo=UTC))
    first = services.add_student(
        registrar, person=NewPerson(family_name="Reyes", given_name="Ana"), programme_id=programme.id,
        admission_term_id=term.id,
    )  # fmt: skip
    frozen_clock(datetime(2031, 12, 31, 16, 0, 0, tzinfo=UTC))
    second = services.add_student(
        registrar, person=NewPerson(family_name="Lim", given_name="Ben"), programme_id=programme.id,
        admission_term_id=term.id,
    )  # fmt: skip

    assert (first.student_number, second.student_number) == ("310001", "320001")
    period = StudentStatusPeriod.objects.get(student=first)
    assert (period.status, str(period.from_date), period.to_date) == ("ACTIVE", "2031-12-31", None)
    entry = AuditEntry.objects.get(action="college.student_added", target_id=first.id)
    assert entry.facts["student_number"] == "310001"


def test_numbers_grow_past_9999(tenant, frozen_clock):
    next_block("student:2031", 9999)

    assert a_student().student_number == "3110000"


def test_numbers_that_came_in_by_hand_are_never_given_again(tenant, frozen_clock):
    a_student("310001")
    a_student("310007", given_name="Seventh")

    assert a_student(given_name="Ana").student_number == "310008"
    assert a_student(given_name="Ben").student_number == "310009"


def test_the_college_may_write_its_numbers_otherwise(tenant, frozen_clock):
    policies.change(an_administrator(), STUDENT_NUMBER_FORMAT, "{year}-{seq:05d}", None, "As printed on our cards")

    assert a_student().student_number == "2031-00001"


@pytest.mark.parametrize("bad", ["{yy}", "{name}", "{seq", "", "{seq.real}x{yy!z}", 12])
def test_a_format_that_does_not_count_is_refused(tenant, bad):
    with pytest.raises(Invalid):
        policies.change(an_administrator(), STUDENT_NUMBER_FORMAT, bad, None, "No good")


def test_a_number_that_is_taken_is_refused_and_nobody_is_added(tenant):
    a_student("31-0001")

    # The same digits without the hyphen would be the same number at the counter.
    for number, refusal in (("31-0001", NumberTaken), ("310001", IdentifierTaken)):
        with pytest.raises(refusal), transaction.atomic():
            a_student(number, given_name="Second")
    assert Student.objects.count() == 1
    assert Person.objects.count() == 1


def test_somebody_on_the_roll_becomes_a_student_once(tenant):
    person, programme, term, registrar = a_person(), a_programme(), a_term(), a_registrar()
    services.add_student(registrar, person=person.id, programme_id=programme.id, admission_term_id=term.id)

    with pytest.raises(AlreadyStudent) as refusal:
        services.add_student(registrar, person=person.id, programme_id=programme.id, admission_term_id=term.id)

    assert refusal.value.detail.startswith("Juan Dela Cruz is a student already, with the number")


def test_a_cashier_adds_nobody(tenant):
    programme, term = a_programme(), a_term()

    with pytest.raises(Forbidden):
        services.add_student(
            a_cashier(), person=NewPerson(given_name="Ana"), programme_id=programme.id, admission_term_id=term.id
        )

    assert not Person.objects.exists()


def test_an_inactive_programme_and_one_of_another_college_take_nobody(organisation, other_organisation):
    with tenant_scope(other_organisation.id):
        elsewhere = a_programme("BSN")
    with tenant_scope(organisation.id):
        term, closed = a_term(), a_programme("BSOLD", is_active=False)
        with pytest.raises(ProgrammeInactive):
            a_student(programme=closed, term=term)
        with pytest.raises(ProgrammeNotFound):
            a_student(programme=elsewhere, term=term)
        assert not Student.objects.exists()


@pytest.mark.rule("R8", "R63")
def test_number_and_row_of_a_student_are_kept_by_the_database(tenant, attack):
    student = a_student("310001")

    for statement in (
        "UPDATE college_records_student SET student_number = '310002'",
        "DELETE FROM college_records_student",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    student.refresh_from_db()
    assert student.student_number == "310001"


def test_two_live_students_with_one_number_are_stopped_by_the_database(tenant):
    student = a_student("310001")
    other = a_person("Lim", "Ben")

    with pytest.raises(IntegrityError, match="college_student_number_unique"), transaction.atomic():
        Student.objects.create(
            student_number="310001", person=other, programme_id=student.programme_id,
            admission_term_id=student.admission_term_id,
        )  # fmt: skip


def test_a_students_kind_is_corrected_unless_somebody_was_faster(tenant):
    student = a_student()
    services.change_student(a_registrar(), student_id=student.id, kind="TRANSFEREE", expected_version=1)

    with pytest.raises(VersionConflict):
        services.change_student(a_registrar(), student_id=student.id, kind="SHIFTER", expected_version=1)

    student.refresh_from_db()
    assert (student.kind, student.is_transferee, student.version) == ("TRANSFEREE", True, 2)


def test_a_student_sees_only_themselves(tenant):
    own, other = a_student("310001"), a_student("310002", given_name="Ben")
    student = a_member(roles.STUDENT, person_id=own.person_id)

    assert list(selectors.students(student)) == [own]
    assert selectors.get_own_student(student) == own
    with pytest.raises(StudentNotFound):
        selectors.get_student(student, other.id)
    assert not AccessEntry.objects.exists()


def test_a_programme_head_sees_the_students_of_their_own_programmes(tenant):
    head = a_member(roles.PROGRAM_HEAD)
    own = a_programme("BSIT", head_id=head.membership_id)
    mine, other = a_student(programme=own), a_student(programme=a_programme("BSN"), given_name="Ben")

    assert selectors.get_student(head, mine.id) == mine
    with pytest.raises(StudentNotFound):
        selectors.get_student(head, other.id)


def test_looking_at_somebodys_record_leaves_a_trace_that_the_student_can_ask_for(tenant):
    student, registrar = a_student(), a_registrar()

    selectors.get_student(registrar, student.id)

    entry = AccessEntry.objects.get()
    assert (entry.person_id, entry.user_id, entry.purpose) == (student.person_id, registrar.user_id, "student record")


def test_a_cashier_finds_but_does_not_open_records_and_a_stranger_does_neither(tenant):
    student = a_student("310001")

    assert [found.id for found in selectors.find_students(a_cashier(), "310001")] == [student.id]
    with pytest.raises(Forbidden):
        selectors.get_student(a_cashier(), student.id)
    with pytest.raises(Forbidden):
        selectors.find_students(a_stranger(), "310001")


def test_the_search_tells_a_counter_who_it_is_and_nothing_more(tenant):
    a_student("310001", family_name="Peñaflor", given_name="María", identifiers=(("barcode", "9-55-0001"),))
    a_student("310002", family_name="Penaranda", given_name="Jose")

    for text in ("penaf", "MARIA peña", "310001", "9550001", "maria 3100"):
        (found,) = selectors.find_students(a_cashier(), text)
        assert (found.student_number, found.name, found.programme, found.status) == (
            "310001", "Peñaflor, María", "BSIT", "ACTIVE",
        )  # fmt: skip
    assert set(found.__dataclass_fields__) == {
        "id", "person_id", "student_number", "name", "programme", "status", "photo_id", "is_exact",
    }  # fmt: skip
    assert [row.name for row in selectors.find_students(a_cashier(), "pena")] == ["Peñaflor, María", "Penaranda, Jose"]
    assert selectors.find_students(a_cashier(), "p") == []
    assert selectors.find_students(a_cashier(), "' OR 1=1 --") == []


def test_a_number_typed_whole_comes_first(tenant):
    a_student("3100011", family_name="Abad")
    a_student("310001", family_name="Zamora")

    assert [(row.name, row.is_exact) for row in selectors.find_students(a_cashier(), "310001")] == [
        ("Zamora, Juan", True), ("Abad, Juan", False),
    ]  # fmt: skip


@pytest.mark.example("college", 39)
@pytest.mark.isolation
def test_another_colleges_cashier_finds_nobody_and_raw_sql_without_a_tenant_sees_no_row(
    organisation, other_organisation, attack
):
    with tenant_scope(organisation.id):
        student = a_student("310001")
        assert len(selectors.find_students(a_cashier(), "310001")) == 1
    with tenant_scope(other_organisation.id):
        assert selectors.find_students(a_cashier(), "310001") == []
        with pytest.raises(NotFound) as refusal:
            selectors.get_student(a_registrar(), student.id)
        assert refusal.value.status == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM college_records_student")
        assert cursor.fetchone() == (0,)


def test_the_search_is_one_statement(tenant, django_assert_num_queries):
    a_student("310001")
    cashier = a_cashier()

    with django_assert_num_queries(1):
        selectors.find_students(cashier, "dela juan")


def test_a_student_never_gives_way_in_a_merge(tenant, monkeypatch):
    from rollbook.core import events
    from rollbook.shared.people.events import PeopleMerged

    student, double = a_student("310001"), a_person()
    monkeypatch.setitem(events._subscribers, PeopleMerged, [refuse_merge])
    registrar = a_registrar()

    with pytest.raises(StudentsNeedMerge) as refusal, transaction.atomic():
        merge_people(registrar, survivor_id=double.id, duplicate_id=student.person_id, reason="The same person twice")
    assert refusal.value.facts == {"number": "310001"}

    merge_people(registrar, survivor_id=student.person_id, duplicate_id=double.id, reason="The same person twice")
    assert selectors.find_students(a_cashier(), "dela cruz juan")[0].id == student.id


def test_registrars_add_people_because_the_college_entrusts_it_to_them(tenant):
    assert add_person(examples.a_registrar(), NewPerson(given_name="Ana")).given_name == "Ana"
    with pytest.raises(Forbidden):
        add_person(a_cashier(), NewPerson(given_name="Ana"))
