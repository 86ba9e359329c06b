"""Grades at the same moment: finalising, late saves, expiry, averages. Each control takes the lock away and goes wrong."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.grading.examples import (
    AClass,
    a_class,
    a_grading_term,
    a_programme_head,
    case_of,
    entered,
    finalised,
    grade_of,
    some_students,
    submitted,
    the_job,
    typed,
)
from rollbook.systems.college.grading.models import CumulativeResult, GradeEvent, IncompleteCase
from rollbook.systems.college.grading.services import incompletes
from rollbook.systems.college.grading.services.expiring import expire_incompletes
from rollbook.systems.college.grading.services.finalising import finalise
from rollbook.systems.college.grading.services.sheets import save_rows, submit
from rollbook.systems.college.grading.sql import results, sheets
from tests.races.together import Outcome, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

Act = Callable[[], Any]
AUGUST = datetime(2026, 8, 31, 6, tzinfo=UTC)
LAST_SECOND = datetime(2027, 2, 28, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2027, 2, 28, 16, 0, 0, tzinfo=UTC)
_LOCK = re.compile(r"\bFOR UPDATE( OF [\w\", ]+)?")


@contextmanager
def at(organisation: Organisation, moment: datetime = AUGUST) -> Iterator[None]:
    with clock.frozen_at(moment), tenant_scope(organisation.id):
        yield


def act_of(organisation: Organisation, does: Act, moment: datetime = AUGUST) -> Act:
    """One act in its own transaction; a refusal is an answer."""

    def act() -> str:
        try:
            with at(organisation, moment):
                does()
        except Refusal as refusal:
            return refusal.code
        return "DONE"

    return act


def without_locks(
    act: Act, *, meets_at: str, barrier: threading.Barrier, written: list[str] | None = None
) -> Act:  # fmt: skip
    """The control: nobody locks a row, and both have read before either writes.

    Where reading and writing are one statement, `written` is shared by both: whoever writes first does not commit
    before the other has read, and waits to write.
    """

    def unlocked(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement == meets_at:
            barrier.wait(timeout=30)
        answer = execute(_LOCK.sub("", statement), parameters, many, context)
        if statement == meets_at and written is not None:
            written.append("written")
            if len(written) == 1:
                until_somebody_waits()
        return answer

    def run() -> Any:
        with connection.execute_wrapper(unlocked):
            return act()

    return run


def until_somebody_waits() -> None:
    """Hold this transaction until another one stands before a row that it has written."""
    pause = threading.Event()
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
        pause.wait(0.01)
    raise AssertionError("nobody came to the same row")


def finalize_events(of: AClass) -> int:
    return GradeEvent.objects.filter(kind="FINALIZE", record=grade_of(of.taken[0]).id).count()


def two_finalisers(organisation: Organisation) -> tuple[AClass, list[Act]]:
    with at(organisation):
        class_ = a_class(2)
        sheet = submitted(class_, "1.25", "2.00")
        registrars = [a_registrar(), a_registrar()]
    acts = [
        act_of(organisation, lambda registrar=registrar: finalise(registrar, sheet_ids=[sheet.id]))  # type: ignore[misc]  # bound now
        for registrar in registrars
    ]
    return class_, acts


@pytest.mark.rule("R49")
def test_of_two_finalisers_one_finalises(organisation: Organisation) -> None:
    class_, acts = two_finalisers(organisation)

    outcome = together(acts)

    assert sorted(outcome.answers) == ["DONE", "GRADE_FINALIZED"]
    with at(organisation):
        assert finalize_events(class_) == 1


def test_control_without_the_lock_both_finalise(organisation: Organisation) -> None:
    class_, acts = two_finalisers(organisation)
    barrier = threading.Barrier(2)

    outcome = together([without_locks(act, meets_at=sheets.EVENTS, barrier=barrier) for act in acts])

    assert outcome.answers == ["DONE", "DONE"]
    with at(organisation):
        assert finalize_events(class_) == 2


def a_late_save(organisation: Organisation) -> tuple[AClass, Act, Act]:
    """One tab hands the sheet in, and the registrar finalises it; the other tab still saves a row."""
    with at(organisation):
        class_ = a_class(1)
        sheet = entered(class_, "2.00")
        registrar = a_registrar()

    def hand_in() -> None:
        submit(class_.owner, sheet_id=sheet.id)
        finalise(registrar, sheet_ids=[sheet.id])

    def save() -> None:
        save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.00"))

    return class_, act_of(organisation, hand_in), act_of(organisation, save)


@pytest.mark.rule("R49")
def test_a_late_save_is_in_before_the_sheet_is_handed_in_or_refused(organisation: Organisation) -> None:
    class_, hand_in, save = a_late_save(organisation)
    answers: dict[str, str] = {}

    together([lambda: answers.update(hand_in=hand_in()), lambda: answers.update(save=save())])

    with at(organisation):
        grade = grade_of(class_.taken[0]).symbol
    assert answers["hand_in"] == "DONE"
    assert (answers["save"], grade) in {("DONE", "1.00"), ("GRADE_FINALIZED", "2.00")}


def test_control_without_the_lock_a_late_save_answers_that_it_saved_and_did_not(organisation: Organisation) -> None:
    class_, hand_in, save = a_late_save(organisation)
    has_read, is_final = threading.Event(), threading.Event()

    def slow_save() -> str:
        def wait(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
            if statement == sheets.SAVE:
                has_read.set()
                is_final.wait(timeout=30)
            return execute(_LOCK.sub("", statement), parameters, many, context)

        with connection.execute_wrapper(wait):
            return str(save())

    def late_hand_in() -> str:
        has_read.wait(timeout=30)
        try:
            return str(hand_in())
        finally:
            is_final.set()

    outcome = together([slow_save, late_hand_in])

    assert outcome.answers == ["DONE", "DONE"]
    with at(organisation):
        assert grade_of(class_.taken[0]).symbol == "2.00"


def a_deadline(organisation: Organisation) -> tuple[UUID, Act, Act]:
    """A grade that is submitted in the last second, and the nightly job."""
    with at(organisation):
        class_ = a_class(1)
        finalised(class_, "INC")
        case = case_of(class_.taken[0])
        a_programme_head(class_.students[0].programme)
        incompletes.request_resolution(class_.owner, case_id=case.id, reason="Project handed in")
        incompletes.allow_resolution(a_registrar(), case_id=case.id)
        job = the_job()

    def grade() -> None:
        incompletes.grade_resolution(class_.owner, case_id=case.id, grade="2.00")

    def expire() -> None:
        if not expire_incompletes(job, [case.id]).case_ids:
            raise Refusal

    return case.id, act_of(organisation, grade, LAST_SECOND), act_of(organisation, expire, MIDNIGHT)


@pytest.mark.rule("R46")
def test_an_incomplete_is_graded_in_the_last_second_or_expires_never_both(organisation: Organisation) -> None:
    case_id, grade, expire = a_deadline(organisation)

    outcome = together([grade, expire])

    assert outcome.failures == []
    assert sorted(outcome.answers) in [["DONE", "REFUSED"], ["DONE", "INVALID_STATE"]]
    with at(organisation):
        state = IncompleteCase.objects.get(id=case_id).state
        expired = GradeEvent.objects.filter(kind="INC_EXPIRED").count()
    assert (state, expired) in {("SUBMITTED", 0), ("EXPIRED", 1)}


def test_control_without_the_lock_a_case_expires_although_its_grade_was_submitted(organisation: Organisation) -> None:
    case_id, grade, expire = a_deadline(organisation)
    has_read, is_graded = threading.Event(), threading.Event()

    def slow_expiry() -> str:
        def wait(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
            if statement == sheets.EVENTS:
                has_read.set()
            if "SET state = 'EXPIRED'" in statement:
                has_read.set()
                is_graded.wait(timeout=30)
            return execute(_LOCK.sub("", statement), parameters, many, context)

        with connection.execute_wrapper(wait):
            return str(expire())

    def quick_grade() -> str:
        has_read.wait(timeout=30)
        try:
            return str(grade())
        finally:
            is_graded.set()

    outcome = together([slow_expiry, quick_grade])

    assert outcome.answers == ["DONE", "DONE"]
    with at(organisation):
        assert IncompleteCase.objects.get(id=case_id).state == "EXPIRED"


def two_sheets_of_one_student(organisation: Organisation) -> tuple[UUID, list[Act]]:
    with at(organisation):
        # Of two terms, so that the results of a term keep nobody waiting.
        terms = [a_grading_term(), a_grading_term("2026-2")]
        [student] = some_students(1, terms[0])
        made = [
            submitted(a_class([student], code=f"IT{grade[0]}", term=term), grade)
            for term, grade in zip(terms, ("1.00", "2.00"), strict=True)
        ]
        registrar = a_registrar()
        finalised(a_class([student], code="IT0"), "1.50")
    acts = [
        act_of(organisation, lambda sheet=sheet: finalise(registrar, sheet_ids=[sheet.id]))  # type: ignore[misc]  # bound now
        for sheet in made
    ]
    return student.id, acts


def the_average(organisation: Organisation, student_id: UUID) -> Decimal | None:
    with at(organisation):
        gpa: Decimal | None = CumulativeResult.objects.get(student=student_id).gpa
        return gpa


@pytest.mark.rule("R53")
def test_two_sheets_finalised_at_once_both_stand_in_the_average(organisation: Organisation) -> None:
    student_id, acts = two_sheets_of_one_student(organisation)

    outcome: Outcome = together(acts)

    assert outcome.answers == ["DONE", "DONE"]
    assert the_average(organisation, student_id) == Decimal("1.5000")


def test_control_without_the_lock_an_average_leaves_a_grade_out(organisation: Organisation) -> None:
    student_id, acts = two_sheets_of_one_student(organisation)
    barrier, written = threading.Barrier(2), list[str]()

    together([
        without_locks(act, meets_at=results.COMPUTE_CUMULATIVE, barrier=barrier, written=written) for act in acts
    ])  # fmt: skip

    # 1.25 or 1.75, by who came last.
    assert the_average(organisation, student_id) != Decimal("1.5000")
