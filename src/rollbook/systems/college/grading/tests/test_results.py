"""Averages in the database, proved by the rules that are written apart from the statements."""

import random
from datetime import date
from decimal import Decimal

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.policies import services as policies
from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.services.results import ResultSet, set_results
from rollbook.systems.college.examples import an_administrator, an_enrolment
from rollbook.systems.college.grading.events import ResultsDiffered
from rollbook.systems.college.grading.examples import (
    a_class,
    a_graded_subject,
    a_grading_term,
    finalised,
    some_students,
    taken_up,
    the_job,
)
from rollbook.systems.college.grading.models import CumulativeResult, TermResult
from rollbook.systems.college.grading.rules.averages import sums
from rollbook.systems.college.grading.rules.scales import outcome
from rollbook.systems.college.grading.scales import scale_in_force
from rollbook.systems.college.grading.services.results import FIGURES, attempts_of, figures, recompute, reconcile
from rollbook.systems.college.records.models import TransferCredit
from rollbook.systems.college.scheduling.examples import a_section

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")


def the_average(student) -> tuple[Decimal | None, Decimal | None]:
    row = CumulativeResult.objects.get(student=student.id)
    return row.gpa, row.gpa_shown


@pytest.mark.rule("R51")
@pytest.mark.example("college", 27)
def test_the_average_of_the_rule_book_as_it_is_stored_and_shown():
    term = a_grading_term()
    [student] = some_students(1, term)
    for number, (units, grade) in enumerate([(3, "1.25"), (3, "1.75"), (3, "2.00"), (2, "INC"), (5, "1.50")]):
        finalised(a_class([student], code=f"IT10{number}", units=units), grade)

    assert the_average(student) == (Decimal("1.6071"), Decimal("1.6100"))
    result = TermResult.objects.get(student=student.id, term=term.id)
    assert (result.quality_points, result.gpa_units) == (Decimal("22.50"), Decimal(14))
    assert (result.units_attempted, result.units_earned, result.units_failed) == (16, 14, 0)


@pytest.mark.rule("R51")
@pytest.mark.example("college", 28)
def test_a_half_is_rounded_up_from_the_ratio_and_no_units_are_no_average():
    term = a_grading_term()
    one, other = some_students(2, term)
    finalised(a_class([one, other], code="IT101"), "1.00", "INC")
    finalised(a_class([one], code="IT102"), "1.25")

    assert the_average(one) == (Decimal("1.1250"), Decimal("1.1300"))
    assert the_average(other) == (None, None)


@pytest.mark.rule("R52")
@pytest.mark.example("college", 30)
@pytest.mark.parametrize(("policy", "expected"), [("ALL", "2.8333"), ("LATEST", "1.7500"), ("BEST", "1.7500")])
def test_the_policy_for_repeats_decides_which_attempts_count(policy, expected):
    if policy != "ALL":
        policies.change(an_administrator(), "college.repeat_policy", policy, None, "Decided by the council")
    term, second = a_grading_term(), a_grading_term("2026-2")
    [student] = some_students(1, term)
    repeated = a_graded_subject("IT101")
    finalised(a_class([student], subject=repeated, term=term), "5.00")
    finalised(a_class([student], code="IT102", term=term), "1.50")
    again = a_class([], subject=repeated, term=second)
    again.taken.append(taken_up(an_enrolment(student, second), again.section, attempt_no=2))
    finalised(again, "2.00")

    assert the_average(student)[0] == Decimal(expected)
    # What a term was stays what it was: the repeated subject counts in the term in which it was failed.
    assert TermResult.objects.get(student=student.id, term=term.id).gpa == Decimal("3.2500")


def some_history(students: int, seed: int) -> list:
    """Students with several terms of random results, repeats and several sections, written as grading writes them."""
    chance = random.Random(seed)
    scale = scale_in_force(date(2026, 8, 31))
    terms = [a_grading_term(code) for code in ("2024-1", "2024-2", "2025-1", "2026-1")]
    subjects = [
        a_graded_subject(f"S{number:03}", units=1 + number % 5, allows_several_sections=number == 7,
                         counts_in_gpa=number != 3)
        for number in range(12)
    ]  # fmt: skip
    sections = {
        (term.id, subject.id): a_section("A", subject=subject, term=term, state="OPEN")
        for term in terms
        for subject in subjects
    }
    people = some_students(students, terms[0])
    values = [value for value in scale.values if value.kind in {"NUMERIC", "INC", "NO_GRADE", "PASS", "FAIL"}]
    results = []
    for student in people:
        seen: dict = {}
        for term in terms:
            enrolment = an_enrolment(student, term)
            for subject in chance.sample(subjects, chance.randint(0, 7)):
                seen[subject.id] = seen.get(subject.id, 0) + 1
                row = taken_up(
                    enrolment, sections[term.id, subject.id], attempt_no=seen[subject.id],
                    allows_several_sections=subject.allows_several_sections,
                )  # fmt: skip
                if chance.random() < 0.9:
                    value = chance.choice(values)
                    results.append(
                        ResultSet(row.id, outcome(value), value.symbol, value.numeric, scale.id, date(2026, 8, 31))
                    )
    set_results(the_job(), results)
    return people


