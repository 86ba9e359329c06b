"""From applicant to student: all of it in one transaction, once, and never with a default password."""

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.core.identity.models import Membership, PasswordLink
from rollbook.core.money import Money
from rollbook.core.numbering.models import NumberSeries
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import services as admissions
from rollbook.shared.admissions.errors import DocumentsMissing, InvalidState, PossibleDuplicate
from rollbook.shared.admissions.models import Application, Notice
from rollbook.shared.billing.models import Instalment
from rollbook.shared.people.models import ContactPoint, Identifier, Person
from rollbook.shared.people.services import merge_people
from rollbook.systems.college.admission import services
from rollbook.systems.college.admission.errors import AddressSignsInHere, NoMonthlyAmount, OtherProgramme
from rollbook.systems.college.admission.examples import (
    P5,
    a_ready_application,
    an_admission_officer,
    an_application,
    open_admission,
    set_policy,
)
from rollbook.systems.college.admission.policies import ADMISSION_MODE, AUTO
from rollbook.systems.college.admission.services import PlanTerms
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.errors import WindowClosed
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_member, a_person, a_programme, a_stranger, a_student
from rollbook.systems.college.records.models import Student

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")


@pytest.fixture
def college(tenant):
    return open_admission()


@pytest.mark.rule("R7", "R8", "R9")
def test_an_admitted_applicant_is_a_student_with_number_account_enrolment_and_plan(college):
    application = a_ready_application(government_id="PSN 1234-5678")

    admitted = services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    student = Student.objects.get()
    assert (admitted.state, admitted.result_id, admitted.person_id) == ("CONVERTED", student.id, student.person_id)
    assert (student.student_number, student.kind, student.status) == ("310001", "FRESHMAN", "ACTIVE")
    person = student.person
    assert person.full_name == "Juana Dela Cruz"
    assert ContactPoint.objects.get(person=person, kind="EMAIL").verified_at is not None
    assert ContactPoint.objects.get(person=person, kind="PHONE").value == "+639171234567"
    assert Identifier.objects.get(kind="government.id").value == "PSN 1234-5678"
    enrolment = TermEnrolment.objects.get()
    assert (enrolment.state, enrolment.created_via) == ("PENDING_PAYMENT", "ADMISSION")
    dues = Instalment.objects.filter(invoice=enrolment.invoice).order_by("number").values_list("due_minor", flat=True)
    assert list(dues) == [5_000_00] * 6
    membership = Membership.objects.get(person_id=person.id)
    assert (membership.roles, membership.login_name) == (["student"], "310001")
    assert membership.user.email == "juana@example.test"
    assert not membership.user.has_usable_password()
    link = PasswordLink.objects.get(membership=membership)
    assert (link.expires_at - link.created_at).total_seconds() <= 72 * 3600
    notice = Notice.objects.get(kind="ADMITTED")
    assert notice.facts["facts"]["Student number"] == "310001"
    assert AuditEntry.objects.filter(action="college.applicant_converted").count() == 1


def test_the_officer_who_admits_stands_in_the_trail_and_gains_no_other_right(college):
    officer = an_admission_officer()
    application = a_ready_application()

    services.admit(officer, application_id=application.id, plan=P5)

    entry = AuditEntry.objects.get(action="college.student_added")
    assert entry.user_id == officer.user_id
    assert not officer.may("college.records.add_students")
    assert not officer.may("college.fees.open_plans")


@pytest.mark.rule("R7")
def test_admitting_twice_answers_the_first_result(college):
    application = a_ready_application()

    first = services.admit(an_admission_officer(), application_id=application.id, plan=P5)
    second = services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    assert first.result_id == second.result_id
    assert (Student.objects.count(), Person.objects.count(), TermEnrolment.objects.count()) == (1, 1, 1)
    assert NumberSeries.objects.get(key="student:2031").last_value == 1
    assert Notice.objects.filter(kind="ADMITTED").count() == 1


@pytest.mark.rule("R7")
def test_what_cannot_be_converted_leaves_nothing_behind(college):
    _programme, term = college
    application = a_ready_application()
    Term.objects.filter(id=term.id).update(state="SETUP")

    with pytest.raises(WindowClosed):
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    application.refresh_from_db()
    assert application.state == "SUBMITTED"
    assert not Student.objects.exists()
    assert not Person.objects.exists()
    assert not NumberSeries.objects.filter(key="student:2031").exists()
    assert not Membership.objects.filter(roles__contains=["student"]).exists()


def test_an_applicant_may_be_admitted_first_and_become_a_student_later(college):
    _programme, term = college
    application = a_ready_application()
    Term.objects.filter(id=term.id).update(state="SETUP")

    admitted = services.admit(an_admission_officer(), application_id=application.id, plan=None)
    assert (admitted.state, Student.objects.count()) == ("ADMITTED", 0)
    Term.objects.filter(id=term.id).update(state="ENROLMENT_OPEN")
    converted = services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    assert converted.state == "CONVERTED"
    assert Student.objects.count() == 1


