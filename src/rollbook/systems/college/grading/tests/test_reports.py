"""The reports of grades, held against averages made by hand."""

from datetime import date
from decimal import Decimal

import pytest

from rollbook.shared.analytics.errors import ReportNotFound
from rollbook.shared.analytics.examples import rows_of
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.examples import a_member, a_registrar
from rollbook.systems.college.grading.examples import a_class, a_programme_head, finalised
from rollbook.systems.college.grading.models import IncompleteCase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant", "in_grading_weeks")]


def test_a_class_is_counted_by_how_it_came_out():
    # (1.00 + 1.25 + 5.00) : 3 = 2.41666…
    of = a_class(6)
    finalised(of, "1.00", "1.25", "5.00", "INC", "1.00", "3.00")
    for row, state, result in ((of.taken[4], "DROPPED", ""), (of.taken[5], "WITHDRAWN", "WITHDRAWN")):
        type(row).objects.filter(id=row.id).update(state=state, result=result)

    columns = ("subject", "section", "enrolled", "passed", "failed", "incomplete", "withdrawn", "open", "average")
    assert rows_of(a_registrar(), "grade-distribution", *columns, term=["ALL"]) == [
        ("IT101", "A", 5, 2, 1, 1, 1, 0, Decimal("2.42"))
    ]


def test_an_average_is_rounded_half_up_and_a_class_without_grades_has_none():
    # (1.00 + 1.25) : 2 = 1.125
    finalised(a_class(2, code="IT101"), "1.00", "1.25")
    a_class(3, code="IT102")

    assert rows_of(a_registrar(), "grade-distribution", "subject", "open", "average", term=["ALL"]) == [
        ("IT101", 0, Decimal("1.13")),
        ("IT102", 3, None),
    ]


def test_the_inc_list_says_what_is_missing_and_by_when(frozen_clock):
    of = a_class(2)
    finalised(of, "INC", "2.00")

    assert rows_of(a_registrar(), "incompletes", "number", "subject", "required_work", "deadline", "state") == [
        (of.students[0].student_number, "IT101", "Chapter 4 and the project", date(2027, 2, 28), "Open")
    ]
    frozen_clock("2027-02-26T16:00:00+00:00")
    assert rows_of(a_registrar(), "incompletes", "days_left") == [(1,)]


def test_a_resolved_incomplete_is_left_out_until_asked_for():
    finalised(a_class(1), "INC")
    IncompleteCase.objects.update(state="EXPIRED", ended_on=date(2027, 3, 1))

    assert rows_of(a_registrar(), "incompletes") == []
    assert len(rows_of(a_registrar(), "incompletes", state=["EXPIRED"])) == 1


def test_professors_and_programme_heads_see_their_own_incompletes():
    mine, theirs = a_class(1, code="IT101"), a_class(1, code="IT102")
    finalised(mine, "INC")
    finalised(theirs, "INC")
    head = a_programme_head(Programme.objects.get())
    stranger = a_member(roles.PROGRAM_HEAD, name="Nemo Uy")

    assert rows_of(mine.owner, "incompletes", "subject") == [("IT101",)]
    assert len(rows_of(head, "incompletes")) == 2
    assert rows_of(stranger, "incompletes") == []
    with pytest.raises(ReportNotFound):
        rows_of(mine.owner, "grade-distribution")
