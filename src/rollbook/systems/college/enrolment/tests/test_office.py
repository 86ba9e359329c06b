"""Advising, overload, blocks and placement, students taken over, cancelled terms, rosters, what the schedule asks."""

from datetime import timedelta
from decimal import Decimal

import pytest

from rollbook.core import clock
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.services import decide
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.identity.models import Membership
from rollbook.core.policies.models import PolicyVersion
from rollbook.shared.jobs import register
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.events import SubjectMeasuresChanging
from rollbook.systems.college.catalogue.examples import a_prerequisite
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.enrolment import jobs, selectors
from rollbook.systems.college.enrolment.errors import (
    AdvisingCannotMove,
    BlockFull,
    BlockNotFound,
    ClassesHaveBegun,
    EnrolmentNotFound,
    NotGraduating,
    NotRegular,
    PlacedAlready,
    SectionNotFound,
    SubjectInUse,
)
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
    the_system,
    today,
)
from rollbook.systems.college.enrolment.models import AdvisingItem, SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.roll import EnrolmentRoll
from rollbook.systems.college.enrolment.services import open_term_enrolment
from rollbook.systems.college.enrolment.services.advising import approve_lists, return_list, submit_list
from rollbook.systems.college.enrolment.services.cancelling import cancel_term_enrolment
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.enrolment.services.overload import request_overload
from rollbook.systems.college.enrolment.services.placing import pick_block, place_unpicked
from rollbook.systems.college.enrolment.services.rechecking import recheck_provisional, refuse_change_of_taken_subject
from rollbook.systems.college.enrolment.services.results import ResultSet, set_results
from rollbook.systems.college.enrolment.services.rolling_over import create_term_enrolments
from rollbook.systems.college.enrolment.services.waiting import join_waitlist
from rollbook.systems.college.examples import a_head_registrar, a_member, a_registrar, a_student, a_term
from rollbook.systems.college.records.models import Override, Student
from rollbook.systems.college.records.services import place_hold
from rollbook.systems.college.scheduling.examples import a_professor
from rollbook.systems.college.scheduling.models import Block, Section, TermSchedule
from rollbook.systems.college.scheduling.rules import Slot

REASON = "Graduates with this term"


def a_programme_head():
    head = a_member(roles.PROGRAM_HEAD, name="Pia Lopez")
    Programme.objects.update(head=head.membership_id)
    return head


def take(enrolment, *sections, **options):
    done = enrol(
        the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(one) for one in sections], **options
    )
    return [done.row_ids[section.id] for section in sections]


def test_a_list_is_submitted_returned_submitted_again_and_approved(tenant):
    first, second = subjects("IT 101", "MATH 1")
    a_class(first)
    enrolment, head = a_taker(regularity="IRREGULAR"), a_programme_head()
    student = the_student(enrolment)

    submit_list(student, term_enrolment_id=enrolment.id)
    assert list(AdvisingItem.objects.order_by("position").values_list("subject__code", "reason", "is_required")) == [
        ("IT 101", "DUE", True), ("MATH 1", "DUE", True),
    ]  # fmt: skip
    with pytest.raises(AdvisingCannotMove):
        submit_list(student, term_enrolment_id=enrolment.id)
    with pytest.raises(Invalid):
        return_list(head, term_enrolment_id=enrolment.id, reason="no")
    returned = return_list(head, term_enrolment_id=enrolment.id, reason="Take the laboratory as well")
    assert (returned.advising_state, returned.advising_note) == ("RETURNED", "Take the laboratory as well")
    submit_list(student, term_enrolment_id=enrolment.id, subject_ids=[second.id])
    (approved,) = approve_lists(head, term_enrolment_ids=[enrolment.id])
    assert (approved.advising_state, approved.advising_note) == ("APPROVED", "")
    assert AdvisingItem.objects.get().agreed_roles == ["program_head"]
    assert AuditEntry.objects.filter(action__startswith="college.advising").count() == 4


