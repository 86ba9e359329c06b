"""From applicant to student: all of it in one transaction, once, and never with a default password."""

import pytest
from django.db import transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.core.events import publish
from rollbook.core.identity.models import Membership, PasswordLink
from rollbook.core.money import Money, split_minor
from rollbook.core.numbering.models import NumberSeries
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import services as admissions
from rollbook.shared.admissions.errors import DocumentsMissing, InvalidState, PossibleDuplicate
from rollbook.shared.admissions.models import Application, Notice
from rollbook.shared.billing.models import Instalment, Invoice
from rollbook.shared.people.events import PersonErased
from rollbook.shared.people.models import ContactPoint, Identifier, Person
from rollbook.shared.people.services import merge_people
from rollbook.systems.college import roles
from rollbook.systems.college.admission import services
from rollbook.systems.college.admission.errors import (
    AddressSignsInHere,
    BilledBySchedule,
    NoMonthlyAmount,
    OtherProgramme,
    ShifterNotMatched,
)
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
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.errors import WindowClosed
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_member, a_person, a_programme, a_registrar, a_stranger, a_student
from rollbook.systems.college.fees.errors import NoScheduleFits
from rollbook.systems.college.fees.examples_of_schedules import a_schedule, plans_follow_schedules
from rollbook.systems.college.fees.models import Assessment
from rollbook.systems.college.records.models import ProgrammeTransfer, Student
from rollbook.systems.college.records.services import decide_transfer, endorse_transfer

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


@pytest.fixture
def assessed(college):
    """A college that bills by units; two subjects of three units stand in the first term of its curriculum."""
    programme, term = college
    subjects = [a_subject("IT 101"), a_subject("IT 102")]
    a_curriculum(programme, {(1, "FIRST"): subjects}, year=term.academic_year)
    plans_follow_schedules()
    return subjects


@pytest.mark.rule("R7", "R31")
def test_where_the_college_bills_by_its_schedule_the_plan_is_what_the_curriculum_comes_to(assessed):
    a_schedule("GENERAL", (("Tuition", "TUITION", "PER_UNIT", 650_05),))
    application = a_ready_application()

    services.admit(an_admission_officer(), application_id=application.id, plan=PlanTerms())
    services.admit(an_admission_officer(), application_id=application.id, plan=PlanTerms())

    assessment, enrolment = Assessment.objects.get(), TermEnrolment.objects.get()
    total = 650_05 * sum(int(subject.units) for subject in assessed)
    assert (assessment.owed_minor, assessment.basis, assessment.invoice_id) == (total, "EXPECTED", enrolment.invoice_id)
    dues = Instalment.objects.filter(invoice=enrolment.invoice).order_by("number").values_list("due_minor", flat=True)
    assert list(dues) == split_minor(total, 6)
    assert AuditEntry.objects.get(action="college.fees_assessed").target_id == assessment.id


def test_nothing_is_agreed_beside_the_fee_schedule(assessed):
    a_schedule()
    application = a_ready_application()

    with pytest.raises(BilledBySchedule):
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)
    assert not Student.objects.exists()


@pytest.mark.rule("R6", "R7")
def test_without_a_schedule_that_fits_nobody_is_made_a_student_and_the_office_is_told(assessed):
    application = a_ready_application()

    with pytest.raises(NoScheduleFits):
        services.admit(an_admission_officer(), application_id=application.id, plan=PlanTerms())
    set_policy(ADMISSION_MODE, AUTO)
    waiting = an_application("ben@example.test", given_name="Ben")

    assert (waiting.state, Student.objects.count(), Invoice.objects.count()) == ("SUBMITTED", 0, 0)
    assert "No fee schedule" in AuditEntry.objects.get(action="college.admission_waits").facts["because"]


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


@pytest.fixture
def shifter(college):
    """Somebody who studies accounting here, and the matched application for computing."""
    programme, term = college
    a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 101")]}, name="BSIT 2031", year=term.academic_year)
    student = a_student("250008", programme=a_programme("BSA"), family_name="Dela Cruz", given_name="Juana")
    application = a_ready_application(kind="SHIFTER", facts={"monthly_commitment": "4000.00"})
    admissions.match_person(
        an_admission_officer(), application_id=application.id, person_id=student.person_id, reason="Old card was shown"
    )
    return student, application


