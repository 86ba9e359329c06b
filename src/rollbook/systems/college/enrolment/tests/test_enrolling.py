"""Taking up subjects: every rule of R18 with its sentence, carts, overrides, caps, seats."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.idempotency.services import Key
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.services.payments import take_payment
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_prerequisite
from rollbook.systems.college.catalogue.models import Equivalency, Term
from rollbook.systems.college.enrolment.errors import EnrolmentNotFound, NotEnrolled, SectionMismatch
from rollbook.systems.college.enrolment.examples import (
    a_class,
    a_past,
    a_taker,
    an_open_term,
    fill,
    item,
    subjects,
    the_curriculum,
    the_student,
    today,
)
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.services.enrolling import (
    OverrideWanted,
    enrol,
    enrol_once,
    hold_seats,
    renew_hold,
)
from rollbook.systems.college.examples import a_head_registrar, a_member, a_plan, a_registrar
from rollbook.systems.college.records.errors import OverrideNotAllowed
from rollbook.systems.college.records.models import Override, Student, TransferCredit
from rollbook.systems.college.records.services import place_hold

REASON = "thesis defence slot approved"


def take(enrolment, *sections, actor=None, **options):
    return enrol(
        actor or the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section) for section in sections],
        **options,
    )  # fmt: skip


def refusal_of(enrolment, *sections, **options):
    with pytest.raises(NotEnrolled) as refusal:
        take(enrolment, *sections, **options)
    return refusal.value


def codes_of(refusal):
    return [[problem.code for problem in verdict.problems] for verdict in refusal.verdicts]


def states():
    return dict(SubjectEnrolment.objects.values_list("subject__code", "state"))


@pytest.mark.rule("R18")
def test_a_student_takes_up_a_cart_and_every_subject_stands_in_the_audit(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1", hours=(2, "08:00", "09:30"))
    enrolment = a_taker()

    done = take(enrolment, one, two)

    assert states() == {"IT 101": "ENROLLED", "MATH 1": "ENROLLED"}
    assert (done.units, done.max_units) == (Decimal(6), Decimal(30))
    assert [verdict.code for verdict in done.verdicts] == ["OK", "OK"]
    row = SubjectEnrolment.objects.get(subject__code="IT 101")
    assert (row.attempt_no, row.is_retake, row.units, row.category, row.is_irregular) == (
        1, False, Decimal("3.0"), "MAJOR", False,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="college.subject_enrolled").count() == 2


@pytest.mark.rule("R18")
def test_all_failures_are_named_and_the_first_in_the_order_of_the_rules_comes_first(tenant):
    section = a_class("IT 101", capacity=1)
    fill(section, 1)
    enrolment = a_taker(max_units=2)
    place_hold(a_registrar(), student_id=enrolment.student_id, kind="LIBRARY", blocks=["ENROL"], reason="Books are out")
    Student.objects.filter(id=enrolment.student_id).update(status="LOA")

    refusal = refusal_of(enrolment, section)

    assert codes_of(refusal) == [["STUDENT_NOT_ACTIVE", "HOLD", "UNIT_CAP_EXCEEDED", "SECTION_FULL"]]
    assert refusal.code == "STUDENT_NOT_ACTIVE"
    assert not SubjectEnrolment.objects.filter(term_enrolment=enrolment).exists()


@pytest.mark.rule("R27")
@pytest.mark.example("college", 5)
def test_month_1_to_the_last_centavo(tenant):
    subjects("IT 101")
    enrolment = a_taker()
    other = TermEnrolment.objects.create(
        student=enrolment.student, term=an_open_term("2031-2"), programme_id=enrolment.programme_id,
        curriculum_id=enrolment.curriculum_id, created_via="REGISTRAR",
    )  # fmt: skip
    a_plan(other)
    later = a_class("IT 101", "B", term=other.term)
    system = Actor.system(tenant.id, job="test")

    take_payment(system, invoice_id=other.invoice_id, amount=Money(4_999_99, "PHP"), method="CASH")
    refusal = refusal_of(other, later)
    assert (refusal.code, refusal.detail.split(".  ")[0]) == (
        "MONTH1_UNPAID", "Month 1 is not paid: 0.01 still due. Pay the rest of month 1; this opens at once.",
    )  # fmt: skip
    take_payment(system, invoice_id=other.invoice_id, amount=Money(1, "PHP"), method="CASH")
    assert list(take(other, later).row_ids) == [later.id]


@pytest.mark.example("college", 41)
@pytest.mark.rule("R4")
def test_the_last_second_of_the_last_day_counts_and_the_next_one_does_not(tenant):
    first, second = a_class("IT 101"), a_class("MATH 1")
    enrolment = a_taker()
    student = the_student(enrolment)
    closes = enrolment.term.windows.get(kind="ENROLMENT").closes_on
    # Manila is eight hours ahead: its day ends at 16:00 UTC.
    last_second = datetime(closes.year, closes.month, closes.day, 15, 59, 59, tzinfo=UTC)

    with clock.frozen_at(last_second):
        take(enrolment, first, actor=student)
    with clock.frozen_at(last_second + timedelta(seconds=1)):
        refusal = refusal_of(enrolment, second, actor=student)

    assert refusal.code == "WINDOW_CLOSED"
    assert states() == {"IT 101": "ENROLLED"}


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("state", "opens", "closes", "is_open"),
    [("ENROLMENT_OPEN", -1, 0, True), ("ENROLMENT_OPEN", 1, 2, False), ("ENROLMENT_OPEN", -2, -1, False),
     ("IN_PROGRESS", -1, 0, True), ("IN_PROGRESS", -9, -1, False), ("GRADING", -1, 1, False), ("SETUP", -1, 1, False)],
)  # fmt: skip
def test_the_window_of_the_terms_state_decides(tenant, state, opens, closes, is_open):
    section, enrolment = a_class("IT 101"), a_taker()
    enrolment.term.windows.update(opens_on=today() + timedelta(days=opens), closes_on=today() + timedelta(days=closes))
    Term.objects.update(state=state)

    if is_open:
        take(enrolment, section)
    else:
        assert refusal_of(enrolment, section).code == "WINDOW_CLOSED"
    assert SubjectEnrolment.objects.exists() == is_open


@pytest.mark.rule("R18")
def test_irregular_students_need_an_approved_list(tenant):
    section = a_class("IT 101")
    enrolment = a_taker(regularity="IRREGULAR", irregular_reasons=["Open INC: MATH 1"])

    assert codes_of(refusal_of(enrolment, section)) == [["ADVISING_REQUIRED"]]
    TermEnrolment.objects.filter(id=enrolment.id).update(advising_state="APPROVED")
    take(enrolment, section)
    assert states() == {"IT 101": "ENROLLED"}


@pytest.mark.rule("R18")
def test_what_is_not_in_the_curriculum_is_refused_unless_something_approved_stands_for_it(tenant):
    own, strange = subjects("IT 101", "ART 1")
    the_curriculum({(1, "FIRST"): [own]})
    section, enrolment = a_class(strange), a_taker()

    assert codes_of(refusal_of(enrolment, section)) == [["NOT_IN_CURRICULUM"]]
    Equivalency.objects.create(subject=strange, satisfies=own, effective_from=date(2020, 1, 1))
    take(enrolment, section)
    assert states() == {"ART 1": "ENROLLED"}


@pytest.mark.rule("R18")
@pytest.mark.rule("R55")
def test_passed_credited_incomplete_and_running_subjects_are_not_taken_again_but_failed_ones_are(tenant):
    passed, credited, incomplete, running, failed = subjects("A", "B", "C", "D", "E")
    sections = [a_class(subject) for subject in (passed, credited, incomplete, running, failed)]
    enrolment = a_taker()
    for subject, result in ((passed, "PASSED"), (incomplete, "INC"), (running, ""), (failed, "FAILED")):
        a_past(enrolment.student, subject, result)
    TransferCredit.objects.create(
        student=enrolment.student, subject=credited, external_code="X1", external_units=3, external_grade="B",
        units_granted=3, state="CREDITED",
    )  # fmt: skip

    refusal = refusal_of(enrolment, *sections)
    assert codes_of(refusal) == [["ALREADY_PASSED"], ["ALREADY_PASSED"], ["INC_OPEN"], ["ALREADY_ENROLLED"], []]
    done = take(enrolment, *sections, partial=True)

    assert list(done.row_ids) == [sections[4].id]
    row = SubjectEnrolment.objects.get(term_enrolment=enrolment)
    assert (row.attempt_no, row.is_retake) == (2, True)


@pytest.mark.rule("R20")
@pytest.mark.example("college", 23)
@pytest.mark.parametrize(
    ("past", "sentence"),
    [
        ([("FAILED", "5.00"), ("PASSED", "2.00")], ""),
        ([("PASSED", "2.00"), ("FAILED", "5.00")], ""),
        ([("INC", None)], "A: INC, deadline 2027-06-20"),
        ([("", None)], "A: in progress"),
        ([("DROPPED", None)], "A: not taken"),
        ([("WITHDRAWN", None)], "A: withdrawn"),
        ([("NG", None)], "A: no grade yet"),
    ],
)
def test_a_prerequisite_is_met_by_a_pass_whatever_came_after_it(tenant, past, sentence):
    before, after = subjects("A", "B")
    a_prerequisite(after, "A")
    section, enrolment = a_class(after), a_taker()
    for number, (result, grade) in enumerate(past):
        deadline = date(2027, 6, 20) if result == "INC" else None
        a_past(
            enrolment.student, before, result, term=f"20{24 + number}-1", numeric=grade, attempt_no=number + 1,
            incomplete_until=deadline,
        )  # fmt: skip

    if not sentence:
        take(enrolment, section)
        assert SubjectEnrolment.objects.get(subject=after).state == "ENROLLED"
        return
    refusal = refusal_of(enrolment, section)
    (leaf,) = refusal.verdicts[0].problems[0].facts["leaves"]
    assert (refusal.code, leaf["sentence"]) == ("PREREQUISITE_NOT_MET", sentence)


@pytest.mark.example("college", 23)
@pytest.mark.example("college", 36)
def test_a_credit_unlocks_what_follows_and_uses_no_units(tenant):
    before, after = subjects("A", "B")
    a_prerequisite(after, "A>=1.50")
    section, enrolment = a_class(after), a_taker(max_units=3)
    TransferCredit.objects.create(
        student=enrolment.student, subject=before, external_code="X1", external_units=3, external_grade="B",
        units_granted=3, state="CREDITED",
    )  # fmt: skip

    assert take(enrolment, section).units == Decimal(3)


@pytest.mark.example("college", 25)
@pytest.mark.rule("R20")
def test_a_share_of_the_curriculum_is_compared_exactly(tenant):
    many = subjects(*(f"S{number:02d}" for number in range(40)))
    thesis = many[-1]
    curriculum = the_curriculum({(1, "FIRST"): many})
    a_prerequisite(thesis, "75%")
    section, enrolment = a_class(thesis), a_taker(curriculum=curriculum)
    for subject in many[:29]:
        a_past(enrolment.student, subject, "PASSED")
    SubjectEnrolment.objects.filter(subject=many[0]).update(result="FAILED")
    two_units = a_past(enrolment.student, many[30], "PASSED", term="2029-1")
    assert two_units.units == 3

    # 29 subjects of 3 units are 87; 30 of them are 90 of 120.
    refusal = refusal_of(enrolment, section)
    assert "87 of 120 earned" in refusal.detail
    SubjectEnrolment.objects.filter(subject=many[0]).update(result="PASSED")
    assert take(enrolment, section).row_ids


@pytest.mark.rule("R20")
def test_what_goes_together_is_taken_together_or_not_at_all(tenant):
    lecture, laboratory = subjects("PHY 1", "PHY 1L")
    a_prerequisite(laboratory, "with:PHY 1")
    lecture_class, laboratory_class = a_class(lecture, capacity=1), a_class(laboratory)
    fill(lecture_class, 1)
    enrolment = a_taker()

    assert refusal_of(enrolment, laboratory_class).code == "PREREQUISITE_NOT_MET"
    # The lecture is full, so the laboratory cannot count on it either.
    refusal = refusal_of(enrolment, laboratory_class, lecture_class, partial=True)
    assert codes_of(refusal) == [["PREREQUISITE_NOT_MET"], ["SECTION_FULL"]]
    other = a_class(lecture, "B")
    take(enrolment, laboratory_class, other)
    assert SubjectEnrolment.objects.filter(term_enrolment=enrolment).count() == 2


@pytest.mark.rule("R19")
@pytest.mark.example("college", 18)
@pytest.mark.parametrize(
    ("cap", "has", "wants", "sentence"),
    [(30, 27, 3, ""), (30, 28, 3, "28 + 3 > 30"), (9, 7, 3, "7 + 3 > 9"), (36, 33, 3, ""), (36, 34, 3, "34 + 3 > 36")],
)
def test_the_unit_cap_is_kept_to_the_unit(tenant, cap, has, wants, sentence):
    enough, rest = divmod(has, 9)
    load = [a_class(subjects(f"L{number}", units=9)[0]) for number in range(enough)]
    load += [a_class(subjects("REST", units=rest)[0])] if rest else []
    wanted = a_class(subjects("NEW 1", units=wants)[0])
    enrolment = a_taker(max_units=cap)
    take(enrolment, *load)

    if sentence:
        refusal = refusal_of(enrolment, wanted)
        assert (refusal.code, refusal.verdicts[0].problems[0].sentence) == ("UNIT_CAP_EXCEEDED", sentence)
    else:
        assert take(enrolment, wanted).units == Decimal(has + wants)


@pytest.mark.rule("R14")
def test_hours_that_overlap_are_named_with_both_classes(tenant):
    one = a_class("IT 101", hours=(1, "08:00", "09:30"))
    touching = a_class("MATH 1", hours=(1, "09:30", "11:00"))
    overlapping = a_class("ART 1", hours=(1, "09:29", "10:30"))
    enrolment = a_taker()
    take(enrolment, one)

    refusal = refusal_of(enrolment, overlapping)
    assert refusal.code == "SCHEDULE_CONFLICT"
    assert refusal.verdicts[0].problems[0].sentence == (
        "ART 1 A, Monday 09:29–10:30, overlaps IT 101 A, Monday 08:00–09:30."
    )
    take(enrolment, touching)
    assert states() == {"IT 101": "ENROLLED", "MATH 1": "ENROLLED"}


@pytest.mark.rule("R22")
def test_a_cart_is_all_or_nothing_and_in_parts_only_when_asked(tenant):
    good, full, last = a_class("IT 101"), a_class("MATH 1", capacity=1), a_class("ART 1")
    fill(full, 1)
    enrolment = a_taker()

    refusal = refusal_of(enrolment, good, full, last)
    assert [verdict.code for verdict in refusal.verdicts] == ["OK", "SECTION_FULL", "OK"]
    assert not SubjectEnrolment.objects.filter(term_enrolment=enrolment).exists()
    done = take(enrolment, good, full, last, partial=True)
    assert list(done.row_ids) == [good.id, last.id]


@pytest.mark.rule("R23")
def test_the_section_that_fits_best_is_chosen_when_none_is_named(tenant):
    other = a_class("ART 1", hours=(1, "08:00", "09:00"))
    (subject,) = subjects("IT 101")
    a_class(subject, "A", hours=(1, "08:30", "09:30"))
    a_class(subject, "B", capacity=20)
    best = a_class(subject, "C", capacity=30)
    a_class(subject, "D", capacity=30)
    a_class(subject, "E", capacity=90, state="CLOSED")
    enrolment = a_taker()

    done = enrol(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(other), Item(subject.id)])

    assert [verdict.section_id for verdict in done.verdicts] == [other.id, best.id]


@pytest.mark.rule("R21")
@pytest.mark.example("college", 22)
def test_a_conflict_is_set_aside_by_a_registrar_with_a_reason_and_by_nobody_else(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1", hours=(1, "09:00", "10:00"))
    enrolment = a_taker()
    take(enrolment, one)
    wanted = [OverrideWanted("SCHEDULE_CONFLICT", REASON)]

    with pytest.raises(OverrideNotAllowed) as refused:
        take(enrolment, two, overrides=wanted)
    assert (refused.value.status, refused.value.code) == (403, "OVERRIDE_NOT_ALLOWED")
    with pytest.raises(Invalid) as short:
        take(enrolment, two, actor=a_registrar(), overrides=[OverrideWanted("SCHEDULE_CONFLICT", "ok")])
    assert short.value.status == 422
    assert states() == {"IT 101": "ENROLLED"}

    take(enrolment, two, actor=a_registrar(), overrides=wanted)
    row = SubjectEnrolment.objects.get(subject__code="MATH 1")
    override = Override.objects.get(kind="SCHEDULE_CONFLICT")
    assert (row.state, row.override_id, override.subject_id, override.reason) == (
        "ENROLLED", override.id, row.id, REASON,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="college.rule_set_aside", target_id=override.id).exists()


@pytest.mark.rule("R21")
def test_a_prerequisite_needs_the_head_registrar_and_units_can_be_set_aside_by_nobody(tenant):
    _before, after = subjects("A", "B")
    a_prerequisite(after, "A")
    section, enrolment = a_class(after, capacity=1), a_taker()
    fill(section, 1)
    wanted = [OverrideWanted("PREREQUISITE", REASON), OverrideWanted("CAPACITY", REASON)]

    with pytest.raises(OverrideNotAllowed):
        take(enrolment, section, actor=a_registrar(), overrides=wanted)
    with pytest.raises(OverrideNotAllowed):
        take(enrolment, section, actor=a_head_registrar(), overrides=[OverrideWanted("UNIT_OVERLOAD", REASON)])
    assert not SubjectEnrolment.objects.filter(term_enrolment=enrolment).exists()

    take(enrolment, section, actor=a_head_registrar(), overrides=wanted)
    row = SubjectEnrolment.objects.get(term_enrolment=enrolment)
    assert set(Override.objects.filter(subject_id=row.id).values_list("kind", flat=True)) == {
        "PREREQUISITE",
        "CAPACITY",
    }


def test_an_override_that_was_not_needed_leaves_no_trace(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    before = Override.objects.count()

    take(enrolment, section, actor=a_registrar(), overrides=[OverrideWanted("CAPACITY", REASON)])

    assert Override.objects.count() == before


@pytest.mark.rule("R24")
def test_a_held_seat_is_kept_ten_minutes_renewed_once_and_becomes_the_students(tenant):
    section = a_class("IT 101", capacity=1)
    enrolment, other = a_taker(), a_taker("310002")
    student = the_student(enrolment)
    now = clock.now()

    with clock.frozen_at(now):
        held = hold_seats(student, term_enrolment_id=enrolment.id, items=[item(section)])
        row_id = held.row_ids[section.id]
        assert SubjectEnrolment.objects.get().reserved_until == now + timedelta(minutes=10)
        assert refusal_of(other, section).code == "SECTION_FULL"
    with clock.frozen_at(now + timedelta(minutes=9)):
        renew_hold(student, subject_enrolment_id=row_id)
    with clock.frozen_at(now + timedelta(minutes=18, seconds=59)):
        take(enrolment, section, actor=student)
    row = SubjectEnrolment.objects.get()
    assert (row.id, row.state, row.reserved_until) == (row_id, "ENROLLED", None)


@pytest.mark.rule("R24")
def test_a_seat_that_was_held_too_long_is_free_for_the_next(tenant):
    section = a_class("IT 101", capacity=1)
    enrolment, other = a_taker(), a_taker("310002")
    now = clock.now()
    with clock.frozen_at(now):
        hold_seats(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section)])

    with clock.frozen_at(now + timedelta(minutes=10)):
        take(other, section)

    assert list(SubjectEnrolment.objects.order_by("created_at").values_list("state", flat=True)) == [
        "EXPIRED", "ENROLLED",
    ]  # fmt: skip


def test_sections_of_another_subject_or_term_and_unknown_subjects_are_refused(tenant):
    section, other = a_class("IT 101"), a_class("MATH 1")
    later = a_class("IT 101", "Z", term=an_open_term("2031-2"))
    enrolment = a_taker()
    student = the_student(enrolment)

    for wrong in (other, later):
        with pytest.raises(SectionMismatch) as refusal:
            enrol(student, term_enrolment_id=enrolment.id, items=[Item(section.subject_id, wrong.id)])
        assert (refusal.value.status, refusal.value.code) == (422, "SECTION_MISMATCH")
    for items in ([Item(new_id())], [], [item(section), item(section)]):
        with pytest.raises(Invalid):
            enrol(student, term_enrolment_id=enrolment.id, items=items)
    assert not SubjectEnrolment.objects.exists()


def test_strangers_and_other_students_enrol_nobody(tenant):
    section, enrolment, other = a_class("IT 101"), a_taker(), a_taker("310002")

    with pytest.raises(EnrolmentNotFound):
        take(enrolment, section, actor=the_student(other))
    for role in (roles.CASHIER, roles.PROFESSOR, roles.DEAN):
        with pytest.raises(Forbidden):
            take(enrolment, section, actor=a_member(role))
    assert not SubjectEnrolment.objects.exists()


def test_another_colleges_student_cannot_be_enrolled(organisation, other_organisation):
    with tenant_scope(organisation.id):
        section, enrolment = a_class("IT 101"), a_taker()
    with tenant_scope(other_organisation.id), pytest.raises(EnrolmentNotFound):
        take(enrolment, section, actor=a_registrar())


@pytest.mark.rule("R3")
def test_the_same_key_gives_the_first_answer_again(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    student, key = the_student(enrolment), Key.of("college.enrol", str(new_id()), {"cart": 1})

    answers = [
        enrol_once(
            student, key, lambda done: {"rows": [str(row) for row in done.row_ids.values()]},
            term_enrolment_id=enrolment.id, items=[item(section)],
        )
        for _ in range(3)
    ]  # fmt: skip

    assert [answer.replayed for answer in answers] == [False, True, True]
    assert len({tuple(answer.body["rows"]) for answer in answers}) == 1
    assert SubjectEnrolment.objects.count() == 1


def test_a_cart_takes_about_ten_statements(tenant, django_assert_max_num_queries):
    cart = [a_class(f"S{number}", hours=(number + 1, "08:00", "09:30")) for number in range(6)]
    enrolment = a_taker()
    student = the_student(enrolment)

    # The two of the savepoint among them, the notice, and the question whether what is owed follows the classes.
    with django_assert_max_num_queries(13):
        take(enrolment, *cart, actor=student)

    assert SubjectEnrolment.objects.filter(state="ENROLLED").count() == 6


def test_the_database_refuses_one_seat_one_unit_and_a_foreign_section_too_many(tenant):
    section, other = a_class("IT 101", capacity=1), a_class("MATH 1")
    fill(section, 1)
    enrolment, small = a_taker(), a_taker("310002", max_units=2)

    def attack(place, of, subject):
        SubjectEnrolment.objects.create(
            term_enrolment=place, subject=subject, section=of, units=3, category="MAJOR", state="ENROLLED"
        )

    for place, of, subject, code in (
        (enrolment, section, section.subject, "RB005"),
        (small, other, other.subject, "RB006"),
        (enrolment, other, section.subject, "RB004"),
    ):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            attack(place, of, subject)
        assert refused.value.__cause__.sqlstate == code