def test_what_the_adviser_agreed_to_may_be_taken_though_the_curriculum_does_not_name_it(tenant):
    own, strange = subjects("IT 101", "ART 1")
    the_curriculum({(1, "FIRST"): [own]})
    a_prerequisite(strange, "permission:program_head")
    section, enrolment, head = a_class(strange), a_taker(), a_programme_head()
    submit_list(the_student(enrolment), term_enrolment_id=enrolment.id, subject_ids=[strange.id])
    assert AdvisingItem.objects.get().reason == "CHOSEN"
    approve_lists(head, term_enrolment_ids=[enrolment.id])

    assert take(enrolment, section)


def test_many_lists_are_approved_at_once_or_none_and_only_of_ones_own_programmes(tenant):
    subjects("IT 101")
    one, two, head = a_taker("310001"), a_taker("310002"), a_programme_head()
    submit_list(the_student(one), term_enrolment_id=one.id)

    with pytest.raises(AdvisingCannotMove):
        approve_lists(head, term_enrolment_ids=[one.id, two.id])
    assert TermEnrolment.objects.get(id=one.id).advising_state == "SUBMITTED"
    submit_list(the_student(two), term_enrolment_id=two.id)
    with pytest.raises(EnrolmentNotFound):
        approve_lists(a_member(roles.PROGRAM_HEAD), term_enrolment_ids=[one.id, two.id])
    with pytest.raises(Forbidden):
        approve_lists(a_member(roles.CASHIER), term_enrolment_ids=[one.id])
    approve_lists(head, term_enrolment_ids=[one.id, two.id])
    assert set(TermEnrolment.objects.values_list("advising_state", flat=True)) == {"APPROVED"}


@pytest.mark.rule("R19")
@pytest.mark.example("college", 18)
def test_an_overload_takes_two_people_a_graduating_student_and_at_most_36_units(tenant):
    many = subjects(*(f"S{number:02d}" for number in range(13)))
    enrolment, head = a_taker(curriculum=the_curriculum({(1, "FIRST"): many})), a_programme_head()

    with pytest.raises(NotGraduating) as refusal:
        request_overload(head, term_enrolment_id=enrolment.id, units=Decimal(36), reason=REASON)
    assert refusal.value.facts["remaining"] == "39"
    a_past(enrolment.student, many[0], "PASSED")
    for wrong in (Decimal(30), Decimal("36.5"), Decimal(37)):
        with pytest.raises(Invalid):
            request_overload(head, term_enrolment_id=enrolment.id, units=wrong, reason=REASON)
    with pytest.raises(EnrolmentNotFound):
        request_overload(a_member(roles.PROGRAM_HEAD), term_enrolment_id=enrolment.id, units=Decimal(36), reason=REASON)
    request = request_overload(head, term_enrolment_id=enrolment.id, units=Decimal(36), reason=REASON)
    assert TermEnrolment.objects.get(id=enrolment.id).max_units == 30

    with pytest.raises((SelfApproval, Forbidden)):
        decide(head, request.id, approve=True)
    decide(a_head_registrar(), request.id, approve=True)

    enrolment.refresh_from_db()
    override = Override.objects.get(kind="UNIT_OVERLOAD")
    assert (enrolment.max_units, override.granted_by_id) == (Decimal(36), head.user_id)
    assert override.approved_by_id not in (None, head.user_id)


def _blocks(term, seats=2):
    made = []
    for code, session in (("BSIT-1A", "AM"), ("BSIT-1B", "PM")):
        block = Block.objects.create(
            term=term, programme=Programme.objects.get(), year_level=1, code=code, session=session
        )
        for number, subject in enumerate(subjects("IT 101", "MATH 1")):
            hours = (number + 1, "08:00" if session == "AM" else "13:00", "09:30" if session == "AM" else "14:30")
            a_class(subject, code[-2:], hours=hours, term=term, block=block, capacity=seats)
        made.append(block)
    return made


@pytest.mark.rule("R23")
def test_a_block_is_taken_whole_or_not_at_all_and_the_other_half_of_the_day_is_offered(tenant):
    subjects("IT 101", "MATH 1")
    enrolment, other = a_taker(), a_taker("310002")
    morning, afternoon = _blocks(enrolment.term, seats=1)
    pick_block(the_student(enrolment), term_enrolment_id=enrolment.id, block_id=morning.id)

    with pytest.raises(BlockFull, match="BSIT-1B in the other half of the day still has seats"):
        pick_block(the_student(other), term_enrolment_id=other.id, block_id=morning.id)
    assert not SubjectEnrolment.objects.filter(term_enrolment=other).exists()
    pick_block(the_student(other), term_enrolment_id=other.id, block_id=afternoon.id)
    assert SubjectEnrolment.objects.filter(term_enrolment=other, section__block=afternoon).count() == 2