def test_a_month_costs_something(college):
    application = a_ready_application()

    with pytest.raises(NoMonthlyAmount):
        services.admit(an_admission_officer(), application_id=application.id, plan=PlanTerms(monthly=Money(0, "PHP")))
    assert not Student.objects.exists()


def test_documents_are_verified_before_somebody_is_admitted(college):
    application = an_application()

    with pytest.raises(DocumentsMissing) as refusal:
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    assert "Birth certificate" in refusal.value.detail
    assert not Student.objects.exists()


def test_a_stranger_admits_nobody(college):
    application = a_ready_application()

    with pytest.raises(Forbidden):
        services.admit(a_stranger(), application_id=application.id, plan=P5)


def test_a_rejected_applicant_is_not_admitted(college):
    application = a_ready_application()
    admissions.reject(an_admission_officer(), application_id=application.id, reason="The programme is full this term")

    with pytest.raises(InvalidState):
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)


def test_a_matched_person_becomes_the_student_and_no_second_entry_is_made(college):
    person = a_person("Dela Cruz", "Juana")
    application = a_ready_application()
    with pytest.raises(PossibleDuplicate):
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    admissions.match_person(
        an_admission_officer(), application_id=application.id, person_id=person.id, reason="Same birth certificate"
    )
    services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    assert Student.objects.get().person_id == person.id
    assert Person.objects.count() == 1


def test_a_matched_entry_that_was_merged_since_gives_way_to_the_one_that_stands(college):
    kept, double = a_person("Dela Cruz", "Juana"), a_person("Dela Cruz", "Juana Maria")
    application = a_ready_application()
    admissions.match_person(
        an_admission_officer(), application_id=application.id, person_id=double.id, reason="Same birth certificate"
    )
    system = Actor.system(application.organisation_id, job="test")
    merge_people(system, survivor_id=kept.id, duplicate_id=double.id, reason="One and the same girl")

    services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    assert Student.objects.get().person_id == kept.id


def test_a_returnee_is_active_again_under_the_old_number(college, frozen_clock):
    programme, _term = college
    student = a_student("250007", programme=programme, family_name="Dela Cruz", given_name="Juana")
    Student.objects.filter(id=student.id).update(status="INACTIVE")
    frozen_clock("2031-07-03T04:00:00+00:00")
    application = a_ready_application(kind="RETURNEE", facts={"monthly_commitment": "4000.00"})
    admissions.match_person(
        an_admission_officer(), application_id=application.id, person_id=student.person_id, reason="Old card was shown"
    )

    services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    student.refresh_from_db()
    assert (student.status, student.student_number, Student.objects.count()) == ("ACTIVE", "250007", 1)
    assert TermEnrolment.objects.get().student_id == student.id


def test_a_shifter_transfers_the_programme_before(college):
    other = a_programme("BSA")
    student = a_student("250008", programme=other, family_name="Dela Cruz", given_name="Juana")
    application = a_ready_application(kind="SHIFTER", facts={"monthly_commitment": "4000.00"})
    admissions.match_person(
        an_admission_officer(), application_id=application.id, person_id=student.person_id, reason="Old card was shown"
    )

    with pytest.raises(OtherProgramme, match="250008 studies BSA"):
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)


def test_an_address_that_signs_in_as_somebody_else_is_not_taken_over(college):
    member = a_member("cashier")
    address = Membership.objects.select_related("user").get(user_id=member.user_id).user.email
    application = a_ready_application(address)

    with pytest.raises(AddressSignsInHere, match="Rosa Santos"):
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)
    assert not Student.objects.exists()


@pytest.mark.rule("R6")
def test_in_auto_mode_a_complete_submission_is_a_student_at_once(college):
    set_policy(ADMISSION_MODE, AUTO)

    application = an_application()

    assert application.state == "CONVERTED"
    assert Student.objects.get().student_number == "310001"
    assert AuditEntry.objects.get(action="college.student_added").actor_kind == "system"


@pytest.mark.rule("R6")
def test_in_auto_mode_somebody_like_a_person_on_the_roll_waits_for_the_office(college):
    set_policy(ADMISSION_MODE, AUTO)
    a_person("DELA CRUZ", "Juaná")

    application = an_application()

    assert application.state == "SUBMITTED"
    assert not Student.objects.exists()
    assert "on the roll" in AuditEntry.objects.get(action="college.admission_waits").facts["because"]


@pytest.mark.rule("R6")
def test_in_auto_mode_what_stops_the_conversion_leaves_the_submission_standing(college):
    _programme, term = college
    set_policy(ADMISSION_MODE, AUTO)
    Term.objects.filter(id=term.id).update(state="SETUP")

    application = an_application()

    assert application.state == "SUBMITTED"
    assert not Person.objects.exists()
    assert Application.objects.get().reference == "APP-2031-000001"
