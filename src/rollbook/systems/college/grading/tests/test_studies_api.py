"""Students at risk and progress over JSON: the same as on the pages, for the same people."""

import pytest

from rollbook.core.audit.models import AccessEntry
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_programme,
    a_registrar,
    a_student,
    an_administrator,
)
from rollbook.systems.college.grading.examples import a_class, a_programme_head, finalised
from rollbook.systems.college.grading.models import IncompleteCase, TermResult
from rollbook.systems.college.grading.tests.test_progress import student
from rollbook.systems.college.records.models import Hold, Student

__all__ = ["student"]

pytestmark = pytest.mark.django_db
BASE = "/api/v1/college"


def get(actor, path, **query):
    return a_browser(actor).get(f"{BASE}{path}", query)


@pytest.fixture
def on_probation(tenant):
    """Five students of BSIT on probation, and one of another programme."""
    of = a_class(5)
    finalised(of, *["1.50"] * 5)
    TermResult.objects.update(standing="GOOD")
    IncompleteCase.objects.update(deadline=None)
    a_student("990001", programme=a_programme("BSBA"), family_name="Zamora")
    Student.objects.update(academic_standing="PROBATION")
    return of


def test_the_list_goes_on_by_its_cursor_and_each_stands_in_it_once(on_probation):
    registrar = a_registrar()
    found, cursor, pages = [], None, 0

    while cursor or not pages:
        answer = get(registrar, "/students-at-risk", limit=2, **({"cursor": cursor} if cursor else {})).json()
        found += [item["name"].split(",")[0] for item in answer["items"]]
        cursor, pages = answer["next_cursor"], pages + 1

    assert (len(found), len(set(found)), pages) == (6, 6, 3)
    assert found == sorted(found)


def test_a_line_says_why_and_what_next_and_the_list_is_narrowed(on_probation):
    registrar = a_registrar()

    (line,) = get(registrar, "/students-at-risk", programme="BSBA").json()["items"]

    assert {name: line[name] for name in ("number", "programme", "reason", "why", "next_step", "until")} == {
        "number": "990001", "programme": "BSBA", "reason": "STANDING", "why": "Standing: Probation",
        "next_step": "Agree on the load of the next term", "until": None,
    }  # fmt: skip
    assert get(registrar, "/students-at-risk", reason="HOLD").json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("cursor", ["made-up", "WzEsMiwzXQ", "WyJhIl0"])
def test_a_cursor_that_was_made_up_is_refused(tenant, cursor):
    answer = get(a_registrar(), "/students-at-risk", cursor=cursor)

    assert (answer.status_code, answer.json()["code"]) == (422, "BAD_CURSOR")


def test_a_head_gets_the_own_programmes_a_dean_all_and_nobody_else_any(on_probation):
    def numbers(actor):
        return len(get(actor, "/students-at-risk").json()["items"])

    assert numbers(a_programme_head(Programme.objects.get(code="BSIT"))) == 5
    assert numbers(a_member(roles.PROGRAM_HEAD)) == 0
    assert numbers(a_member(roles.DEAN)) == 6
    for actor in (a_cashier(), an_administrator(), a_member(roles.PROFESSOR), a_member(roles.STUDENT)):
        assert get(actor, "/students-at-risk").status_code == 403


def test_progress_is_counted_as_on_the_page_and_a_look_leaves_a_trace(student):
    registrar = a_registrar()
    before = AccessEntry.objects.count()

    answer = get(registrar, f"/students/{student.id}/progress").json()

    assert answer["shares"] == [
        {"category": "MAJOR", "done": "3.0", "running": "6.0", "left": "3.0"},
        {"category": "MINOR", "done": "3.0", "running": "0", "left": "0"},
        {"category": "ELECTIVE", "done": "3.0", "running": "0", "left": "0"},
    ]
    steps = [([one["code"] for one in step["subjects"]], step["state"]) for step in answer["steps"]]
    assert steps[:2] == [(["GE 1"], "DONE"), (["IT 101"], "DONE")]
    assert (["EL 1", "EL 2"], "DONE") in steps
    assert AccessEntry.objects.count() == before + 1
    own = get(a_member(roles.STUDENT, person_id=student.person_id), "/me/progress").json()
    assert own == answer


def test_progress_is_refused_as_on_the_page(student):
    path = f"/students/{student.id}/progress"

    assert get(a_programme_head(Programme.objects.get()), path).status_code == 200
    assert get(a_member(roles.PROGRAM_HEAD), path).status_code == 404
    for actor in (a_cashier(), a_member(roles.DEAN), a_member(roles.STUDENT, person_id=student.person_id)):
        assert get(actor, path).status_code == 403
    Hold.objects.create(
        student=student, kind="ACADEMIC", blocks=["GRADES_VIEW"], reason="Grades are disputed",
        placed_at=student.created_at, placed_by_id=a_registrar().acting_user_id(),
    )  # fmt: skip
    held = get(a_member(roles.STUDENT, person_id=student.person_id), "/me/progress")
    assert held.status_code == 409


def test_another_college_learns_of_nobody(organisation, other_organisation):
    with tenant_scope(organisation.id):
        ours = a_student("310001")
        Student.objects.update(academic_standing="PROBATION")
    with tenant_scope(other_organisation.id):
        theirs = [a_browser(a_registrar()), a_browser(a_member(roles.DEAN))]

    assert [one.get(f"{BASE}/students-at-risk").json()["items"] for one in theirs] == [[], []]
    assert theirs[0].get(f"{BASE}/students/{ours.id}/progress").status_code == 404