@pytest.mark.rule("R23")
def test_blocks_are_for_regular_students_of_the_programme_and_year(tenant):
    subjects("IT 101", "MATH 1")
    irregular, second_year = a_taker(regularity="IRREGULAR"), a_taker("310002", year_level=2)
    morning, _afternoon = _blocks(irregular.term)

    with pytest.raises(NotRegular):
        pick_block(the_student(irregular), term_enrolment_id=irregular.id, block_id=morning.id)
    with pytest.raises(BlockNotFound):
        pick_block(the_student(second_year), term_enrolment_id=second_year.id, block_id=morning.id)


@pytest.mark.rule("R23")
def test_when_picking_is_over_those_who_picked_nothing_are_placed_and_failures_are_listed(tenant):
    subjects("IT 101", "MATH 1")
    regular, irregular = a_taker("310001"), a_taker("310002", regularity="IRREGULAR", advising_state="APPROVED")
    held, picked = a_taker("310003"), a_taker("310004")
    _blocks(regular.term, seats=4)
    place_hold(a_registrar(), student_id=held.student_id, kind="LIBRARY", blocks=["ENROL"], reason="Books are out")
    take(picked, Section.objects.filter(subject__code="IT 101").first())
    schedule = TermSchedule.objects.create(
        term=regular.term, is_published=True, published_at=clock.now(), picking_opens_at=clock.now() - timedelta(3),
        picking_closes_at=clock.now() + timedelta(minutes=1),
    )  # fmt: skip

    with pytest.raises(PlacedAlready):
        place_unpicked(the_system(), term_id=regular.term_id)
    assert jobs.terms_to_place() == []
    TermSchedule.objects.filter(id=schedule.id).update(picking_closes_at=clock.now() - timedelta(seconds=1))
    assert jobs.terms_to_place() == [regular.term_id]
    outcome = place_unpicked(the_system(), term_id=regular.term_id)

    assert (set(outcome.placed), [(one.term_enrolment_id, one.code) for one in outcome.failed]) == (
        {regular.id, irregular.id}, [(held.id, "HOLD")],
    )  # fmt: skip
    assert SubjectEnrolment.objects.filter(term_enrolment=regular, section__block__isnull=False).count() == 2
    assert SubjectEnrolment.objects.filter(term_enrolment=irregular, state="ENROLLED").count() == 2
    assert SubjectEnrolment.objects.filter(term_enrolment=picked).count() == 1
    assert jobs.terms_to_place() == []


@pytest.mark.rule("R28")
@pytest.mark.rule("R29")
def test_returning_students_are_taken_over_with_their_year_and_regularity_like_one_by_one(tenant):
    first, second, third = subjects("A", "B", "C")
    curriculum = the_curriculum({(1, "FIRST"): [first], (1, "SECOND"): [second], (2, "FIRST"): [third]})
    earlier, students = a_term("2030-1", state="CLOSED"), []
    for number in range(4):
        student = a_student(
            f"31000{number}", programme=curriculum.programme, term=earlier, given_name="Abcd"[: number + 1]
        )
        Student.objects.filter(id=student.id).update(curriculum=curriculum.id)
        students.append(student)
    good, failed, away, held = students
    for subject in (first, second):
        a_past(good, subject, "PASSED")
        a_past(failed, subject, "FAILED" if subject == second else "PASSED")
        a_past(away, subject, "PASSED")
        a_past(held, subject, "PASSED")
    Student.objects.filter(id=away.id).update(status="LOA")
    place_hold(a_registrar(), student_id=held.id, kind="FINANCIAL", blocks=["ENROL"], reason="Old balance")
    term = an_open_term()

    done = create_term_enrolments(a_head_registrar(), term_id=term.id)

    assert (done.opened, done.irregular) == (2, 1)
    rows = {row.student_id: row for row in TermEnrolment.objects.filter(term=term)}
    assert (rows[good.id].year_level, rows[good.id].regularity, rows[good.id].curriculum_id) == (
        2, "REGULAR", curriculum.id,
    )  # fmt: skip
    assert rows[failed.id].irregular_reasons == ["To be taken again: B"]
    assert create_term_enrolments(a_head_registrar(), term_id=term.id).opened == 0

    later = an_open_term("2031-2")
    single = open_term_enrolment(a_registrar(), student_id=failed.id, term_id=later.id, created_via="BATCH")
    same = ("programme_id", "curriculum_id", "year_level", "max_units", "created_via", "state", "advising_state")
    single.refresh_from_db()
    assert [getattr(single, name) for name in same] == [getattr(rows[failed.id], name) for name in same]