@pytest.mark.rule("R51", "R52", "R53")
@pytest.mark.parametrize("policy", ["ALL", "LATEST", "BEST"])
@pytest.mark.parametrize("seed", range(3))
def test_the_statement_and_the_rules_agree_row_by_row(policy, seed):
    if policy != "ALL":
        policies.change(an_administrator(), "college.repeat_policy", policy, None, "Decided by the council")
    people = some_history(12, seed)

    recompute(the_job(), [student.id for student in people])

    attempts = attempts_of(student.id for student in people)
    for student in people:
        rows = attempts.get(student.id, [])
        if not rows:
            continue
        stored = CumulativeResult.objects.filter(student=student.id).values_list(*FIGURES).get()
        assert stored == figures(sums([attempt for _, attempt in rows], policy), 4, 2)
        for term_id in {term_id for term_id, _ in rows}:
            of_term = [attempt for of, attempt in rows if of == term_id]
            stored = TermResult.objects.filter(student=student.id, term=term_id).values_list(*FIGURES).get()
            assert stored == figures(sums(of_term, policy), 4, 2)
    assert reconcile(the_job()).differing == ()


@pytest.mark.rule("R53")
def test_many_students_at_once_and_one_after_the_other_leave_the_same_rows(statements_of):
    people = some_history(8, seed=5)

    def rows() -> list:
        terms = TermResult.objects.order_by("student", "term").values_list("student", "term", *FIGURES)
        return [*terms, *CumulativeResult.objects.order_by("student").values_list("student", *FIGURES)]

    for student in people:
        recompute(the_job(), [student.id])
    one_by_one = rows()
    TermResult.objects.update(gpa=None, gpa_units=0, computed_from="")
    CumulativeResult.objects.update(gpa=None, gpa_units=0, units_earned=99, computed_from="")
    sent = statements_of(lambda: recompute(the_job(), [student.id for student in people]))

    assert rows() == one_by_one
    assert sent <= 9
    assert recompute(the_job(), [student.id for student in people]).students == 0


@pytest.mark.rule("R53")
def test_the_weekly_proof_finds_what_does_not_follow_from_the_grades(told):
    class_ = a_class(2)
    finalised(class_, "1.25", "2.00")
    one, other = class_.students
    CumulativeResult.objects.filter(student=one.id).update(gpa=Decimal("1.0000"))
    TermResult.objects.filter(student=other.id).update(units_earned=99)

    proof = reconcile(the_job())

    assert set(proof.differing) == {one.id, other.id}
    assert the_average(one)[0] == Decimal("1.2500")
    assert TermResult.objects.get(student=other.id).units_earned == 3
    assert [set(event.student_ids) for event in told(ResultsDiffered)] == [{one.id, other.id}]
    assert AuditEntry.objects.filter(action="college.results_differed").count() == 1
    assert reconcile(the_job()).differing == ()


def test_a_subject_that_does_not_count_in_the_average_still_gives_units():
    term = a_grading_term()
    [student] = some_students(1, term)
    finalised(a_class([student], code="PE1", counts_in_gpa=False), "1.00")
    finalised(a_class([student], code="IT101"), "2.00")

    result = CumulativeResult.objects.get(student=student.id)
    assert (result.gpa, result.units_earned) == (Decimal("2.0000"), 6)


def test_places_are_the_colleges_own():
    policies.change(an_administrator(), "college.gpa_places_shown", 3, None, "Decided by the council")
    term = a_grading_term()
    [student] = some_students(1, term)
    finalised(a_class([student], code="IT101", units=1), "1.25")
    finalised(a_class([student], code="IT102", units=2), "1.00")

    assert the_average(student) == (Decimal("1.0833"), Decimal("1.0830"))


def test_subjects_of_a_cancelled_term_count_nowhere():
    class_ = a_class(1)
    finalised(class_, "1.25")
    enrolment = class_.taken[0].term_enrolment
    enrolment.state = "CANCELLED"
    enrolment.save(update_fields=["state"])

    assert attempts_of([class_.students[0].id]) == {}
    assert Subject.objects.exists()
    assert SubjectEnrolment.objects.exists()


def a_credit(student, subject, *, units: str = "3", **said) -> TransferCredit:
    return TransferCredit.objects.create(
        student=student, subject=subject, external_code="X101", external_units=Decimal(units), external_grade="1.5",
        units_granted=Decimal(units), state="CREDITED", credited_on=date(2026, 8, 1), **said,
    )  # fmt: skip


@pytest.mark.rule("R51")
@pytest.mark.example("college", 36)
def test_credits_give_units_and_leave_the_average_alone():
    class_ = a_class(1)
    student = class_.students[0]
    finalised(class_, "2.00")
    for number in range(3):
        a_credit(student, a_graded_subject(f"GE{number}"))

    recompute(the_job(), [student.id])

    result = CumulativeResult.objects.get(student=student.id)
    assert (result.units_earned, result.units_attempted, result.gpa) == (12, 3, Decimal("2.0000"))
    assert reconcile(the_job()).differing == ()


def test_a_credit_that_counts_does_so_by_its_grade_on_the_colleges_scale():
    class_ = a_class(1)
    student = class_.students[0]
    finalised(class_, "2.00")
    credit = a_credit(student, a_graded_subject("GE1"), counts_in_gpa=True)
    a_credit(student, a_graded_subject("GE2"), counts_in_gpa=True)
    TransferCredit.objects.filter(id=credit.id).update(external_grade="1.50")

    recompute(the_job(), [student.id])

    # The other one says 1.5, which is no grade of the scale as it is written, and so counts for its units only.
    assert the_average(student) == (Decimal("1.7500"), Decimal("1.7500"))
    assert reconcile(the_job()).differing == ()
