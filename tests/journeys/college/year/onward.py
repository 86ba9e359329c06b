"""The second term: credit carried over, who stands where, what is owed by the schedule; and how the year ends."""

from datetime import date, datetime, time, timedelta

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees.policies import ASSESSED, PLAN_MODE
from rollbook.systems.college.grading.jobs import inc_expiry
from rollbook.systems.college.records.models import Hold
from tests.journeys.college.year import plan
from tests.journeys.college.year.acts import at_once
from tests.journeys.college.year.cast import Student
from tests.journeys.college.year.classes import (
    all_sit_where_they_should,
    approve,
    enrol,
    enrol_at,
    is_told_what_to_take,
    items,
    record,
    stands,
    submit,
    takes,
)
from tests.journeys.college.year.grades import (
    LEFT_MAJOR,
    LEFT_MINOR,
    averages_are_right,
    codes_of_term,
    finalise,
    hand_in,
    note_grades,
    rewrite,
)
from tests.journeys.college.year.money import (
    STILL_OWING,
    all_stand_as_reckoned,
    open_drawer,
    pay,
    purse,
    the_books_are_right,
)
from tests.journeys.college.year.sums import cost, earned, off_plan, passes, shares, year_level
from tests.journeys.college.year.world import ZONE, Year

MONTHS = 6


def level_of(year: Year, student: Student) -> int:
    return year_level(earned(record(year, student)))


def expected(year: Year, student: Student, semester: str) -> tuple[str, ...]:
    """What the plan has for a student of that year in a semester; their bill begins with it."""
    return plan.codes_of(level_of(year, student), semester)


def wishes(year: Year, student: Student) -> list[str]:
    """What each can take of it: everything whose prerequisites are passed."""
    done = {code for code, grade in record(year, student) if passes(grade)}
    return [code for code in expected(year, student, plan.SECOND) if set(plan.BY_CODE[code].before) <= done]


def the_second_term_opens(year: Year) -> None:
    """The first term is closed; who owes is held; the others are taken over, their credit with them (R27, R35)."""
    first, second, _ = year.codes
    administrator = year.desk("administrator")
    with year.scope():
        system = Actor.system(year.organisation_id, job="journey")
        policies.change(system, PLAN_MODE, ASSESSED, None, "We charge by units from the second term on")
    administrator.post(f"/college/terms/{year.terms[first]}/move", {"state": "CLOSED"})
    administrator.post(f"/college/terms/{year.terms[second]}/move", {"state": "ENROLMENT_OPEN"})
    administrator.post(f"/college/terms/{year.terms[second]}/make-current")
    with year.scope():
        over = set(TermEnrolment.objects.filter(term=year.terms[first]).values_list("state", flat=True))
        held = list(Hold.objects.filter(released_at__isnull=True).values_list("student_id", flat=True))
    assert over == {"COMPLETED"}
    assert [str(student_id) for student_id in held] == [str(year.one(STILL_OWING).id)]
    off = {student.key for student in year.students if _is_off(year, student, plan.SECOND)}
    done = administrator.post(f"/college/terms/{year.terms[second]}/take-over")
    assert done == {"opened": 29, "irregular": len(off - {STILL_OWING})}
    assert administrator.post(f"/college/terms/{year.terms[second]}/take-over") == {"opened": 0, "irregular": 0}
    _meet(year, second, [student for student in year.students if student.key != STILL_OWING])
    _comes_later(year, year.one(STILL_OWING))
    with year.scope():
        for student in year.students:
            stands(year, student, second, semester=plan.SECOND)
    all_stand_as_reckoned(year, second)


def _is_off(year: Year, student: Student, semester: str) -> bool:
    grades = record(year, student)
    return bool(off_plan(grades, level=level_of(year, student), semester=semester, is_transferee=student.is_transferee))


def _meet(year: Year, term: str, students: list[Student]) -> None:
    """Note the new term enrolments; their plans are what the schedule comes to, with the credit in them."""
    semester = plan.SECOND if term == year.codes[1] else plan.FIRST
    with year.scope():
        rows = TermEnrolment.objects.filter(term=year.terms[term]).values_list("student_id", "id")
        found = {str(student_id): str(enrolment_id) for student_id, enrolment_id in rows}
    for student in students:
        student.enrolments[term] = found[str(student.id)]
        purse(year, student).open(term, shares(cost(expected(year, student, semester)), MONTHS))


def _comes_later(year: Year, student: Student) -> None:
    """Held for a month of the first term; paid at the counter, let in by the registrar one by one."""
    first, second, _ = year.codes
    body = {"student_id": str(student.id), "term_id": year.terms[second]}
    registrar = year.desk("registrar")
    registrar.post("/college/term-enrolments", body, expect=409)
    open_drawer(year)
    pay(year, student, first, purse(year, student).terms[first].owes)
    with year.scope():
        assert not Hold.objects.filter(released_at__isnull=True).exists()
    opened = registrar.post("/college/term-enrolments", {**body, "year_level": level_of(year, student)}, expect=201)
    registrar.post(f"/college/term-enrolments/{opened['id']}/assessment", {"reason": "Let in after the balance"})
    _meet(year, second, [student])