def test_only_the_head_registrar_and_administrators_take_students_over(tenant):
    term = an_open_term()

    for role in (roles.REGISTRAR, roles.STUDENT, roles.CASHIER):
        with pytest.raises(Forbidden):
            create_term_enrolments(a_member(role), term_id=term.id)


@pytest.mark.rule("R62")
def test_a_term_is_cancelled_before_its_classes_and_the_seats_pass_on(tenant):
    section, other = a_class("IT 101", capacity=1), a_class("MATH 1")
    Term.objects.update(starts_on=today() + timedelta(days=3), ends_on=today() + timedelta(days=99))
    enrolment, waiting = a_taker(), a_taker("310002")
    take(enrolment, section, other)
    place = join_waitlist(the_student(waiting), term_enrolment_id=waiting.id, section_id=section.id)

    for role in (roles.STUDENT, roles.CASHIER, roles.PROGRAM_HEAD):
        with pytest.raises(Forbidden):
            cancel_term_enrolment(a_member(role), term_enrolment_id=enrolment.id, reason="Moves to another town")
    cancelled = cancel_term_enrolment(a_registrar(), term_enrolment_id=enrolment.id, reason="Moves to another town")

    assert cancelled.state == "CANCELLED"
    assert set(enrolment.subjects.values_list("state", flat=True)) == {"DROPPED"}
    place.refresh_from_db()
    assert place.state == "OFFERED"


@pytest.mark.rule("R62")
def test_a_term_whose_classes_began_is_not_cancelled(tenant):
    enrolment = a_taker(term=an_open_term(starts_on=today(), ends_on=today() + timedelta(days=99)))

    with pytest.raises(ClassesHaveBegun):
        cancel_term_enrolment(a_registrar(), term_enrolment_id=enrolment.id, reason="Moves to another town")
    assert TermEnrolment.objects.get(id=enrolment.id).state == "ACTIVE"


def test_a_professor_sees_who_is_in_the_own_classes_only(tenant):
    teacher = a_member(roles.PROFESSOR, name="Paz Aquino")
    professor = a_professor(member=teacher)
    own, other = a_class("IT 101", professor=professor), a_class("MATH 1")
    enrolment = a_taker()
    take(enrolment, own, other)
    teacher = type(teacher)(**{
        **{name: getattr(teacher, name) for name in teacher.__slots__}, "person_id": professor.person_id,
    })  # fmt: skip
    assert Membership.objects.get(id=teacher.membership_id).person_id == professor.person_id

    section, rows = selectors.roster_of(teacher, own.id)
    assert (section.id, [row.term_enrolment_id for row in rows]) == (own.id, [enrolment.id])
    with pytest.raises(SectionNotFound):
        selectors.roster_of(teacher, other.id)
    with pytest.raises(Forbidden):
        selectors.roster_of(a_member(roles.CASHIER), own.id)
    assert selectors.roster_of(a_registrar(), other.id)[1].count() == 1


