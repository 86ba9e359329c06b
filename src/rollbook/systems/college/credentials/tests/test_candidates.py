"""The list of candidates says of everybody at once what the check before graduation says of one."""

from datetime import date
from decimal import Decimal

import pytest

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.shared.analytics.examples import rows_of
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Equivalency, Programme
from rollbook.systems.college.credentials.reads.graduation import check_of
from rollbook.systems.college.enrolment.examples import subjects, the_curriculum
from rollbook.systems.college.enrolment.services.results import ResultSet, set_result
from rollbook.systems.college.examples import a_member, a_registrar, a_student, a_term, an_enrolment
from rollbook.systems.college.grading.examples import taken_up
from rollbook.systems.college.records.models import Hold, Student, TransferCredit
from rollbook.systems.college.scheduling.examples import a_section

pytestmark = pytest.mark.django_db


class World:
    """A curriculum of two subjects, six units, and students who have come a different way through it."""

    def __init__(self):
        self.term = a_term()
        self.first, self.second, self.other = subjects("IT 101", "IT 102", "CS 102")
        self.curriculum = the_curriculum({(1, "FIRST"): [self.first, self.second]})
        Programme.objects.update(total_units_required=6)
        self.sections = {
            one.id: a_section(f"S-{one.code}", subject=one, term=self.term)
            for one in (self.first, self.second, self.other)
        }

    def student(self, number, **results):
        made = a_student(number, programme=self.curriculum.programme, term=self.term, family_name=f"Abad {number}")
        Student.objects.filter(id=made.id).update(curriculum=self.curriculum.id)
        enrolment = an_enrolment(Student.objects.get(id=made.id), self.term)
        for name, result in results.items():
            row = taken_up(enrolment, self.sections[getattr(self, name).id])
            if result:
                job = Actor.system(row.organisation_id, job="test")
                numeric = Decimal("1.75") if result == "PASSED" else None
                set_result(job, ResultSet(row.id, result, "1.75", numeric, None, date(2031, 12, 1)))
        return Student.objects.get(id=made.id)


@pytest.fixture
def world(tenant) -> World:
    return World()


def test_candidates_are_those_whom_the_check_lets_graduate_and_those_who_take_the_rest(world):
    ready = world.student("310001", first="PASSED", second="PASSED")
    world.student("310002", first="PASSED", second="")
    far = world.student("310003", first="PASSED")
    world.student("310004", first="PASSED", second="FAILED")

    assert rows_of(a_registrar(), "graduation-candidates", "number", "units_earned", "still_taken", "verdict") == [
        ("310001", Decimal("6.0"), "", "May graduate"),
        ("310002", Decimal("3.0"), "IT 102", "When this term is passed"),
    ]
    assert (check_of(ready).is_eligible, check_of(far).is_eligible) == (True, False)


def test_an_equivalent_and_a_credit_count_as_in_the_check(world):
    Equivalency.objects.create(
        subject=world.other, satisfies=world.second, effective_from=date(2020, 1, 1), reason="The same in substance"
    )
    by_equivalent = world.student("310001", first="PASSED", other="PASSED")
    by_credit = world.student("310002", first="PASSED")
    TransferCredit.objects.create(
        student=by_credit, subject=world.second, external_code="X", external_title="X", external_units=3,
        external_grade="1.0", units_granted=3, state="CREDITED", credited_on=date(2031, 8, 5),
    )  # fmt: skip

    found = rows_of(a_registrar(), "graduation-candidates", "number", "units_earned", "verdict")
    assert found == [
        ("310001", Decimal("6.0"), "May graduate"),
        ("310002", Decimal("6.0"), "May graduate"),
    ]
    assert check_of(by_equivalent).is_eligible
    assert check_of(by_credit).is_eligible


def test_what_stands_in_the_way_is_said_as_the_check_says_it(world):
    open_inc = world.student("310001", first="PASSED", second="PASSED", other="INC")
    held = world.student("310002", first="PASSED", second="PASSED")
    Hold.objects.create(
        student=held, kind=Hold.Kind.LIBRARY, blocks=["GRADUATE"], reason="A book is missing", placed_at=clock.now(),
        placed_by_id=a_registrar().user_id,
    )  # fmt: skip

    found = rows_of(a_registrar(), "graduation-candidates", "number", "hindrances", "verdict")
    assert found == [
        ("310001", "an open INC", "Something stands in the way"),
        ("310002", "a hold", "Something stands in the way"),
    ]
    assert [code for code, _fact in check_of(open_inc).reasons] == ["INC"]
    assert [code for code, _fact in check_of(held).reasons] == ["HOLD"]


def test_too_few_units_stand_in_the_way(world):
    Programme.objects.update(total_units_required=9)
    student = world.student("310001", first="PASSED", second="PASSED")

    assert rows_of(a_registrar(), "graduation-candidates", "hindrances") == [("too few units",)]
    assert [code for code, _fact in check_of(student).reasons] == ["UNITS"]


def test_what_this_term_adds_is_counted_before_units_are_too_few(world):
    Programme.objects.update(total_units_required=9)
    world.student("310001", first="PASSED", second="")
    world.student("310002", first="PASSED", second="", other="")

    assert rows_of(a_registrar(), "graduation-candidates", "number", "hindrances", "verdict") == [
        ("310001", "too few units", "Something stands in the way"),
        ("310002", "", "When this term is passed"),
    ]


def test_a_programme_head_sees_the_candidates_of_their_own_programmes(world):
    world.student("310001", first="PASSED", second="PASSED")
    head = a_member(roles.PROGRAM_HEAD, name="Hilario Uy")
    assert rows_of(head, "graduation-candidates") == []

    Programme.objects.update(head=head.membership_id)
    assert rows_of(head, "graduation-candidates", "number") == [("310001",)]
