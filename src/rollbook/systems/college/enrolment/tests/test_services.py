"""Term enrolments: opened, held back, activated by month 1; rules set aside on the record."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.register import permissions_of
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.services.payments import take_payment
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment import permissions, selectors, services
from rollbook.systems.college.enrolment.errors import (
    AlreadyEnrolled,
    EnrolmentNotFound,
    Month1Unpaid,
    NoPlanYet,
    WindowClosed,
)
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.services import NewEnrolment
from rollbook.systems.college.enrolment.services.overrides import OVERRIDABLE
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
from rollbook.systems.college.records.errors import OverrideNotAllowed, StudentHeld, StudentNotActive, StudentNotFound
from rollbook.systems.college.records.models import Hold, Override, Student
from rollbook.systems.college.records.services import place_hold
from rollbook.systems.college.records.services.overrides import NEVER

REASON = "Scholarship letter is on its way"


def pay(enrolment, minor):
    system = Actor.system(enrolment.organisation_id, job="test")
    return take_payment(system, invoice_id=enrolment.invoice_id, amount=Money(minor, "PHP"), method="CASH")


def test_an_active_student_is_enrolled_and_waits_for_month_1(tenant):
    student, term = a_student(), a_term("2031-2")

    enrolment = services.open_term_enrolment(a_registrar(), student_id=student.id, term_id=term.id, year_level=2)

    assert (enrolment.state, enrolment.year_level, enrolment.programme_id) == (
        "PENDING_PAYMENT",
        2,
        student.programme_id,
    )
    entry = AuditEntry.objects.get(action="college.enrolment_opened")
    assert (entry.target_id, entry.facts["term_id"]) == (enrolment.id, str(term.id))


def test_twice_in_a_term_is_refused(tenant):
    student, registrar = a_student(), a_registrar()
    services.open_term_enrolment(registrar, student_id=student.id, term_id=student.admission_term_id)

    with pytest.raises(AlreadyEnrolled):
        services.open_term_enrolment(registrar, student_id=student.id, term_id=student.admission_term_id)

    assert TermEnrolment.objects.count() == 1


@pytest.mark.parametrize("state", ["SETUP", "GRADING", "CLOSED", "ARCHIVED"])
def test_nobody_is_enrolled_in_a_term_that_is_not_open(tenant, state):
    student, term = a_student(), a_term("2031-2", state=state)

    with pytest.raises(WindowClosed):
        services.open_term_enrolment(a_registrar(), student_id=student.id, term_id=term.id)

    assert not TermEnrolment.objects.exists()


def test_a_student_on_leave_and_one_who_is_held_are_not_enrolled(tenant):
    away, held, registrar = a_student("310001"), a_student("310002", given_name="Ben"), a_registrar()
    Student.objects.filter(id=away.id).update(status="LOA")
    place_hold(registrar, student_id=held.id, kind="FINANCIAL", blocks=["ENROL"], reason="Old balance")

    with pytest.raises(StudentNotActive, match="310001 is on leave"):
        services.open_term_enrolment(registrar, student_id=away.id, term_id=away.admission_term_id)
    with pytest.raises(StudentHeld):
        services.open_term_enrolment(registrar, student_id=held.id, term_id=held.admission_term_id)
    assert not TermEnrolment.objects.exists()


@pytest.mark.parametrize("role", [roles.STUDENT, roles.CASHIER, roles.PROFESSOR])
def test_students_cashiers_and_professors_enrol_nobody(tenant, role):
    student = a_student()

    with pytest.raises(Forbidden):
        services.open_term_enrolment(a_member(role), student_id=student.id, term_id=student.admission_term_id)


def test_another_colleges_student_is_not_enrolled(organisation, other_organisation):
    with tenant_scope(organisation.id):
        student = a_student()
    with tenant_scope(other_organisation.id), pytest.raises(StudentNotFound):
        services.open_term_enrolment(a_registrar(), student_id=student.id, term_id=a_term().id)


def test_the_database_keeps_one_live_enrolment_of_a_student_in_a_term(tenant, attack):
    enrolment = an_enrolment()

    with pytest.raises(IntegrityError, match="college_enrolment_unique"), transaction.atomic():
        an_enrolment(enrolment.student, enrolment.term)
    with pytest.raises(DatabaseError), transaction.atomic():
        TermEnrolment.objects.all().delete()


def test_many_are_enrolled_with_the_same_rows_as_one_by_one(tenant):
    first, second, registrar = a_student("310001"), a_student("310002", given_name="Ben"), a_registrar()
    one = services.open_term_enrolment(
        registrar, student_id=first.id, term_id=first.admission_term_id, year_level=3, created_via="BATCH"
    )
    (many_id,) = services.open_term_enrolments_in_bulk(
        registrar,
        [NewEnrolment(student_id=second.id, term_id=one.term_id, programme_id=second.programme_id, year_level=3)],
    )
    many = TermEnrolment.objects.get(id=many_id)

    def facts(enrolment):
        entry = AuditEntry.objects.get(target_id=enrolment.id)
        values = [
            getattr(enrolment, name) for name in ("term_id", "programme_id", "year_level", "state", "created_via")
        ]
        return values, enrolment.invoice_id, enrolment.version, entry.action, {**entry.facts, "student_id": None}

    one.refresh_from_db()
    assert facts(many) == facts(one)
    assert services.open_term_enrolments_in_bulk(registrar, []) == []


def test_month_1_gates_classes_to_the_last_centavo(tenant):
    enrolment = an_enrolment()
    with pytest.raises(NoPlanYet):
        services.must_pass_gate(enrolment)
    a_plan(enrolment)
    pay(enrolment, 4_999_99)

    with pytest.raises(Month1Unpaid) as refusal:
        services.must_pass_gate(enrolment)
    assert refusal.value.code == "MONTH1_UNPAID"
    assert "0.01 still due" in refusal.value.detail

    pay(enrolment, 1)
    services.must_pass_gate(enrolment)
    assert selectors.gate_of(enrolment).is_open


def test_settling_month_1_activates_and_taking_it_back_holds_until_it_is_paid_again(tenant):
    enrolment, system = an_enrolment(), Actor.system(tenant.id, job="test")

    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=True)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.version) == ("ACTIVE", 2)
    assert not Hold.objects.exists()

    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=False)
    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=False)
    enrolment.refresh_from_db()
    hold = Hold.objects.get()
    assert enrolment.state == "ACTIVE"
    assert (hold.kind, hold.is_automatic, hold.is_live, hold.causes) == (
        "FINANCIAL", True, True, [f"MONTH1:{enrolment.id}"],
    )  # fmt: skip

    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=True)
    hold.refresh_from_db()
    assert (hold.is_live, hold.release_reason) == (False, "Month 1 is settled.")


def test_a_hold_with_another_cause_stays_when_month_1_is_paid(tenant):
    enrolment, system = an_enrolment(), Actor.system(tenant.id, job="test")
    other = an_enrolment(enrolment.student, a_term("2031-2"))
    for each in (enrolment, other):
        services.settle_month_one(system, term_enrolment_id=each.id, is_settled=True)
        services.settle_month_one(system, term_enrolment_id=each.id, is_settled=False)

    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=True)

    hold = Hold.objects.get()
    assert (hold.is_live, hold.causes) == (True, [f"MONTH1:{other.id}"])


def test_one_statement_settles_month_1_when_nothing_is_to_be_changed(tenant, django_assert_num_queries):
    enrolment, system = an_enrolment(), Actor.system(tenant.id, job="test")
    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=True)

    with django_assert_num_queries(1):
        services.settle_month_one_in_bulk(system, [enrolment.id])


def test_a_file_activates_many_like_single_payments_do(tenant):
    first, second = an_enrolment(a_student("310001")), an_enrolment(a_student("310002", given_name="Ben"))
    system = Actor.system(tenant.id, job="test")
    services.settle_month_one(system, term_enrolment_id=second.id, is_settled=True)

    services.settle_month_one_in_bulk(system, [first.id, second.id])

    assert set(TermEnrolment.objects.values_list("state", "version")) == {("ACTIVE", 2)}
    assert AuditEntry.objects.filter(action="college.enrolment_activated").count() == 2


def test_an_administrator_lets_a_student_pass_without_month_1_and_the_hold_goes(tenant):
    enrolment, system = an_enrolment(), Actor.system(tenant.id, job="test")
    a_plan(enrolment)
    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=True)
    services.settle_month_one(system, term_enrolment_id=enrolment.id, is_settled=False)

    override = services.override_gate(an_administrator(), term_enrolment_id=enrolment.id, reason=REASON)

    services.must_pass_gate(enrolment)
    assert not Hold.objects.get().is_live
    entry = AuditEntry.objects.get(action="college.rule_set_aside")
    assert (entry.target_id, entry.reason) == (override.id, REASON)


@pytest.mark.parametrize("reason", ["ok", "         ", "x" * 501])
def test_a_reason_that_explains_nothing_is_refused(tenant, reason):
    enrolment = an_enrolment()

    with pytest.raises(Invalid):
        services.override_gate(an_administrator(), term_enrolment_id=enrolment.id, reason=reason)

    assert not Override.objects.exists()


def test_students_and_cashiers_set_nothing_aside_whatever_their_bundle_says(tenant):
    enrolment = an_enrolment()
    for role in sorted(NEVER):
        member = a_member(role)
        spoiled = Actor(
            organisation_id=tenant.id, user_id=member.user_id, roles=frozenset({role}),
            permissions=frozenset(OVERRIDABLE.values()),
        )  # fmt: skip
        for kind in Override.Kind.values:
            with pytest.raises(OverrideNotAllowed) as refusal:
                services.must_override(spoiled, kind, REASON)
            assert (refusal.value.status, refusal.value.code) == (403, "OVERRIDE_NOT_ALLOWED")
        with pytest.raises(OverrideNotAllowed):
            services.override_gate(spoiled, term_enrolment_id=enrolment.id, reason=REASON)
        assert not permissions_of(role) & set(OVERRIDABLE.values())
    assert not Override.objects.exists()


def test_rules_have_their_own_people(tenant):
    registrar, head = a_registrar(), a_member(roles.HEAD_REGISTRAR)

    assert services.must_override(registrar, "CAPACITY", f" {REASON} ") == REASON
    assert services.must_override(head, "PREREQUISITE", REASON) == REASON
    for actor, kind in (
        (registrar, "PREREQUISITE"),
        (registrar, "PAYMENT_GATE"),
        (head, "UNIT_OVERLOAD"),
        (head, "ODD"),
    ):
        with pytest.raises(OverrideNotAllowed):
            services.must_override(actor, kind, REASON)


def test_nobody_sets_a_rule_aside_for_themselves_or_as_somebody_else(tenant):
    enrolment = an_enrolment()
    self_serving = a_member("administrator", person_id=enrolment.student.person_id)
    standing_in = Actor(
        organisation_id=tenant.id, user_id=self_serving.user_id, impersonator_id=a_cashier().user_id,
        permissions=frozenset({permissions.OVERRIDE_PAYMENT_GATE}), roles=frozenset({"administrator"}),
    )  # fmt: skip

    for actor in (self_serving, standing_in, Actor.system(tenant.id, job="test")):
        with pytest.raises(OverrideNotAllowed):
            services.override_gate(actor, term_enrolment_id=enrolment.id, reason=REASON)


def test_another_colleges_gate_is_not_opened(organisation, other_organisation):
    with tenant_scope(organisation.id):
        enrolment = an_enrolment()
    with tenant_scope(other_organisation.id), pytest.raises(EnrolmentNotFound):
        services.override_gate(an_administrator(), term_enrolment_id=enrolment.id, reason=REASON)


def test_an_override_is_never_changed(tenant, attack):
    services.override_gate(an_administrator(), term_enrolment_id=an_enrolment().id, reason=REASON)

    with pytest.raises(DatabaseError), transaction.atomic():
        Override.objects.update(reason="Something else entirely")


def test_a_student_sees_their_own_terms_only(tenant):
    own, other = an_enrolment(a_student("310001")), an_enrolment(a_student("310002", given_name="Ben"))
    student = a_member(roles.STUDENT, person_id=own.student.person_id)

    assert selectors.get_enrolment(student, own.id) == own
    with pytest.raises(EnrolmentNotFound):
        selectors.get_enrolment(student, other.id)
    assert selectors.enrolments(a_registrar()).count() == 2


def test_settled_months_of_a_term_are_counted_in_one_statement(tenant, django_assert_num_queries):
    paid, open_, bare = (
        an_enrolment(a_student(f"31000{number}", given_name=f"N{'abc'[number]}")) for number in range(3)
    )
    a_plan(paid)
    a_plan(open_)
    pay(paid, 12_500_00)

    with django_assert_num_queries(1):
        settled = selectors.settled_through_of_term(paid.term_id)

    assert settled == {paid.id: 2, open_.id: 0, bare.id: 0}
    pay(paid, 17_500_00)
    assert selectors.settled_through_of_term(paid.term_id)[paid.id] == 6