@pytest.mark.rule("R12")
def test_a_subject_that_somebody_takes_keeps_its_units(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    event = SubjectMeasuresChanging(actor=a_registrar(), subject_id=section.subject_id, code="IT 101")
    refuse_change_of_taken_subject(event)
    take(enrolment, section)

    with pytest.raises(SubjectInUse):
        refuse_change_of_taken_subject(event)


@pytest.mark.rule("R20")
def test_a_provisional_class_becomes_firm_or_is_dropped_when_the_result_is_there(tenant):
    PolicyVersion.objects.create(
        key="college.allow_provisional", number=1, value=True, before=False,
        effective_from=clock.now() - timedelta(days=1),
        reason="A trial", author_id=a_registrar().user_id,
    )  # fmt: skip
    before, after = subjects("A", "B")
    a_prerequisite(after, "A")
    section = a_class(after)
    Term.objects.filter(code="2031-1").update(starts_on=today() + timedelta(5), ends_on=today() + timedelta(90))
    good, bad = a_taker("310001"), a_taker("310002")
    running = [a_past(enrolment.student, before, "") for enrolment in (good, bad)]
    for enrolment in (good, bad):
        take(enrolment, section)
    assert SubjectEnrolment.objects.filter(subject=after, is_provisional=True).count() == 2
    assert recheck_provisional(the_system()).firm == ()

    set_results(
        the_system(),
        [
            ResultSet(row.id, result, symbol, Decimal(symbol), None, today())
            for row, result, symbol in ((running[0], "PASSED", "2.00"), (running[1], "FAILED", "5.00"))
        ],
    )  # fmt: skip
    done = recheck_provisional(the_system())

    assert (len(done.firm), len(done.dropped)) == (1, 1)
    assert good.subjects.get().is_provisional is False
    assert bad.subjects.get().state == "DROPPED"


def test_the_jobs_of_enrolment_stand_on_their_schedules_and_do_their_work(tenant):
    schedules = {
        name: found.schedule for name, found in register.jobs().items() if name.startswith("college.enrolment")
    }
    assert schedules == {
        jobs.WAITLIST_OFFERS: "* * * * *", jobs.AUTO_PLACE: "15 * * * *", jobs.RECHECK: None, jobs.TAKE_OVER: None,
        jobs.LAPSE_ABSENT: "40 0 * * *",
    }  # fmt: skip
    section, enrolment = a_class("IT 101", capacity=1), a_taker()
    fill(section, 1)
    place = join_waitlist(the_student(enrolment), term_enrolment_id=enrolment.id, section_id=section.id)
    Section.objects.filter(id=section.id).update(capacity=2)

    assert jobs.waitlist_offers.function(organisation_id=tenant.id) == 1
    assert jobs.waitlist_offers.function(organisation_id=tenant.id) == 0
    assert jobs.auto_place_unpicked.function(organisation_id=tenant.id) == 0
    assert jobs.provisional_recheck.function(organisation_id=tenant.id) == 0
    assert jobs.lapse.function(organisation_id=tenant.id) == 0
    assert jobs.take_over.function(organisation_id=tenant.id, term_id=an_open_term("2031-2").id) == 2
    place.refresh_from_db()
    assert place.state == "OFFERED"


def test_the_schedule_learns_who_is_in_which_class_and_whose_hours_would_overlap(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1", hours=(1, "10:00", "11:00"))
    enrolment, roll = a_taker(), EnrolmentRoll()
    take(enrolment, one, two)
    fill(two, 1)

    assert roll.seats_taken([one.id, two.id]) == {one.id: 1, two.id: 2}
    assert sorted(roll.sections_of(enrolment.student.person_id)) == sorted([one.id, two.id])
    moved = Slot(1, 9 * 60, 10 * 60 + 30, enrolment.term.starts_on, enrolment.term.ends_on)
    assert [(row.student_number, row.other_class) for row in roll.student_conflicts(one.id, [moved])] == [
        ("310001", "MATH 1 A"),
    ]  # fmt: skip
    assert roll.student_conflicts(one.id, [Slot(2, 540, 600, moved.from_date, moved.to_date)]) == []
    assert [(demand.year_level, demand.students) for demand in roll.expected_students(enrolment.term_id)] == [(1, 2)]
    assert roll.overlapping_students(enrolment.term_id) == []
    clash = a_class("ART 1", hours=(1, "08:30", "09:00"))
    SubjectEnrolment.objects.create(
        term_enrolment=enrolment, subject=clash.subject, section=clash, units=3, category="MAJOR", state="ENROLLED"
    )
    assert {row.student_number for row in roll.overlapping_students(enrolment.term_id)} == {"310001"}
