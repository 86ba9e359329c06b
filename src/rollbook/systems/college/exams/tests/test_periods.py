"""Exams of a term and the months they ask for; what stands keeps standing."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.services.payments import take_payment
from rollbook.systems.college.catalogue.errors import TermIsClosed, TermNotFound
from rollbook.systems.college.catalogue.events import TermAdded
from rollbook.systems.college.examples import (
    a_plan,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
    an_enrolment,
)
from rollbook.systems.college.exams import selectors, services
from rollbook.systems.college.exams.errors import (
    ConfirmationNeeded,
    ExamCodeTaken,
    ExamPeriodNotFound,
    ExamsStandAlready,
    MappingUnchanged,
)
from rollbook.systems.college.exams.models import ExamMonthMapping, ExamPeriod, ExamPermit
from rollbook.systems.college.exams.policies import EXAM_TEMPLATE

REASON = "The board moved the prelim"


def months_of(term):
    names = dict(ExamPeriod.objects.values_list("id", "code"))
    return {names[period_id]: month for period_id, month in selectors.months_asked(term.id).items()}


def pay_one_month(enrolment):
    system = Actor.system(enrolment.organisation_id, job="test")
    taken = take_payment(
        system, invoice_id=enrolment.invoice_id, amount=Money(5_000_00, "PHP"), method="CASH",
        on_landed=lambda landed: {
            "permits": services.apply_settlement(
                system, term_enrolment_id=enrolment.id, settled_through=landed.settled_through, at=landed.at
            ).issued
        },
    )  # fmt: skip
    return taken.followed["permits"]


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    ("template", "months"),
    [
        ("STANDARD_4", {"PRELIM": 1, "MIDTERM": 2, "PREFINAL": 3, "FINAL": 4}),
        ("STRETCH_4", {"PRELIM": 1, "MIDTERM": 2, "PREFINAL": 4, "FINAL": 6}),
        ("SIX_STEP", {"CHAPTER": 2, "PRELIM": 3, "MIDTERM": 4, "PREFINAL": 5, "FINAL": 6}),
    ],
)
def test_a_term_gets_its_exams_by_a_template(tenant, template, months):
    term = a_term()

    periods = services.prepare_exam_periods(an_administrator(), term_id=term.id, template=template)

    assert months_of(term) == months
    assert [period.position for period in periods] == list(range(1, len(months) + 1))
    assert periods[-1].closes_on == term.ends_on
    with pytest.raises(ExamsStandAlready):
        services.prepare_exam_periods(an_administrator(), term_id=term.id)


def test_a_new_term_begins_with_the_colleges_own_template(tenant):
    administrator, term = an_administrator(), a_term()
    policies.change(administrator, EXAM_TEMPLATE, "SIX_STEP", None, "Six months, five exams")

    services.prepare_for_new_term(TermAdded(actor=a_registrar(), term_id=term.id))

    assert months_of(term)["CHAPTER"] == 2


def test_only_an_administrator_sets_exams_and_only_in_their_own_college(organisation, other_organisation):
    with tenant_scope(organisation.id):
        term = a_term()
        with pytest.raises(Forbidden):
            services.prepare_exam_periods(a_registrar(), term_id=term.id)
        assert not ExamPeriod.objects.exists()
    with tenant_scope(other_organisation.id), pytest.raises(TermNotFound):
        services.prepare_exam_periods(an_administrator(), term_id=term.id)


def test_days_of_an_exam_are_moved_unless_somebody_was_faster(tenant):
    administrator, term = an_administrator(), a_term()
    prelim = services.prepare_exam_periods(administrator, term_id=term.id)[0]
    services.change_exam_period(
        administrator, exam_period_id=prelim.id, opens_on=date(2031, 9, 2), closes_on=date(2031, 9, 9),
        expected_version=1,
    )  # fmt: skip

    with pytest.raises(VersionConflict):
        services.change_exam_period(administrator, exam_period_id=prelim.id, name="First exam", expected_version=1)
    with pytest.raises(Invalid):
        services.change_exam_period(administrator, exam_period_id=prelim.id, closes_on=date(2031, 9, 1))

    prelim.refresh_from_db()
    assert (prelim.opens_on, prelim.closes_on, prelim.name) == (date(2031, 9, 2), date(2031, 9, 9), "Prelim")


def test_one_more_exam_opens_at_once_for_whoever_has_reached_its_month(tenant):
    administrator, enrolment = an_administrator(), an_enrolment()
    services.prepare_exam_periods(administrator, term_id=enrolment.term_id)
    a_plan(enrolment)
    pay_one_month(enrolment)

    period = services.add_exam_period(
        administrator, term_id=enrolment.term_id, code="quiz", name="Quiz week", opens_on=date(2031, 9, 10),
        closes_on=date(2031, 9, 12), month=1,
    )  # fmt: skip

    assert (period.code, period.position) == ("QUIZ", 5)
    assert sorted(ExamPermit.objects.values_list("exam_period__code", flat=True)) == ["PRELIM", "QUIZ"]
    with pytest.raises(ExamCodeTaken):
        services.add_exam_period(
            administrator, term_id=enrolment.term_id, code="QUIZ", name="Quiz week", opens_on=date(2031, 9, 10),
            closes_on=date(2031, 9, 12), month=1,
        )  # fmt: skip


@pytest.mark.rule("R42")
@pytest.mark.example("college", 17)
def test_after_a_change_of_months_ten_permits_stand_and_the_eleventh_student_gets_none(tenant):
    administrator, term = an_administrator(), a_term()
    services.prepare_exam_periods(administrator, term_id=term.id, template="STANDARD_4")
    eleven = [an_enrolment(a_student(f"3100{number:02d}", term=term, given_name="Ana")) for number in range(11)]
    for enrolment in eleven:
        a_plan(enrolment)
    for enrolment in eleven[:10]:
        assert [permit["exam"] for permit in pay_one_month(enrolment)] == ["PRELIM"]
    prelim = ExamPeriod.objects.get(code="PRELIM")

    services.change_mapping(
        administrator, term_id=term.id, months={prelim.id: 2}, reason=REASON, confirmation=term.code
    )
    assert pay_one_month(eleven[10]) == []

    assert ExamPermit.objects.filter(state="ISSUED").count() == 10
    assert not ExamPermit.objects.filter(term_enrolment=eleven[10]).exists()
    # The ten stand on the month that was asked of them, also when their payments are looked at again.
    assert services.reconcile_permits(Actor.system(tenant.id, job="test")).count == 0
    assert ExamPermit.objects.filter(state="ISSUED").count() == 10


@pytest.mark.rule("R42")
def test_the_preview_counts_who_gains_and_who_would_lose(tenant):
    administrator, term = an_administrator(), a_term()
    services.prepare_exam_periods(administrator, term_id=term.id)
    with_one, with_none = (an_enrolment(a_student(f"31000{number}", given_name="Ana")) for number in range(2))
    for enrolment in (with_one, with_none):
        a_plan(enrolment)
    pay_one_month(with_one)
    periods = {period.code: period.id for period in ExamPeriod.objects.all()}

    impact = services.preview_mapping(
        administrator, term_id=term.id, months={periods["PRELIM"]: 2, periods["MIDTERM"]: 1}
    )

    rows = {each.exam: (each.month_now, each.month_then, each.standing, each.gained, each.lost) for each in impact}
    assert rows == {
        "PRELIM": (1, 2, 1, 0, 1), "MIDTERM": (2, 1, 0, 1, 0), "PREFINAL": (3, 3, 0, 0, 0), "FINAL": (4, 4, 0, 0, 0),
    }  # fmt: skip


def test_who_gains_an_exam_by_a_change_gets_the_permit_at_once(tenant):
    administrator, enrolment = an_administrator(), an_enrolment()
    services.prepare_exam_periods(administrator, term_id=enrolment.term_id)
    a_plan(enrolment)
    pay_one_month(enrolment)
    midterm = ExamPeriod.objects.get(code="MIDTERM")

    version, changes = services.change_mapping(
        administrator, term_id=enrolment.term_id, months={midterm.id: 1}, reason=REASON, confirmation="2031-1"
    )

    assert (version, [permit["exam"] for permit in changes.issued]) == (2, ["MIDTERM"])
    assert ExamPermit.objects.get(exam_period=midterm).mapping_version == 2
    entry = AuditEntry.objects.get(action="college.exam_mapping_changed")
    assert entry.changes == {"MIDTERM": {"before": 2, "after": 1}}


@pytest.mark.rule("R42")
def test_a_running_term_asks_for_a_typed_confirmation(tenant):
    administrator, enrolment = an_administrator(), an_enrolment()
    services.prepare_exam_periods(administrator, term_id=enrolment.term_id)
    prelim = ExamPeriod.objects.get(code="PRELIM")

    for typed in ("", "yes", "2031-2"):
        with pytest.raises(ConfirmationNeeded, match="Type 2031-1 to confirm"):
            services.change_mapping(
                administrator, term_id=enrolment.term_id, months={prelim.id: 2}, reason=REASON, confirmation=typed
            )
    assert months_of(enrolment.term)["PRELIM"] == 1
    assert set(ExamMonthMapping.objects.values_list("version", flat=True)) == {1}


def test_changes_that_mean_nothing_are_refused(tenant):
    administrator, term, other = an_administrator(), a_term("2031-1"), a_term("2031-2")
    services.prepare_exam_periods(administrator, term_id=term.id)
    services.prepare_exam_periods(administrator, term_id=other.id)
    prelim = ExamPeriod.objects.get(code="PRELIM", term=term)

    with pytest.raises(MappingUnchanged):
        services.change_mapping(administrator, term_id=term.id, months={prelim.id: 1}, reason=REASON)
    with pytest.raises(ExamPeriodNotFound):
        services.change_mapping(administrator, term_id=other.id, months={prelim.id: 2}, reason=REASON)
    with pytest.raises(Invalid):
        services.change_mapping(administrator, term_id=term.id, months={prelim.id: 13}, reason=REASON)
    with pytest.raises(Invalid):
        services.change_mapping(administrator, term_id=term.id, months={prelim.id: 2}, reason="why not")
    with pytest.raises(Forbidden):
        services.change_mapping(a_registrar(), term_id=term.id, months={prelim.id: 2}, reason=REASON)
    type(term).objects.filter(id=term.id).update(state="CLOSED")
    with pytest.raises(TermIsClosed):
        services.change_mapping(administrator, term_id=term.id, months={prelim.id: 2}, reason=REASON)
    assert ExamMonthMapping.objects.filter(version=2).count() == 0


def test_an_earlier_version_is_never_changed(tenant, attack):
    services.prepare_exam_periods(an_administrator(), term_id=a_term().id)

    with pytest.raises(DatabaseError), transaction.atomic():
        ExamMonthMapping.objects.update(instalment_number=12)


def test_a_lower_month_brings_suspended_permits_back(tenant):
    administrator, enrolment = an_administrator(), an_enrolment()
    services.prepare_exam_periods(administrator, term_id=enrolment.term_id)
    a_plan(enrolment)
    pay_one_month(enrolment)
    system = Actor.system(tenant.id, job="test")
    services.apply_settlement(system, term_enrolment_id=enrolment.id, settled_through=2, at=clock.now())
    services.apply_settlement(system, term_enrolment_id=enrolment.id, settled_through=1, at=clock.now())
    midterm = ExamPermit.objects.get(exam_period__code="MIDTERM")
    assert midterm.state == "SUSPENDED"

    services.change_mapping(
        administrator, term_id=enrolment.term_id, months={midterm.exam_period_id: 1}, reason=REASON,
        confirmation="2031-1",
    )  # fmt: skip

    midterm.refresh_from_db()
    assert (midterm.state, midterm.instalment_number) == ("ISSUED", 1)