@pytest.mark.rule("R7", "R8")
def test_the_application_of_a_shifter_becomes_a_request_for_the_other_programme(shifter, college):
    student, application = shifter
    people, numbers = Person.objects.count(), list(NumberSeries.objects.values_list("key", "last_value"))

    admitted = services.admit(an_admission_officer(), application_id=application.id, plan=None)

    transfer = ProgrammeTransfer.objects.get()
    assert (transfer.student_id, transfer.to_programme.code, transfer.state) == (student.id, "BSIT", "REQUESTED")
    assert transfer.effective_term_id == college[1].id
    assert (admitted.state, admitted.result_id) == ("CONVERTED", student.id)
    assert (Student.objects.count(), Person.objects.count(), Invoice.objects.count()) == (1, people, 0)
    assert list(NumberSeries.objects.values_list("key", "last_value")) == numbers
    student.refresh_from_db()
    assert (student.student_number, student.programme.code) == ("250008", "BSA")
    assert Notice.objects.get(kind="ADMITTED").facts["facts"]["Student number"] == "250008"
    services.admit(an_admission_officer(), application_id=application.id, plan=P5)
    assert ProgrammeTransfer.objects.count() == 1


def test_once_endorsed_and_decided_the_shifter_studies_the_other_programme(shifter):
    student, application = shifter
    services.admit(an_admission_officer(), application_id=application.id, plan=None)
    transfer = ProgrammeTransfer.objects.get()

    endorse_transfer(a_member(roles.DEAN), transfer_id=transfer.id, approve=True)
    decide_transfer(a_registrar(), transfer_id=transfer.id, approve=True)

    student.refresh_from_db()
    assert (student.programme.code, student.curriculum.name) == ("BSIT", "BSIT 2031")


def test_a_shifter_who_was_inactive_is_active_again_and_asks(shifter, frozen_clock):
    student, application = shifter
    Student.objects.filter(id=student.id).update(status="INACTIVE")
    frozen_clock("2031-07-03T04:00:00+00:00")

    services.admit(an_admission_officer(), application_id=application.id, plan=None)

    student.refresh_from_db()
    assert (student.status, ProgrammeTransfer.objects.get().state) == ("ACTIVE", "REQUESTED")


def test_a_shifter_nobody_knows_is_matched_first_and_no_student_is_made(college):
    application = a_ready_application(kind="SHIFTER", facts={"monthly_commitment": "4000.00"})

    with pytest.raises(ShifterNotMatched), transaction.atomic():
        services.admit(an_admission_officer(), application_id=application.id, plan=P5)

    application.refresh_from_db()
    assert (application.state, Student.objects.count(), Person.objects.count()) == ("SUBMITTED", 0, 0)


def test_a_returnee_to_another_programme_transfers_before(college):
    other = a_programme("BSA")
    student = a_student("250008", programme=other, family_name="Dela Cruz", given_name="Juana")
    application = a_ready_application(kind="RETURNEE", facts={"monthly_commitment": "4000.00"})
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


@pytest.mark.rule("R63")
def test_the_application_of_somebody_anonymised_keeps_name_and_decision_and_no_way_to_reach_them(college):
    application = a_ready_application(government_id="PSN 1234-5678")
    services.admit(an_admission_officer(), application_id=application.id, plan=P5)
    application.refresh_from_db()
    system = Actor.system(application.organisation_id, job="test")

    for _twice in range(2):
        publish(PersonErased(system, application.person_id, None))

    application.refresh_from_db()
    assert (application.family_name, application.state, application.reference) == (
        "Dela Cruz", "CONVERTED", "APP-2031-000001",
    )  # fmt: skip
    kept = (application.phone, application.government_id, application.address_line, application.city, application.facts)
    assert kept == ("", "", "", "", {})
    assert application.email == f"{application.id}@erased.invalid"
    assert set(Notice.objects.filter(application=application).values_list("address", flat=True)) == {""}
    assert AuditEntry.objects.get(action="admissions.contact_forgotten").facts["applications"] == 1
