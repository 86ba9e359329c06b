"""Printed, checked, used, waived, certified, expired, reconciled."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from rollbook.core import clock
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.models import Person
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.errors import EnrolmentNotFound
from rollbook.systems.college.examples import (
    a_cashier,
    a_member,
    a_plan,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
    an_enrolment,
)
from rollbook.systems.college.exams import selectors, services
from rollbook.systems.college.exams.errors import (
    CertificateNotFound,
    CertificateTaken,
    ExamPeriodNotFound,
    PermitCannotMove,
    PermitNotFound,
    PermitNotValid,
    PermitStandsAlready,
)
from rollbook.systems.college.exams.models import ExamPeriod, ExamPermit, ExamSitting, WelfareCertificate
from rollbook.systems.college.records.errors import OverrideNotAllowed
from rollbook.systems.college.records.selectors import must_not_be_held
from rollbook.systems.college.records.services import add_cause

REASON = "Typhoon closed every bank of the town"
#: A day of the prelim week of 2031-1.
PRELIM_DAY = datetime(2031, 9, 3, 2, tzinfo=UTC)


@pytest.fixture
def system(tenant):
    return Actor.system(tenant.id, job="test")


@pytest.fixture
def enrolment(tenant, frozen_clock):
    frozen_clock(datetime(2031, 8, 1, 2, tzinfo=UTC))
    enrolment = an_enrolment()
    services.prepare_exam_periods(an_administrator(), term_id=enrolment.term_id)
    return enrolment


def settle(system, enrolment, months):
    return services.apply_settlement(system, term_enrolment_id=enrolment.id, settled_through=months, at=clock.now())


@pytest.fixture
def permit(system, enrolment):
    settle(system, enrolment, 1)
    return ExamPermit.objects.get()


def test_a_student_prints_their_own_permit_and_a_cashier_anybodys(permit, enrolment):
    student = a_member(roles.STUDENT, person_id=enrolment.student.person_id)

    assert services.mark_printed(student, permit_id=permit.id).state == "PRINTED"
    assert services.mark_printed(a_cashier(), permit_id=permit.id).prints == 2
    assert AuditEntry.objects.filter(action="college.permit_printed", target_id=permit.id).count() == 2


def test_another_student_and_a_professor_do_not_print_it(permit):
    other = a_student("310009", given_name="Ben")

    with pytest.raises(PermitNotFound):
        services.mark_printed(a_member(roles.STUDENT, person_id=other.person_id), permit_id=permit.id)
    with pytest.raises(Forbidden):
        services.mark_printed(a_member(roles.PROFESSOR), permit_id=permit.id)
    permit.refresh_from_db()
    assert permit.prints == 0


def test_a_suspended_permit_is_not_printed(permit, system, enrolment):
    settle(system, enrolment, 0)

    with pytest.raises(PermitCannotMove, match="This permit is suspended; it cannot be printed now"):
        services.mark_printed(a_cashier(), permit_id=permit.id)


@pytest.mark.rule("R44")
def test_a_proctor_sees_whose_it_is_and_that_it_is_valid(permit, enrolment, frozen_clock):
    frozen_clock(PRELIM_DAY)

    shown = selectors.check_code(permit.code.lower().replace("-", " "), is_public=False)

    assert (shown.is_valid, shown.name, shown.programme, shown.exam, shown.term) == (
        True, "Juan Dela Cruz", "Bachelor of BSIT", "Prelim", "2031-1",
    )  # fmt: skip
    assert (shown.valid_from, shown.valid_until) == (date(2031, 9, 1), date(2031, 9, 7))
    assert not {"basis", "balance", "instalment_number"} & set(shown.__dataclass_fields__)


def test_a_student_who_asked_for_privacy_shows_initials_to_the_public_only(permit, enrolment):
    Person.objects.filter(id=enrolment.student.person_id).update(is_private=True)

    assert selectors.check_code(permit.code, is_public=True).name == "J. D."
    assert selectors.check_code(permit.code, is_public=True).photo_id is None
    assert selectors.check_code(permit.code, is_public=False).name == "Juan Dela Cruz"


@pytest.mark.rule("R44")
@pytest.mark.isolation
def test_unknown_and_foreign_codes_look_alike(organisation, other_organisation, frozen_clock):
    with tenant_scope(organisation.id):
        enrolment = an_enrolment()
        services.prepare_exam_periods(an_administrator(), term_id=enrolment.term_id)
        settle(Actor.system(organisation.id, job="test"), enrolment, 1)
        code = ExamPermit.objects.get().code
    with tenant_scope(other_organisation.id):
        assert selectors.check_code(code, is_public=True) is None
        assert selectors.check_code("PRM-2031-00000000", is_public=True) is None
        with pytest.raises(PermitNotFound):
            services.record_sitting(a_member(roles.PROFESSOR), code=code, class_name="IT101")


def test_a_permit_is_used_once_and_covers_every_subject_of_its_exam(permit, frozen_clock):
    frozen_clock(PRELIM_DAY)
    professor = a_member(roles.PROFESSOR)

    first = services.record_sitting(professor, code=permit.code, class_name=" IT101  BSIT-1A ")
    assert services.record_sitting(professor, code=permit.code, class_name="IT101 BSIT-1A") == first
    services.record_sitting(professor, code=permit.code, class_name="MATH1 BSIT-1A")

    permit.refresh_from_db()
    assert (permit.state, permit.used_at) == ("USED", PRELIM_DAY)
    assert sorted(ExamSitting.objects.values_list("class_name", flat=True)) == ["IT101 BSIT-1A", "MATH1 BSIT-1A"]
    assert selectors.check_code(permit.code, is_public=True).is_valid


def test_nobody_sits_before_the_exam_after_it_or_on_a_suspended_permit(permit, system, enrolment, frozen_clock):
    professor = a_member(roles.PROFESSOR)
    for moment in (datetime(2031, 8, 31, 15, 59, tzinfo=UTC), datetime(2031, 9, 7, 16, 0, tzinfo=UTC)):
        frozen_clock(moment)
        with pytest.raises(PermitNotValid, match="It is for 2031-09-01 to 2031-09-07"):
            services.record_sitting(professor, code=permit.code, class_name="IT101")
    frozen_clock(PRELIM_DAY)
    settle(system, enrolment, 0)
    with pytest.raises(PermitNotValid, match="It is suspended"):
        services.record_sitting(professor, code=permit.code, class_name="IT101")
    with pytest.raises(Forbidden):
        services.record_sitting(a_cashier(), code=permit.code, class_name="IT101")
    assert not ExamSitting.objects.exists()


@pytest.mark.rule("R43")
def test_a_waiver_opens_one_exam_and_money_does_not_close_it(system, enrolment):
    midterm = ExamPeriod.objects.get(code="MIDTERM")
    permit = services.waive(
        an_administrator(), term_enrolment_id=enrolment.id, exam_period_id=midterm.id, reason=REASON
    )

    settle(system, enrolment, 0)

    permit.refresh_from_db()
    assert (permit.state, permit.basis) == ("ISSUED", "WAIVER")
    assert AuditEntry.objects.get(action="college.exam_waived").reason == REASON
    with pytest.raises(PermitStandsAlready):
        services.waive(an_administrator(), term_enrolment_id=enrolment.id, exam_period_id=midterm.id, reason=REASON)


def test_a_waiver_brings_a_suspended_permit_back_under_its_code(permit, system, enrolment):
    settle(system, enrolment, 0)

    waived = services.waive(
        an_administrator(), term_enrolment_id=enrolment.id, exam_period_id=permit.exam_period_id, reason=REASON
    )

    assert (waived.id, waived.code, waived.state, waived.basis) == (permit.id, permit.code, "ISSUED", "WAIVER")


def test_only_an_administrator_waives_with_a_reason_and_for_an_exam_of_that_term(enrolment):
    prelim, other = ExamPeriod.objects.get(code="PRELIM"), a_term("2031-2")
    services.prepare_exam_periods(an_administrator(), term_id=other.id)
    elsewhere = ExamPeriod.objects.get(code="PRELIM", term=other)
    own = a_member("administrator", person_id=enrolment.student.person_id)

    for actor, period, reason, refusal in (
        (a_registrar(), prelim, REASON, Forbidden),
        (a_cashier(), prelim, REASON, Forbidden),
        (own, prelim, REASON, OverrideNotAllowed),
        (an_administrator(), prelim, "ok", Invalid),
        (an_administrator(), elsewhere, REASON, ExamPeriodNotFound),
    ):
        with pytest.raises(refusal):
            services.waive(actor, term_enrolment_id=enrolment.id, exam_period_id=period.id, reason=reason)
    with pytest.raises(EnrolmentNotFound):
        services.waive(an_administrator(), term_enrolment_id=prelim.id, exam_period_id=prelim.id, reason=REASON)
    assert not ExamPermit.objects.exists()


def certify(enrolment, *, actor=None, **changes):
    named = {
        "issuing_office": "DSWD Cebu", "number": "4711", "valid_from": date(2031, 8, 1),
        "valid_until": date(2031, 12, 31), **changes,
    }  # fmt: skip
    return services.verify_certificate(actor or a_registrar(), student_id=enrolment.student_id, **named)


@pytest.mark.rule("R43")
def test_a_certified_student_sits_every_exam_of_the_dates_and_still_owes(system, enrolment):
    """The permits of example 16."""
    a_plan(enrolment)
    certify(enrolment)

    permits = ExamPermit.objects.order_by("exam_period__position")
    assert list(permits.values_list("exam_period__code", "basis", "state")) == [
        (exam, "WELFARE_CERTIFICATE", "ISSUED") for exam in ("PRELIM", "MIDTERM", "PREFINAL", "FINAL")
    ]
    settle(system, enrolment, 0)
    assert set(permits.values_list("state", flat=True)) == {"ISSUED"}
    add_cause(system, student_id=enrolment.student_id, cause="OLD_BALANCE", reason="30,000.00 are open")
    with pytest.raises(Exception, match="is held: financial"):
        must_not_be_held(enrolment.student, "DOCUMENT_RELEASE")
    must_not_be_held(enrolment.student, "EXAM")


@pytest.mark.rule("R43")
def test_a_certificate_of_some_days_opens_exams_on_those_days_only(enrolment, frozen_clock):
    certify(enrolment, valid_from=date(2031, 9, 5), valid_until=date(2031, 10, 20))

    permits = ExamPermit.objects.order_by("exam_period__position")
    assert list(permits.values_list("exam_period__code", "limited_from", "limited_until")) == [
        ("PRELIM", date(2031, 9, 5), date(2031, 9, 7)), ("MIDTERM", None, None),
    ]  # fmt: skip
    frozen_clock(PRELIM_DAY)
    with pytest.raises(PermitNotValid):
        services.record_sitting(a_member(roles.PROFESSOR), code=permits[0].code, class_name="IT101")


def test_an_exam_that_is_over_is_not_opened_any_more(enrolment, frozen_clock):
    frozen_clock(datetime(2031, 9, 8, 2, tzinfo=UTC))

    certify(enrolment)

    assert not ExamPermit.objects.filter(exam_period__code="PRELIM").exists()
    assert ExamPermit.objects.count() == 3


def test_a_certified_student_keeps_the_permit_when_a_payment_bounces(permit, system, enrolment):
    certify(enrolment, valid_until=date(2031, 9, 30))

    changes = settle(system, enrolment, 0)

    permit.refresh_from_db()
    assert (permit.state, permit.basis, changes.suspended) == ("ISSUED", "WELFARE_CERTIFICATE", [])


def test_a_withdrawn_certificate_closes_what_rested_on_it_until_money_opens_it(system, enrolment):
    certificate = certify(enrolment)

    services.withdraw_certificate(a_registrar(), certificate_id=certificate.id, reason="The office says it is forged")

    assert set(ExamPermit.objects.values_list("state", "basis")) == {("SUSPENDED", "PAID")}
    settle(system, enrolment, 1)
    assert ExamPermit.objects.get(exam_period__code="PRELIM").state == "ISSUED"
    with pytest.raises(CertificateNotFound):
        services.withdraw_certificate(a_registrar(), certificate_id=certificate.id, reason="The office says so again")


def test_certificates_are_for_registrars_who_may_open_them_and_every_look_is_noted(enrolment, system):
    certify(enrolment)
    registrar = a_registrar()
    ungranted = Actor(
        organisation_id=registrar.organisation_id, user_id=registrar.user_id, permissions=registrar.permissions
    )

    assert selectors_of(registrar, enrolment) == ["4711"]
    entry = AccessEntry.objects.get(purpose="welfare certificates of a student")
    assert entry.person_id == enrolment.student.person_id
    for actor in (ungranted, an_administrator(), a_cashier()):
        with pytest.raises(Forbidden):
            certify(enrolment, actor=actor, number="4712")
        with pytest.raises(Forbidden):
            selectors_of(actor, enrolment)


def selectors_of(actor, enrolment):
    return [row["number"] for row in services.certificates_of(actor, enrolment.student_id)]


def test_without_the_grant_the_database_shows_no_certificate_and_takes_none(enrolment, attack):
    certify(enrolment)

    assert not WelfareCertificate.objects.exists()
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        WelfareCertificate.objects.create(
            student=enrolment.student, issuing_office="X", number="1", valid_from=date(2031, 1, 1),
            valid_until=date(2031, 1, 2), verified_by_id=a_registrar().user_id,
        )  # fmt: skip
    with tenant_scope(enrolment.organisation_id, grants={"welfare"}):
        assert WelfareCertificate.objects.count() == 1
    assert not WelfareCertificate.objects.exists()


def test_a_certificate_counts_once_and_needs_office_number_and_days(enrolment):
    certify(enrolment)

    with pytest.raises(CertificateTaken):
        certify(enrolment)
    with pytest.raises(Invalid) as refusal:
        certify(enrolment, issuing_office="", number=" ", valid_until=date(2031, 7, 31))
    assert [error["field"] for error in refusal.value.errors] == ["issuing_office", "number", "valid_until"]


@pytest.mark.rule("R44")
def test_permits_expire_after_their_exam_and_not_on_its_last_day(permit, system, enrolment, frozen_clock):
    settle(system, enrolment, 2)
    frozen_clock(datetime(2031, 9, 7, 15, 59, 59, tzinfo=UTC))
    assert services.expire_permits(system) == 0
    frozen_clock(datetime(2031, 9, 7, 16, 0, 0, tzinfo=UTC))
    assert services.expire_permits(system) == 1
    assert services.expire_permits(system) == 0

    permit.refresh_from_db()
    assert permit.state == "EXPIRED"
    assert not selectors.check_code(permit.code, is_public=True).is_valid
    assert ExamPermit.objects.get(exam_period__code="MIDTERM").state == "ISSUED"
    assert AuditEntry.objects.filter(action="college.permit_expired", target_id=permit.id).count() == 1


def test_the_nightly_proof_finds_nothing_when_all_is_right_and_mends_what_is_not(system, enrolment):
    a_plan(enrolment)
    assert services.reconcile_permits(system).count == 0

    # A permit without money, as a lost follow-up would leave it.
    settle(system, enrolment, 2)
    drift = services.reconcile_permits(system)

    assert (drift.enrolments, drift.issued, drift.suspended) == (1, 0, 2)
    assert set(ExamPermit.objects.values_list("state", flat=True)) == {"SUSPENDED"}
    entry = AuditEntry.objects.get(action="college.permits_drifted")
    assert (entry.facts["suspended"], len(entry.facts["codes"])) == (2, 2)
    assert services.reconcile_permits(system).count == 0


def test_the_nightly_proof_opens_the_exams_of_certified_students_who_enrolled_later(system, enrolment):
    certify(enrolment, valid_until=date(2032, 7, 31))
    later = an_enrolment(enrolment.student, a_term("2031-2"))
    services.prepare_exam_periods(an_administrator(), term_id=later.term_id)

    assert services.reconcile_permits(system).certified == 4
    assert services.reconcile_permits(system).count == 0
    assert ExamPermit.objects.filter(term_enrolment=later, basis="WELFARE_CERTIFICATE").count() == 4


def test_a_students_row_of_exams_shows_locks_and_permits_and_nobody_elses(permit, enrolment, django_assert_num_queries):
    own = a_member(roles.STUDENT, person_id=enrolment.student.person_id)
    other = a_member(roles.STUDENT, person_id=a_student("310009", given_name="Ben").person_id)

    with django_assert_num_queries(1):
        row = selectors.permits_of_enrolments(own, [enrolment.id])

    assert [(exam["exam"], exam["state"], exam["month"]) for exam in row] == [
        ("PRELIM", "ISSUED", 1), ("MIDTERM", "LOCKED", 2), ("PREFINAL", "LOCKED", 3), ("FINAL", "LOCKED", 4),
    ]  # fmt: skip
    assert selectors.permits_of_enrolments(other, [enrolment.id]) == []
    assert len(selectors.permits_of_enrolments(a_cashier(), [enrolment.id])) == 4
    with pytest.raises(Forbidden):
        selectors.permits_of_enrolments(a_member(roles.PROFESSOR), [enrolment.id])
