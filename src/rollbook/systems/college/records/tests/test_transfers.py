"""From one programme to another: asked for, endorsed, decided, in effect with the enrolment of its term."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.messaging.models import Notice
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.errors import CurriculumInUse, ProgrammeInactive
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Subject, Term
from rollbook.systems.college.catalogue.services import add_equivalency, move_term, return_curriculum
from rollbook.systems.college.enrolment.examples import a_past, a_taker
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import (
    a_cashier,
    a_head_registrar,
    a_member,
    a_programme,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
)
from rollbook.systems.college.records import selectors, services
from rollbook.systems.college.records.errors import (
    CurriculumDoesNotFit,
    NoCurriculumThere,
    RequestCannotMove,
    RequestStands,
    SameProgramme,
    StudentNotActive,
    TermNotAhead,
    TransferNotFound,
)
from rollbook.systems.college.records.models import ProgrammeTransfer, Student

WHY = "Accounting suits me better than computing"
NO = "There is no place in that year"


@pytest.fixture
def college(tenant, frozen_clock):
    """Two programmes with a curriculum each, sharing one subject; a term that comes."""
    frozen_clock(datetime(2031, 7, 1, 2, tzinfo=UTC))
    it, ba = a_programme("BSIT"), a_programme("BSA")
    a_term("2030-1", state=Term.State.CLOSED)
    a_term("2031-1", state=Term.State.SETUP)
    ge, it1, acc, law = a_subject("GE 1"), a_subject("IT 101"), a_subject("ACC 101"), a_subject("LAW 101")
    a_curriculum(it, {(1, "FIRST"): [ge, it1]}, name="BSIT 2030", year="2030-2031")
    a_curriculum(ba, {(1, "FIRST"): [ge, acc], (1, "SECOND"): [law]}, name="BSA 2030", year="2030-2031")
    return tenant


def herself(student):
    return a_member(roles.STUDENT, name="Juana Dela Cruz", person_id=student.person_id)


def a_dean():
    return a_member(roles.DEAN, name="Dolores Reyes")


def asked(student, programme="BSA", term="2031-1", **more):
    return services.request_transfer(
        herself(student), to_programme_id=Programme.objects.get(code=programme).id,
        effective_term_id=Term.objects.get(code=term).id, reason=WHY, **more,
    )  # fmt: skip


def endorsed(student, **more):
    return services.endorse_transfer(a_dean(), transfer_id=asked(student, **more).id, approve=True)


def decided(transfer, by=None, **more):
    return services.decide_transfer(by or a_registrar(), transfer_id=transfer.id, approve=True, **more)


def opened(code="2031-1"):
    return move_term(an_administrator(), term_id=Term.objects.get(code=code).id, state="ENROLMENT_OPEN")


def followed(student):
    return Student.objects.filter(id=student.id).values_list("programme__code", "curriculum__name").get()


def test_a_transfer_is_endorsed_decided_and_begins_when_its_term_opens(college):
    student = a_student("310001", programme=Programme.objects.get(code="BSIT"))
    transfer = endorsed(student)
    assert decided(transfer).state == "APPROVED"
    assert followed(student) == ("BSIT", "BSIT 2030")

    opened()

    transfer.refresh_from_db()
    assert (transfer.state, str(transfer.effective_on)) == ("EFFECTIVE", "2031-07-01")
    assert followed(student) == ("BSA", "BSA 2030")
    told = Notice.objects.filter(kind="REQUEST", recipient=student.person_id).order_by("created_at", "id")
    assert [notice.facts["state"] for notice in told] == ["ENDORSED", "APPROVED", "EFFECTIVE"]
    entry = AuditEntry.objects.get(action="college.programme_changed")
    assert entry.changes["programme_id"]["before"] == str(transfer.from_programme_id)


def test_in_a_term_that_is_open_a_transfer_begins_at_once(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    opened()

    assert decided(endorsed(student)).state == "EFFECTIVE"
    assert followed(student) == ("BSA", "BSA 2030")


@pytest.mark.rule("R20")
def test_subjects_are_evaluated_for_the_new_curriculum(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    by_code = {row.code: row for row in Subject.objects.all()}
    a_past(student, by_code["GE 1"], "PASSED", numeric="2.00")
    a_past(student, by_code["IT 101"], "PASSED", numeric="1.75")
    cost = a_subject("COST 1")
    a_past(student, cost, "PASSED", numeric="2.25")
    add_equivalency(
        a_head_registrar(), subject_id=cost.id, satisfies_id=by_code["ACC 101"].id, is_two_way=False,
        effective_from=datetime(2030, 1, 1, tzinfo=UTC).date(),
    )  # fmt: skip

    found = decided(endorsed(student)).evaluation

    assert [(row["code"], row["by"], row["how"]) for row in found["counted"]] == [
        ("ACC 101", "COST 1", "PASSED"), ("GE 1", "GE 1", "PASSED"),
    ]  # fmt: skip
    assert found["outside"] == ["IT 101"]
    assert [row["codes"] for row in found["missing"]] == [["LAW 101"]]
    assert (found["earned_units"], found["missing_units"], found["required_units"]) == ("9", "3", "9")


@pytest.mark.rule("R28")
def test_terms_to_come_follow_the_student_and_those_before_stay(college):
    programme = Programme.objects.get(code="BSIT")
    student = a_student("310001", programme=programme)
    opened()
    next_term = a_term("2031-2", state=Term.State.SETUP)
    now = a_taker("310001", curriculum=Curriculum.objects.get(name="BSIT 2030"))
    later = TermEnrolment.objects.create(
        student=student, term=next_term, programme=programme, curriculum_id=student.curriculum_id, state="ACTIVE",
        created_via="REGISTRAR", advising_state="APPROVED",
    )  # fmt: skip
    transfer = decided(endorsed(student, term="2031-2"))

    opened("2031-2")

    now.refresh_from_db()
    later.refresh_from_db()
    transfer.refresh_from_db()
    assert (now.programme.code, later.programme.code) == ("BSIT", "BSA")
    assert (later.curriculum_id, later.advising_state) == (transfer.curriculum_id, "DRAFT")
    assert later.regularity == "IRREGULAR"
    assert "GE 1" in " ".join(later.irregular_reasons)


def test_the_head_of_the_programme_that_takes_the_student_endorses_and_no_other(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    transfer = asked(student)
    head, other = a_member(roles.PROGRAM_HEAD), a_member(roles.PROGRAM_HEAD)
    Programme.objects.filter(code="BSA").update(head=head.membership_id)
    Programme.objects.filter(code="BSIT").update(head=other.membership_id)

    with pytest.raises(Forbidden):
        services.endorse_transfer(other, transfer_id=transfer.id, approve=True)
    with pytest.raises(TransferNotFound):
        services.endorse_transfer(a_member(roles.PROGRAM_HEAD), transfer_id=transfer.id, approve=True)
    assert services.endorse_transfer(head, transfer_id=transfer.id, approve=True).state == "ENDORSED"


def test_whoever_endorsed_does_not_decide_and_nobody_their_own(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    both = a_member(roles.DEAN, roles.REGISTRAR)
    transfer = services.endorse_transfer(both, transfer_id=asked(student).id, approve=True)

    with pytest.raises(SelfApproval):
        decided(transfer, both)
    herself_too = a_member(roles.STUDENT, roles.REGISTRAR, person_id=student.person_id)
    with pytest.raises(SelfApproval):
        decided(transfer, herself_too)
    with pytest.raises(IntegrityError, match="college_transfer_two_people"), transaction.atomic():
        ProgrammeTransfer.objects.filter(id=transfer.id).update(decided_by=both.user_id)


def test_what_was_not_endorsed_is_not_decided(college):
    transfer = asked(a_student(programme=Programme.objects.get(code="BSIT")))

    with pytest.raises(RequestCannotMove):
        decided(transfer)


def test_declined_says_why_and_the_student_may_ask_again(college):
    student = a_student("310001", programme=Programme.objects.get(code="BSIT"))
    transfer = asked(student)
    with pytest.raises(RequestStands):
        asked(student)
    with pytest.raises(Invalid):
        services.endorse_transfer(a_dean(), transfer_id=transfer.id, approve=False, note="no")

    declined = services.endorse_transfer(a_dean(), transfer_id=transfer.id, approve=False, note=NO)
    assert (declined.state, declined.endorsement) == ("DECLINED", NO)

    second = services.endorse_transfer(a_dean(), transfer_id=asked(student).id, approve=True)
    assert services.decide_transfer(a_registrar(), transfer_id=second.id, approve=False, note=NO).state == "DECLINED"
    assert followed(student) == ("BSIT", "BSIT 2030")


def test_a_transfer_is_taken_back_before_it_begins(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    transfer = decided(endorsed(student))

    services.take_back_transfer(herself(student), transfer_id=transfer.id)
    opened()

    assert followed(student) == ("BSIT", "BSIT 2030")
    with pytest.raises(RequestCannotMove):
        services.take_back_transfer(herself(student), transfer_id=transfer.id)


def test_what_cannot_be_is_refused_and_nothing_is_kept(college):
    student = a_student("310001", programme=Programme.objects.get(code="BSIT"))
    a_programme("OLD", is_active=False)
    a_programme("NEW")

    with pytest.raises(SameProgramme):
        asked(student, "BSIT")
    with pytest.raises(ProgrammeInactive):
        asked(student, "OLD")
    with pytest.raises(NoCurriculumThere):
        asked(student, "NEW")
    with pytest.raises(TermNotAhead):
        asked(student, term="2030-1")
    Student.objects.filter(id=student.id).update(status="LOA")
    with pytest.raises(StudentNotActive):
        asked(student)
    assert not ProgrammeTransfer.objects.exists()


def test_the_curriculum_is_one_in_force_of_the_new_programme(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    transfer = endorsed(student)
    own = student.curriculum_id

    with pytest.raises(CurriculumDoesNotFit):
        decided(transfer, curriculum_id=own)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.curriculum_id) == ("ENDORSED", None)


def test_a_curriculum_that_a_transfer_leads_to_stays_as_it_is(college):
    transfer = decided(endorsed(a_student(programme=Programme.objects.get(code="BSIT"))))

    with pytest.raises(CurriculumInUse):
        return_curriculum(a_head_registrar(), curriculum_id=transfer.curriculum_id, reason=WHY)


def test_a_programme_is_not_edited_in_place_also_not_past_the_services(college):
    student = a_student(programme=Programme.objects.get(code="BSIT"))
    other = Programme.objects.get(code="BSA")

    with pytest.raises(DatabaseError, match="a programme changes by an approved transfer only"), transaction.atomic():
        Student.objects.filter(id=student.id).update(programme=other.id, curriculum=None)
    transfer = endorsed(student)
    with pytest.raises(IntegrityError, match="college_transfer_curriculum_fits"), transaction.atomic():
        ProgrammeTransfer.objects.filter(id=transfer.id).update(curriculum=student.curriculum_id)


def test_a_student_moves_to_another_version_of_the_same_programme(college):
    programme = Programme.objects.get(code="BSIT")
    student = a_student("310001", programme=programme)
    newer = a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 110")]}, name="BSIT 2031", year="2031-2032")
    foreign = Programme.objects.get(code="BSA")
    other = a_curriculum(foreign, {(1, "FIRST"): [a_subject("ACC 110")]}, name="BSA 2031", year="2031-2032")

    with pytest.raises(CurriculumDoesNotFit):
        services.change_curriculum(a_registrar(), student_id=student.id, curriculum_id=other.id, reason=WHY)
    with pytest.raises(Forbidden):
        services.change_curriculum(a_cashier(), student_id=student.id, curriculum_id=newer.id, reason=WHY)

    services.change_curriculum(a_registrar(), student_id=student.id, curriculum_id=newer.id, reason=WHY)
    assert followed(student) == ("BSIT", "BSIT 2031")
    assert AuditEntry.objects.get(action="college.curriculum_changed").reason == WHY


def test_strangers_find_no_transfer(college):
    student, other = a_student("310001", programme=Programme.objects.get(code="BSIT")), a_student("310002")
    transfer = asked(student)

    with pytest.raises(TransferNotFound):
        selectors.get_transfer(herself(other), transfer.id)
    with pytest.raises(Forbidden):
        selectors.get_transfer(a_cashier(), transfer.id)
    assert selectors.get_transfer(a_dean(), transfer.id).id == transfer.id


def test_a_transfer_of_one_college_is_none_in_another(organisation, other_organisation):
    with tenant_scope(organisation.id):
        student = a_student(programme=a_programme("BSIT"), term=a_term(state=Term.State.SETUP))
        other = a_programme("BSA")
        a_curriculum(other, {(1, "FIRST"): [a_subject("ACC 101")]})
        transfer = asked(student)
    with tenant_scope(other_organisation.id):
        dean = a_dean()
        with pytest.raises(TransferNotFound):
            services.endorse_transfer(dean, transfer_id=transfer.id, approve=True)