def the_second_term_is_enrolled(year: Year) -> None:
    """First months, advising of those off the plan, classes; the bill follows the classes taken (R26, R37)."""
    second = year.codes[1]
    for student in year.students:
        is_told_what_to_take(year, student, second, semester=plan.SECOND)
        _pays_first(year, student, second)
    off = [student for student in year.students if _is_off(year, student, plan.SECOND)]
    assert {"R05", "R07", "R08", "R09", LEFT_MAJOR, "I05", "I08"} <= {student.key for student in off}
    for student in off:
        student.desk.refused(
            enrol_at(student, second), {"items": items(year, wishes(year, student)[:1], second)}, status=409,
            code="ADVISING_REQUIRED",
        )  # fmt: skip
        submit(year, student, second, wishes(year, student))
    approve(year, second, off)
    early = year.one("R05")
    early.desk.refused(
        enrol_at(early, second), {"items": items(year, ["IT 103"], second)}, status=409, code="PREREQUISITE_NOT_MET"
    )
    at_once(lambda student: enrol(year, student, second, wishes(year, student)), year.students)
    for student in year.students:
        takes(year, student, second).extend(wishes(year, student))
        term = purse(year, student).terms[second]
        if cost(wishes(year, student)) != term.total:
            term.revise(cost(wishes(year, student)))
    all_sit_where_they_should(year, second)
    all_stand_as_reckoned(year, second)
    year.desk("administrator").post(f"/college/terms/{year.terms[second]}/move", {"state": "IN_PROGRESS"})
    for student in year.students:
        left = purse(year, student).terms[second].owes + (50_00 if student.place % 5 == 0 else 0)
        if left:
            pay(year, student, second, left)
    all_stand_as_reckoned(year, second)


def _pays_first(year: Year, student: Student, term: str) -> None:
    """A month, three months or all of it; whose bill will change, one month."""
    mine = purse(year, student).terms[term]
    months = (
        (1, 3, MONTHS)[student.place % 3]
        if set(wishes(year, student)) == set(expected(year, student, plan.SECOND))
        else 1
    )
    due = sum(mine.dues[:months]) - mine.heap
    if due > 0:
        pay(year, student, term, due)


def second_grades_are_final(year: Year) -> None:
    """Graded and finalised like the first, by API."""
    second = year.codes[1]
    year.desk("administrator").post(f"/college/terms/{year.terms[second]}/move", {"state": "GRADING"})
    hand_in(year, second, codes_of_term(year, second))
    finalise(year, second)
    note_grades(year, second)
    averages_are_right(year)


def incompletes_run_out(year: Year) -> None:
    """On the deadline day an incomplete still stands; on the day after the job lets it fail, once (R46)."""
    registrar = year.desk("registrar")
    numbers = {student.number: student for student in year.students}
    cases = registrar.every("/college/inc-cases", state="OPEN")
    found = {(numbers[case["student_number"]].key, case["subject"]): case for case in cases}
    assert set(found) == {(LEFT_MAJOR, "IT 203"), (LEFT_MINOR, "GE 1"), ("R02", "PE 2")}
    for deadline in sorted({date.fromisoformat(case["deadline"]) for case in cases}):
        due = {place: case for place, case in found.items() if case["deadline"] == deadline.isoformat()}
        for day, state in ((deadline, "OPEN"), (deadline + timedelta(days=1), "EXPIRED")):
            for _ in range(2):
                with clock.frozen_at(datetime.combine(day, time(23, 59, 59), ZONE)), year.scope():
                    inc_expiry(organisation_id=year.organisation_id)
                shown = [registrar.get(f"/college/inc-cases/{case['id']}")["state"] for case in due.values()]
                assert shown == [state] * len(due), day
        for key, code in due:
            rewrite(year, year.one(key), code, "5.00")
        averages_are_right(year)


def the_year_ends(year: Year) -> None:
    """The next year begins for whoever did not graduate, each at the right level; the books close to the centavo."""
    _, second, after = year.codes
    administrator = year.desk("administrator")
    administrator.post(f"/college/terms/{year.terms[second]}/move", {"state": "CLOSED"})
    administrator.post(f"/college/terms/{year.terms[after]}/move", {"state": "ENROLMENT_OPEN"})
    staying = [student for student in year.students if student.key not in year.kept["graduated"]]
    done = administrator.post(f"/college/terms/{year.terms[after]}/take-over")
    off = [student for student in staying if _is_off(year, student, plan.FIRST)]
    assert done == {"opened": len(staying), "irregular": len(off)}
    _meet(year, after, staying)
    with year.scope():
        for student in staying:
            stands(year, student, after, semester=plan.FIRST)
    all_stand_as_reckoned(year, after, staying)
    the_books_are_right(year)
